"""Reports over real sockets: answered one by one, refused with what to do, never half."""

from __future__ import annotations

import gzip
import socket
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from agent.protocol.wire import Problem, Report
from collector.configuration.model import Limits
from collector.http import requests
from collector.readiness.domain.model import DeviceSeen
from collector.store.store import Store
from tests.support.ingest_app import IngestApp, present
from tests.support.serving import served
from tests.support.stored import OTHER_SCHOOL, SCHOOL, enrolled, measured, observations, report

Enrolment = tuple[DeviceSeen, str]
PATH = "/api/v1/reports"


def now_report(device: DeviceSeen, report_id: str = "r1", **changes: Any) -> Report:
    """A report measured and sent now."""
    now = present()
    return msgspec.structs.replace(report(device, [measured(now)], report_id=report_id, sent_at=now), **changes)


def body(*sent: Report | dict[str, Any]) -> bytes:
    """A batch."""
    return msgspec.json.encode({"reports": sent})


def answers(response: httpx.Response) -> list[dict[str, Any]]:
    """The answers to a batch that was taken."""
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["answers"]
    return found


def said(response: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal; its form is that of every refusal."""
    problem = msgspec.json.decode(response.content, type=Problem)
    assert len(problem.message) > 20
    assert response.headers["content-type"] == "application/json"
    return response.status_code, problem.code


def test_a_batch_with_every_outcome(client: httpx.Client, enrolment: Enrolment, app: IngestApp) -> None:
    """One bad report does not spoil its neighbours; each is told what became of it, in order."""
    device, _ = enrolment
    off = timedelta(days=1)
    skewed = report(device, [measured(present() + off)], report_id="skewed", sent_at=present() + off)
    bad = msgspec.to_builtins(now_report(device, "bad")) | {"room": 7}
    found = answers(client.post(PATH, content=body(now_report(device), bad, now_report(device), skewed)))
    assert [(one["index"], one["outcome"], one["report_id"]) for one in found] == [
        (0, "accepted", "r1"),
        (1, "rejected", "bad"),
        (2, "duplicate", "r1"),
        (3, "accepted", "skewed"),
    ]
    assert (found[1]["code"], found[1]["place"]) == ("malformed", "$.room")
    assert found[3]["code"] == "clock_corrected"
    assert found[3]["message"].startswith("The device's clock differs by +86400 s")
    assert set(found[0]) == {"index", "outcome", "report_id"}
    assert dict(app.ingest.outcomes_total) == {"accepted": 2, "rejected": 1, "duplicate": 1}
    assert dict(app.ingest.rejected_total) == {"malformed": 1}
    assert app.stored == [{SCHOOL}]


def test_what_is_acknowledged_is_stored(client: httpx.Client, enrolment: Enrolment, store: Store) -> None:
    """And what is refused is kept, to be seen."""
    device, _ = enrolment
    answers(client.post(PATH, content=body(now_report(device), now_report(device, "r2", school=OTHER_SCHOOL))))
    [one] = observations(store, present())
    assert one.facts == {"memory_total_mib": 4096}
    [kept] = store.rejected(10)
    assert (kept.code, kept.place, kept.report_id, kept.device_id) == (
        "wrong_school",
        "$.school",
        "r2",
        device.device_id,
    )
    assert OTHER_SCHOOL.encode() in kept.body


def test_nothing_new_marks_no_school(client: httpx.Client, enrolment: Enrolment, app: IngestApp) -> None:
    """Judging again is only asked for when something was stored."""
    device, _ = enrolment
    sent = body(now_report(device))
    answers(client.post(PATH, content=sent))
    assert [one["outcome"] for one in answers(client.post(PATH, content=sent))] == ["duplicate"]
    answers(client.post(PATH, content=body({"schema": 99})))
    assert app.stored == [{SCHOOL}]


def test_gzip(client: httpx.Client, enrolment: Enrolment) -> None:
    """A compressed batch is read as any other."""
    sent = gzip.compress(body(now_report(enrolment[0])))
    assert answers(client.post(PATH, content=sent, headers={"content-encoding": "gzip"}))[0]["outcome"] == "accepted"


@pytest.mark.parametrize("token", [None, "wrong", "Basic abc", "revoked"])
def test_who_may_not(address: str, enrolment: Enrolment, store: Store, token: str | None) -> None:
    """No token, an unknown one, another scheme, a revoked device."""
    device, valid = enrolment
    if token == "revoked":
        store.revoke_device(device.device_id, present())
    headers = {
        None: {},
        "wrong": {"authorization": "Bearer wrong"},
        "Basic abc": {"authorization": "Basic abc"},
        "revoked": {"authorization": f"Bearer {valid}"},
    }[token]
    response = httpx.post(address + PATH, content=body(now_report(device)), headers=headers, trust_env=False)
    assert said(response) == (401, "token_missing" if token in {None, "Basic abc"} else "token_refused")
    assert response.headers["www-authenticate"] == "Bearer"
    assert store.counts().reports == 0


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        (b"", None),
        (b"{", None),
        (b"\xff\xfe", None),
        (b'{"reports":[]}', "$.reports"),
        (b'{"reports":{}}', "$.reports"),
        (b'{"reports":[{"a":}]}', None),
        (b'{"reports":[' + b"{}," * 500 + b"{}]}", "$.reports"),
    ],
)
def test_a_body_that_is_no_batch(client: httpx.Client, sent: bytes, place: str | None) -> None:
    """The place is named where there is one."""
    response = client.post(PATH, content=sent)
    assert said(response) == (400, "malformed")
    assert response.json().get("place") == place


@pytest.mark.parametrize(
    ("encoding", "sent", "expected"),
    [
        ("br", b"x", (415, "unsupported_encoding")),
        ("gzip, gzip", b"x", (415, "unsupported_encoding")),
        ("gzip", b"this is not gzip", (400, "malformed")),
        ("gzip", gzip.compress(b'{"reports":[{}]}', mtime=0)[:-6], (400, "malformed")),
        ("gzip", gzip.compress(b'{"reports":[{}]}', mtime=0) + b"more", (400, "malformed")),
    ],
)
def test_encodings(client: httpx.Client, encoding: str, sent: bytes, expected: tuple[int, str]) -> None:
    """Gzip or nothing, and whole."""
    assert said(client.post(PATH, content=sent, headers={"content-encoding": encoding})) == expected


def test_bodies_that_are_too_large(store: Store, enrolment: Enrolment) -> None:
    """By announcement, as they come in chunks, and when unpacked: a bomb is never unpacked beyond the limit."""
    limits = Limits(body_bytes=2_000, decompressed_bytes=50_000)
    headers = {"authorization": f"Bearer {enrolment[1]}"}
    bomb = gzip.compress(b" " * 1_500_000)
    assert len(bomb) < 2_000
    with served(IngestApp(store, limits=limits).asgi) as address:
        announced = httpx.post(address + PATH, content=b" " * 2_001, headers=headers, trust_env=False)
        chunked = httpx.post(address + PATH, content=iter([b" " * 1_500] * 2), headers=headers, trust_env=False)
        unpacked = httpx.post(
            address + PATH, content=bomb, headers=headers | {"content-encoding": "gzip"}, trust_env=False
        )
    for response, limit in ((announced, "2000 bytes (body_bytes)"), (chunked, "2000 bytes (body_bytes)")):
        assert said(response) == (413, "too_large")
        assert limit in response.json()["message"]
    assert said(unpacked) == (413, "too_large")
    assert "50000 bytes (decompressed_bytes)" in unpacked.json()["message"]


def test_a_slow_sender(address: str, enrolment: Enrolment, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that does not arrive is not waited for."""
    monkeypatch.setattr(requests, "BODY_DEADLINE_S", 0.2)
    where = urlsplit(address)
    with closing(socket.create_connection((where.hostname or "", where.port or 0), timeout=10)) as sender:
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {enrolment[1]}\r\nContent-Length: 100\r\n\r\n"
        sender.sendall(head.encode() + b'{"reports"')
        assert sender.recv(1000).startswith(b"HTTP/1.1 408 ")


def test_too_often(store: Store, enrolment: Enrolment) -> None:
    """One device's rate is no other's."""
    headers = {"authorization": f"Bearer {enrolment[1]}"}
    other, other_token = enrolled(store)
    with served(IngestApp(store, limits=Limits(requests_per_minute=2)).asgi) as address:
        statuses = [
            httpx.post(
                address + PATH, content=body(now_report(enrolment[0], f"r{n}")), headers=headers, trust_env=False
            )
            for n in range(3)
        ]
        others = httpx.post(
            address + PATH,
            content=body(now_report(other)),
            headers={"authorization": f"Bearer {other_token}"},
            trust_env=False,
        )
    assert [one.status_code for one in statuses] == [200, 200, 429]
    assert said(statuses[2]) == (429, "too_many_requests")
    assert int(statuses[2].headers["retry-after"]) == 30
    assert answers(others)[0]["outcome"] == "accepted"


def test_a_database_that_is_locked(
    client: httpx.Client, enrolment: Enrolment, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The sender is told to come again, the log says what to do, and then it works."""
    sent = body(now_report(enrolment[0]))
    with closing(sqlite3.connect(tmp_path / "provklar.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = client.post(PATH, content=sent)
        other.execute("ROLLBACK")
    assert said(refused) == (503, "storage_unavailable")
    assert int(refused.headers["retry-after"]) > 0
    assert "1 reports were not stored; their senders will send them again." in caplog.text
    assert "no other program holds it locked" in caplog.text
    assert answers(client.post(PATH, content=sent))[0]["outcome"] == "accepted"
