"""A load generator of its own process: sends requests that were made beforehand, over a few kept connections.

It writes and reads raw HTTP/1.1, so that it costs far less than the servers that it loads; its own CPU time is in
the result, so that this can be seen. Run by `drive`, as `python -m tests.bench.load FILE HOST PORT SECONDS PER_S`.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tests.bench.benchmark import quantile

CONNECTIONS = 8
_SPARE_S = 60.0


class Load(msgspec.Struct, frozen=True):
    """What came back. `accepted` counts the reports that the collector said it had accepted."""

    requests: int
    seconds: float
    statuses: dict[str, int]
    accepted: int
    request_p50_ms: float
    request_p95_ms: float
    cpu_s: float


def post(path: str, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    """One whole request, ready for the wire."""
    lines = {"Host": "127.0.0.1", "Content-Length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def drive(requests: Sequence[bytes], port: int, *, folder: Path, seconds: float, per_s: float = 0.0) -> Load:
    """Sends `requests` to `port` on loopback from another process, until all are sent or `seconds` have passed; so many
    a second at most, or with 0 as fast as they are answered.

    Fails when an answer is anything but a success: a server that refuses is not fast.
    """
    file = folder / "requests.msgpack"
    file.write_bytes(msgspec.msgpack.encode([requests[start::CONNECTIONS] for start in range(CONNECTIONS)]))
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", str(file), "127.0.0.1", str(port), str(seconds), str(per_s)],
        stdout=subprocess.PIPE,
        timeout=seconds + _SPARE_S,
        check=True,
    )
    file.unlink()
    load = msgspec.json.decode(done.stdout, type=Load)
    refused = {status: count for status, count in load.statuses.items() if not status.startswith("2")}
    if refused:
        raise RuntimeError(f"port {port} refused requests: {refused}")
    return load


class _Tally:
    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self.accepted = 0
        self.latencies_ms: list[float] = []


async def _answer(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    """Status and body of the next answer. Servers that answer in chunks are not used here."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    if "transfer-encoding" in fields:
        raise RuntimeError("the server answers in chunks, which this load generator does not read")
    body = await reader.readexactly(int(fields.get("content-length", "0")))
    return head[0].split(" ")[1], body


async def _connection(  # noqa: PLR0917 - one of several that share all but the first
    requests: list[bytes], host: str, port: int, until: float, every_s: float, tally: _Tally
) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    began = time.monotonic()
    for number, request in enumerate(requests):
        await asyncio.sleep(max(0.0, began + number * every_s - time.monotonic()))
        started = time.monotonic()
        if started > until:
            break
        writer.write(request)
        await writer.drain()
        status, body = await _answer(reader)
        tally.latencies_ms.append((time.monotonic() - started) * 1000)
        tally.statuses[status] += 1
        tally.accepted += body.count(b'"accepted"')
    writer.close()


async def _all(shares: list[list[bytes]], host: str, port: int, seconds: float, per_s: float) -> Load:
    tally = _Tally()
    started, every_s = time.monotonic(), CONNECTIONS / per_s if per_s else 0.0
    until = started + seconds
    await asyncio.gather(*(_connection(share, host, port, until, every_s, tally) for share in shares if share))
    return Load(
        requests=len(tally.latencies_ms),
        seconds=time.monotonic() - started,
        statuses=dict(tally.statuses),
        accepted=tally.accepted,
        request_p50_ms=round(quantile(tally.latencies_ms, 0.5), 2),
        request_p95_ms=round(quantile(tally.latencies_ms, 0.95), 2),
        cpu_s=round(time.process_time(), 2),
    )


def main() -> None:
    """Reads the requests, sends them, prints the result."""
    file, host, port, seconds, per_s = sys.argv[1:]
    shares = msgspec.msgpack.decode(Path(file).read_bytes(), type=list[list[bytes]])
    load = asyncio.run(_all(shares, host, int(port), float(seconds), float(per_s)))
    sys.stdout.buffer.write(msgspec.json.encode(load))


if __name__ == "__main__":
    main()
