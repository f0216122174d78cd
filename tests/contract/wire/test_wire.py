"""The wire format is an API: its exact keys, its bounds and its committed schema."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from agent.protocol.schema import report_schema
from agent.protocol.wire import ProbeError, ProbeResult, Report, ReportAnswer, ReportBatch

ROOT = Path(__file__).parents[3]
AT = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)


def a_report() -> Report:
    return Report(
        schema=1,
        report_id="r-1",
        device_id="d-1",
        sent_at=AT,
        agent_version="0.1.0",
        school="99000001",
        room="A101",
        results=[
            ProbeResult(
                probe="latency",
                version=1,
                status="failed",
                started_at=AT,
                duration_s=0.5,
                facts={"rtt_p95_ms": None},
                missing={"rtt_p95_ms": "no_answer"},
                error=ProbeError(code="no_answer", message="the measurement point did not answer"),
            )
        ],
    )


def test_a_report_has_exactly_these_keys() -> None:
    document = json.loads(msgspec.json.encode(a_report()))
    assert set(document) == {
        "schema",
        "report_id",
        "device_id",
        "sent_at",
        "agent_version",
        "school",
        "room",
        "results",
    }
    assert set(document["results"][0]) == {
        "probe",
        "version",
        "status",
        "started_at",
        "duration_s",
        "facts",
        "missing",
        "error",
    }
    assert document["sent_at"] == "2026-11-21T08:30:00Z"


def test_a_report_reads_back_as_it_was() -> None:
    assert msgspec.json.decode(msgspec.json.encode(a_report()), type=Report) == a_report()


def test_a_time_without_zone_is_refused_with_its_place() -> None:
    text = msgspec.json.encode(a_report()).replace(b"2026-11-21T08:30:00Z", b"2026-11-21T08:30:00")
    with pytest.raises(msgspec.ValidationError, match=r"\$\.sent_at"):
        msgspec.json.decode(text, type=Report)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        (b'"99000001"', b'"9900"', r"\$\.school"),
        (b'"failed"', b'"fine"', r"\$\.results\[0\]\.status"),
        (b'"duration_s":0.5', b'"duration_s":-1', r"\$\.results\[0\]\.duration_s"),
        (b'"rtt_p95_ms":null', b'"rtt_p95_ms":{"a":1}', r"\$\.results\[0\]\.facts"),
        (b'"report_id":"r-1"', b'"report_id":"../etc"', r"\$\.report_id"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(old: bytes, new: bytes, place: str) -> None:
    text = msgspec.json.encode(a_report())
    assert old in text
    with pytest.raises(msgspec.ValidationError, match=place):
        msgspec.json.decode(text.replace(old, new), type=Report)


def test_a_batch_keeps_its_reports_raw() -> None:
    batch = msgspec.json.decode(b'{"reports":[{"schema":99},{"x":1}]}', type=ReportBatch)
    assert [bytes(raw) for raw in batch.reports] == [b'{"schema":99}', b'{"x":1}']


def test_an_empty_or_oversized_batch_is_refused() -> None:
    for body in (b'{"reports":[]}', b'{"reports":[' + b",".join([b"{}"] * 501) + b"]}"):
        with pytest.raises(msgspec.ValidationError, match=r"\$\.reports"):
            msgspec.json.decode(body, type=ReportBatch)


def test_an_accepted_answer_says_no_more_than_it_must() -> None:
    answer = msgspec.json.encode(ReportAnswer(index=0, outcome="accepted", report_id="r-1"))
    assert json.loads(answer) == {"index": 0, "outcome": "accepted", "report_id": "r-1"}


def test_the_committed_schema_is_the_one_the_code_gives() -> None:
    committed = json.loads((ROOT / "docs/report.schema.json").read_text())
    assert committed == report_schema(), "run `make generate` and commit docs/report.schema.json"
