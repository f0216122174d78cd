"""A small collector for the agent's tests: real HTTP, the wire format of `agent.protocol.wire`, and ways to misbehave.

It imports nothing of the real collector: what both understand is the wire.
"""

from __future__ import annotations

import gzip
import os
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from agent.protocol.wire import (
    SCHEMA,
    BatchAnswer,
    Enrolled,
    Enrolment,
    Host,
    Lease,
    LeaseRequest,
    Policy,
    ProbePlan,
    Problem,
    Report,
    ReportAnswer,
    ReportBatch,
    Slice,
    ThroughputLimits,
    UploadCount,
)

SCHOOL = "99000001"
UNKNOWN = "C909"
"""A room that no school has."""
KEY = "key-that-nobody-may-see-4711"
TOKEN = "token-that-nobody-may-see-0815"
TICKET = "ticket-of-a-lease"
LEASE_S = 20.0
CHUNK = os.urandom(65_536)

Misbehaviour = Callable[["Handler"], None]


def policy(measurement_url: str, *probes: str, every_s: int = 3_600, **fields: Any) -> Policy:
    """A policy for a short test: all probes in one rhythm, small limits."""
    values = {
        "throughput": ThroughputLimits(connections=2, max_seconds=0.5, max_bytes=20_000_000),
        "latency_samples": 6,
        "upload_every_s": 5,
        "hosts": list[Host](),
        **fields,
    }
    plans = [ProbePlan(probe=name, every_s=every_s, deadline_s=20) for name in probes]
    return Policy(schema=SCHEMA, plans=plans, measurement_url=measurement_url, **values)


class StubCollector:
    """The state of the collector; `misbehave[path]` takes over the answer to that path."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.measurement_url = f"{url}/measure/v1"
        self.policy = policy(self.measurement_url, "device")
        self.tokens = {TOKEN}
        self.enrolments: list[Enrolment] = []
        self.reports: list[Report] = []
        self.batches: list[int] = []
        self.leases: list[str] = []
        """Those that are held."""
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.misbehave: dict[str, Misbehaviour] = {}
        self.judge: Callable[[int, Report], ReportAnswer | None] = self.take
        self._lock = threading.Lock()

    @property
    def etag(self) -> str:
        """Changes with the policy."""
        return f'"{hash(msgspec.json.encode(self.policy)):x}"'

    def take(self, index: int, report: Report) -> ReportAnswer | None:
        """Stores a report once."""
        with self._lock:
            known = report.report_id in {one.report_id for one in self.reports}
            if not known:
                self.reports.append(report)
        return ReportAnswer(index, "duplicate" if known else "accepted", report.report_id)

    def judged(self, batch: ReportBatch) -> BatchAnswer:
        """The answers to a batch; a judge that returns None says nothing about that report."""
        self.batches.append(len(batch.reports))
        reports = [msgspec.json.decode(raw, type=Report) for raw in batch.reports]
        answers = [self.judge(index, report) for index, report in enumerate(reports)]
        return BatchAnswer([answer for answer in answers if answer is not None])


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    stub: StubCollector

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._route(
            {
                "/api/v1/policy": self._policy,
                "/api/v1/leases": self._no_content,
                "/ping": self._ping,
                "/down": self._down,
            }
        )

    def do_POST(self) -> None:
        self._route(
            {
                "/api/v1/enrolments": self._enrol,
                "/api/v1/reports": self.take_reports,
                "/api/v1/leases": self.give_lease,
                "/up": self._up,
            }
        )

    def do_DELETE(self) -> None:
        self._route({f"/api/v1/leases/{lease}": self._give_back for lease in self.stub.leases})

    def _route(self, answers: dict[str, Callable[[], None]]) -> None:
        path = urlsplit(self.path).path.removeprefix("/measure/v1")
        self.stub.requests.append((path, {name.lower(): value for name, value in self.headers.items()}))
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if path in self.stub.misbehave:
            self.stub.misbehave[path](self)
        elif path != "/api/v1/enrolments" and token not in self.stub.tokens:
            self._discard_body()
            self.answer(401, Problem("unknown_token", "Enrol again."))
        elif path in answers:
            answers[path]()
        else:
            self.answer(404, Problem("not_found", "There is nothing here."))

    def answer(self, status: int, body: object, **headers: str) -> None:
        """Answers with JSON (bytes are sent as they are)."""
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def body(self) -> bytes:
        """The whole body, unzipped."""
        content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        return gzip.decompress(content) if self.headers.get("Content-Encoding") == "gzip" else content

    def _discard_body(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def _enrol(self) -> None:
        enrolment = msgspec.json.decode(self.body(), type=Enrolment)
        if enrolment.key != KEY:
            self.answer(403, Problem("unknown_key", "The key does not fit the school."))
            return
        if enrolment.room == UNKNOWN:
            self.answer(404, Problem("unknown_room", f"Ekskolan has no room {UNKNOWN}. Its rooms are: A101."))
            return
        self.stub.enrolments.append(enrolment)
        self.stub.tokens.add(TOKEN)
        self.answer(201, Enrolled(f"device-{len(self.stub.enrolments)}", TOKEN))

    def _policy(self) -> None:
        if self.headers.get("If-None-Match") == self.stub.etag:
            self.send_response(304)
            self.end_headers()
        else:
            self.answer(200, self.stub.policy, ETag=self.stub.etag)

    def take_reports(self) -> None:
        """Judges a batch as it should."""
        self.answer(200, self.stub.judged(msgspec.json.decode(self.body(), type=ReportBatch)))

    def give_lease(self) -> None:
        """A lease for whoever asks; its ticket opens the measurement point."""
        msgspec.json.decode(self.body(), type=LeaseRequest)
        self.stub.leases.append(f"lease-{len(self.stub.requests)}")
        expires_at = datetime.now(UTC) + timedelta(seconds=LEASE_S)
        self.stub.tokens.add(TICKET)
        self.answer(200, Lease(self.stub.leases[-1], TICKET, expires_at, LEASE_S))

    def _give_back(self) -> None:
        self.stub.leases.remove(self.path.rpartition("/")[2])
        self._no_content()

    def _no_content(self) -> None:
        self.send_response(204)
        self.end_headers()

    def _ping(self) -> None:
        self.send_response(204)
        self.end_headers()

    def _down(self) -> None:
        size = int(parse_qs(urlsplit(self.path).query)["bytes"][0])
        self.send_response(200)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        while size > 0:
            piece = CHUNK[: min(size, len(CHUNK))]
            self.wfile.write(piece)
            size -= len(piece)

    def _up(self) -> None:
        self.answer(200, self.count_upload())

    def count_upload(self) -> UploadCount:
        """Reads a chunked body and counts it as it arrives."""
        started_s = time.monotonic()
        slices: list[Slice] = []
        while size := int(self.rfile.readline(), 16):
            self.rfile.read(size + 2)
            slices.append(Slice(time.monotonic() - started_s, size))
        self.rfile.readline()
        return UploadCount(sum(piece.bytes for piece in slices), started_s, slices)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is part of many tests."""


@contextmanager
def stub_collector(port: int = 0, certificate: tuple[Path, Path] | None = None) -> Iterator[StubCollector]:
    """A collector on loopback for as long as the test runs."""
    handler = type("BoundHandler", (Handler,), {})
    server = _Server(("127.0.0.1", port), handler)
    scheme = "http"
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    stub = StubCollector(f"{scheme}://localhost:{server.server_port}")
    handler.stub = stub  # type: ignore[attr-defined]  # a class made on the spot, one per server
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.05), daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def certificate(folder: Path, name: str = "localhost", organisation: str = "Testkommun") -> tuple[Path, Path]:
    """A self-signed certificate and its key, made by openssl."""
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", f"/O={organisation}/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-days", "30"]
    subprocess.run([*command, "-out", paths[0], "-keyout", paths[1]], check=True, capture_output=True)
    return paths


def hang(seconds: float = 30.0) -> Misbehaviour:
    """Takes the request and says nothing."""
    return lambda _handler: time.sleep(seconds)


def close(handler: Handler) -> None:
    """Hangs up without an answer."""
    handler.close_connection = True
    handler.connection.close()


def raw(answer: bytes, then_s: float = 0.0) -> Misbehaviour:
    """Sends these bytes as they are, and hangs up after so long."""

    def misbehave(handler: Handler) -> None:
        handler.wfile.write(answer)
        time.sleep(then_s)
        handler.close_connection = True

    return misbehave


def respond(status: int, body: object = b"", **headers: str) -> Misbehaviour:
    """Answers so, whatever was asked."""

    def misbehave(handler: Handler) -> None:
        handler._discard_body()
        handler.answer(status, body, **headers)

    return misbehave


def in_turn(answers: Sequence[Misbehaviour], then: Misbehaviour) -> Misbehaviour:
    """The first requests get these answers, all later ones the last."""
    waiting = list(answers)

    def misbehave(handler: Handler) -> None:
        answer = waiting.pop(0) if waiting else then
        answer(handler)

    return misbehave
