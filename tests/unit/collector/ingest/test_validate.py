"""What is taken of a report and what is refused, with code, place and what to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_type_hints

import msgspec
import pytest

from agent.protocol.wire import ProbeError, ProbeResult, Report
from collector.facts.catalogue import check_facts
from collector.ingest.validate import (
    Acceptance,
    RawReport,
    RawResult,
    drop_off_site_results,
    validate_report,
    was_clock_corrected,
)
from collector.readiness.domain.model import DeviceSeen
from collector.readiness.domain.sessions import Seat, SupervisedSession
from collector.store.contents import Content
from collector.store.reports import ReceivedReport, RejectedReport
from collector.store.timestamps import microseconds
from tests.support.stored import NOW, RETENTION, SCHOOL, measured, report

DEVICE = DeviceSeen("d1", SCHOOL, "A1", None, NOW, None, None, None, False)
HOUR = timedelta(hours=1)


def nothing_is_stored(_device_id: str, _content: Content) -> bool:
    """A store that holds nothing yet."""
    return False


def received(sent: bytes | Report | dict[str, Any], at: datetime = NOW) -> ReceivedReport | RejectedReport:
    """What becomes of it."""
    raw = sent if isinstance(sent, bytes) else msgspec.json.encode(sent)
    return validate_report(raw, DEVICE, microseconds(at), Acceptance(RETENTION, check_facts, nothing_is_stored))


def taken(sent: bytes | Report | dict[str, Any], at: datetime = NOW) -> ReceivedReport:
    """It must be good."""
    found = received(sent, at)
    assert isinstance(found, ReceivedReport), found
    return found


def refused(sent: bytes | Report | dict[str, Any], at: datetime = NOW) -> RejectedReport:
    """It must be refused."""
    found = received(sent, at)
    assert isinstance(found, RejectedReport), found
    return found


def good(**changes: Any) -> dict[str, Any]:
    """A good report as plain data, with some of it changed."""
    plain: dict[str, Any] = msgspec.to_builtins(report(DEVICE, [measured()]))
    return plain | changes


def result(**changes: Any) -> list[dict[str, Any]]:
    """The results of a report: one, with some of it changed."""
    return [good()["results"][0] | changes]


def test_a_good_report() -> None:
    """It is taken with its times and contents."""
    found = taken(report(DEVICE, [measured(NOW - HOUR)], dropped=3))
    assert (found.device_id, found.report_id, found.agent_version) == ("d1", "r1", "0.1.0")
    assert (found.received_at, found.dropped_count, found.clock_offset_s) == (microseconds(NOW), 3, 0.0)
    [one] = found.measured
    assert one.at == microseconds(NOW - HOUR)
    assert (one.content.probe, one.content.room) == ("device", "A1")
    assert one.content.facts == b'{"memory_total_mib":4096}'


def test_the_room_that_the_report_names_counts() -> None:
    """Else the room that the device was enrolled in."""
    assert taken(report(DEVICE, room="B2")).measured[0].content.room == "B2"
    assert taken(report(DEVICE, room=None)).measured[0].content.room == "A1"


def test_raw_structs_are_the_wire_format() -> None:
    """The copies that leave contents undecoded have the fields, types and defaults of the wire's own."""
    for raw, whole, differing in (
        (RawReport, Report, {"results"}),
        (RawResult, ProbeResult, {"facts", "missing", "rows"}),
    ):
        assert raw.__struct_fields__ == whole.__struct_fields__
        hints, expected = (get_type_hints(of, include_extras=True) for of in (raw, whole))
        assert {name for name in hints if hints[name] != expected[name]} == differing
        assert len(raw.__struct_defaults__) == len(whole.__struct_defaults__)


@pytest.mark.parametrize(
    ("sent", "place", "message"),
    [
        (b"", None, "Input data was truncated. Update"),
        (b"[]", None, "Expected `object`, got `array`. Update"),
        (b'{"schema":1', None, "Input data was truncated. Update"),
        (b'{"schema":1,"report_id":"\xff"}', None, "there is text in it that is not UTF-8. Update"),
        (good(report_id="has a space"), "$.report_id", "Expected `str` matching regex"),
        (good(school="123"), "$.school", "Expected `str` matching regex"),
        (good(sent_at="2026-03-02T12:00:00"), "$.sent_at", "Expected `datetime` with a timezone component"),
        (good(dropped_count=-1), "$.dropped_count", "Expected `int` >= 0"),
        (good(dropped_count=2**63), "$.dropped_count", "The number is too large to be true"),
        (good(results=result() * 51), "$.results", "Expected `array` of length <= 50"),
        (good(results=result(version=2**64)), "$.results[0].version", "The number is too large to be true"),
        (good(results=result(status="fine")), "$.results[0].status", "Invalid enum value 'fine'"),
        (good(results=result(duration_s=-1)), "$.results[0].duration_s", "Expected `float` >= 0.0"),
        (good(results=result(facts=[])), "$.results[0].facts", "Expected `object`, got `array`"),
        (
            good(results=result(facts={"a": {}})),
            "$.results[0].facts[...]",
            "Expected `bool | int | float | str | null`",
        ),
        (
            good(results=result(rows=[{"a": []}])),
            "$.results[0].rows[0][...]",
            "Expected `bool | int | float | str | null`",
        ),
        (good(results=result(missing={"a": 1})), "$.results[0].missing[...]", "Expected `str`, got `int`"),
        (good(results=result(error={"code": "x"})), "$.results[0].error", "Object missing required field `message`"),
        (good(results=[{"probe": "x"}]), "$.results[0]", "Object missing required field `version`"),
    ],
)
def test_malformed(sent: bytes | dict[str, Any], place: str | None, message: str) -> None:
    """The fault, where it is, and what to do; the raw body is handed on to be kept."""
    found = refused(sent)
    assert (found.code, found.place) == ("malformed", place)
    assert found.message.startswith(message)
    assert "pdate the agent" in found.message
    assert found.body == (sent if isinstance(sent, bytes) else msgspec.json.encode(sent))


def test_text_that_is_not_utf_8_in_a_fact() -> None:
    """Is found although contents are decoded late."""
    raw = msgspec.json.encode(report(DEVICE)).replace(b"memory_total_mib", b"memory\xff_total")
    assert refused(raw).message.startswith("there is text in it that is not UTF-8")


@pytest.mark.parametrize("rest", [{}, {"sent": {"entirely": "different"}}, {"results": "later"}])
def test_a_future_schema(rest: dict[str, Any]) -> None:
    """Is named as such, also when nothing else can be read."""
    found = refused({"schema": 2, "report_id": "r9"} | rest)
    assert (found.code, found.place, found.report_id) == ("schema_too_new", "$.schema", "r9")
    assert found.message == (
        "The report has schema 2, this collector reads up to 1. Update the collector first, then the agents."
    )


def test_a_future_schema_that_can_be_read() -> None:
    """Must not be read: its meaning may have changed."""
    assert refused(good(schema=2)).code == "schema_too_new"


def test_an_old_schema() -> None:
    """The agent is what needs updating."""
    found = refused(good(schema=0))
    assert (found.code, found.message) == (
        "schema_too_old",
        "The report has schema 0, this collector reads from 1. Update the agent.",
    )


def test_another_device() -> None:
    """A token speaks for its own device only."""
    found = refused(good(device_id="d2"))
    assert (found.code, found.place) == ("wrong_device", "$.device_id")
    assert found.message.startswith("The token belongs to device d1, the report says d2. Enrol this machine again")


def test_another_school() -> None:
    """A device can not report for a school that it is not enrolled at."""
    found = refused(good(school="11112222"))
    assert (found.code, found.place) == ("wrong_school", "$.school")
    assert "the report says 11112222. Correct the school in agent.yaml" in found.message


@pytest.mark.parametrize("days", [-1, 1, 30])
def test_a_clock_that_is_days_off(days: int) -> None:
    """Times are moved to the collector's clock, and it is said."""
    off = timedelta(days=days)
    found = taken(report(DEVICE, [measured(NOW + off - HOUR)], sent_at=NOW + off))
    assert found.measured[0].at == microseconds(NOW - HOUR)
    assert found.clock_offset_s == off.total_seconds()
    assert was_clock_corrected(found)


@pytest.mark.parametrize(("offset_s", "moved"), [(60, False), (-60, False), (61, True), (-61, True)])
def test_a_clock_that_is_nearly_right(offset_s: int, moved: bool) -> None:
    """Up to a minute the device's own times stand."""
    sent_at = NOW - timedelta(seconds=offset_s)
    found = taken(report(DEVICE, [measured(sent_at - HOUR)], sent_at=sent_at))
    assert was_clock_corrected(found) is moved
    assert found.measured[0].at == microseconds(NOW - HOUR if moved else sent_at - HOUR)


def test_results_from_the_future() -> None:
    """The clock was put back between measuring and sending: nobody knows when it was."""
    found = refused(report(DEVICE, [measured(), measured(NOW + timedelta(seconds=61))]))
    assert (found.code, found.place) == ("in_the_future", "$.results[1].started_at")
    assert "turn on automatic time" in found.message
    assert taken(report(DEVICE, [measured(NOW + timedelta(seconds=60))])).measured[0].at > microseconds(NOW)


def test_results_older_than_anything_kept() -> None:
    """Exactly as old as the retention is still taken."""
    assert taken(report(DEVICE, [measured(NOW - RETENTION)])).measured
    found = refused(report(DEVICE, [measured(NOW - RETENTION - timedelta(microseconds=1))]))
    assert (found.code, found.place) == ("too_old", "$.results[0].started_at")
    assert "retention_days" in found.message


@pytest.mark.parametrize("year", [1, 9999])
def test_times_at_the_ends_of_the_calendar(year: int) -> None:
    """Break nothing, even when both are wrong."""
    at = datetime(year, 1, 2, tzinfo=UTC)
    assert refused(report(DEVICE, [measured(at)])).code in {"too_old", "in_the_future"}
    assert taken(report(DEVICE, [measured(at)], sent_at=at)).measured[0].at == microseconds(NOW)


def test_an_implausible_fact() -> None:
    """Is refused with the fact's place, before any verdict could stand on it."""
    found = refused(report(DEVICE, [measured(), measured(facts={"memory_total_mib": -5})]))
    assert (found.code, found.place) == ("implausible_fact", "$.results[1].facts.memory_total_mib")
    assert found.message.startswith("device.memory_total_mib is -5 MiB, below 0")
    assert found.message.endswith("Look at that machine, or update its agent.")


def test_facts_are_checked_once() -> None:
    """What is stored, or was checked in this group, is not checked again."""
    asked: list[str] = []

    def check(one: ProbeResult) -> None:
        asked.append(one.probe)

    stored = taken(report(DEVICE, [measured(probe="path")])).measured[0].content.digest
    group = Acceptance(RETENTION, check, lambda _device_id, content: content.digest == stored)
    sent = report(DEVICE, [measured(), measured(NOW - HOUR), measured(probe="path"), measured(probe="ladder")])
    for _ in range(2):
        validate_report(msgspec.json.encode(sent), DEVICE, microseconds(NOW), group)
    assert asked == ["device", "ladder"]


def test_an_unknown_probe_of_a_newer_agent_is_kept() -> None:
    """Its facts can not be checked and need not be."""
    found = taken(report(DEVICE, [measured(facts={"colour": "blue"}, probe="novelty")]))
    assert found.measured[0].content.facts == b'{"colour":"blue"}'


def test_a_failed_probe() -> None:
    """Is a result like any other, with its error."""
    failed = ProbeResult("wifi", 1, "failed", NOW, 0.1, error=ProbeError("no_adapter", "none found"))
    [one] = taken(report(DEVICE, [failed])).measured
    assert (one.content.status, one.content.error) == ("failed", ProbeError("no_adapter", "none found"))


def test_the_id_of_a_bad_report_is_read_where_it_can_be() -> None:
    """So that the sender knows which one it was; cut if it is absurdly long."""
    assert refused(good(school="1")).report_id == "r1"
    assert refused(good(report_id="x" * 5_000)).report_id == "x" * 64
    assert refused(b"not json").report_id is None
    assert refused(good(report_id=7)).report_id is None


def test_what_was_measured_elsewhere_is_left_out() -> None:
    """The network's part; what the device says of itself is kept."""
    sent = report(DEVICE, [measured(), measured(facts={"signal_dbm": -40.0}, probe="wifi")])
    raw, acceptance = msgspec.json.encode(sent), Acceptance(RETENTION, check_facts, nothing_is_stored)
    kept = {}
    for where in ("at_school", "elsewhere", "not_told"):
        found = drop_off_site_results(validate_report(raw, DEVICE, microseconds(NOW), acceptance), where)
        assert isinstance(found, ReceivedReport)
        kept[where] = ([one.content.probe for one in found.measured], list(found.left_out))
    both = ["device", "wifi"]
    assert kept == {"at_school": (both, []), "elsewhere": (["device"], ["wifi"]), "not_told": (both, [])}


def test_what_is_left_out_is_checked_all_the_same() -> None:
    """A report is good or bad wherever it comes from."""
    sent = report(DEVICE, [measured(facts={"signal_dbm": 40.0}, probe="wifi")])
    acceptance = Acceptance(RETENTION, check_facts, nothing_is_stored)
    found = drop_off_site_results(
        validate_report(msgspec.json.encode(sent), DEVICE, microseconds(NOW), acceptance), "elsewhere"
    )
    assert isinstance(found, RejectedReport)
    assert found.code == "implausible_fact"


# --- browsers

PAGE = msgspec.structs.replace(DEVICE, kind="web")
SESSION = SupervisedSession("s1", "BCDFGH", SCHOOL, "HALL", NOW - HOUR, NOW + HOUR)
SEATS = [Seat(SESSION, NOW - HOUR)]


def from_page(*results: ProbeResult, seats: list[Seat] | None = None, at: datetime = NOW) -> Any:
    """What becomes of a browser's report."""
    raw = msgspec.json.encode(report(PAGE, list(results), sent_at=at))
    return validate_report(
        raw, PAGE, microseconds(at), Acceptance(RETENTION, check_facts, nothing_is_stored), seats or ()
    )


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        (measured(facts={"rung": "dns"}, probe="ladder"), "probe"),
        (measured(facts={"signal_dbm": -40.0}, probe="wifi"), "probe"),
        (measured(facts={"hosts_count": 2}, probe="path"), "probe"),
        (measured(facts={"colour": "blue"}, probe="novelty"), "probe"),
        (measured(facts={"memory_total_mib": 8192}), "facts.memory_total_mib"),
        (measured(facts={"gateway_rtt_p95_ms": 1.0}, probe="latency"), "facts.gateway_rtt_p95_ms"),
        (measured(facts={"page": "p", "more": 1}, probe="visit"), "facts.more"),
        (ProbeResult("browsers", 1, "ok", NOW, 0.1, rows=[{"name": "chrome"}]), "rows"),
    ],
)
def test_what_no_page_can_know_is_refused(sent: ProbeResult, place: str) -> None:
    """With its place; an agent may send the same, and so may no browser in a supervised session."""
    for seats in (None, SEATS):
        found = from_page(sent, seats=seats)
        assert isinstance(found, RejectedReport)
        assert (found.code, found.place) == ("not_known_to_pages", f"$.results[0].{place}")
        assert "agent" in found.message
    assert isinstance(received(report(DEVICE, [sent])), ReceivedReport)


def test_what_a_page_can_know_is_taken() -> None:
    """What it does not know it says is not known."""
    sent = [
        measured(facts={"screen_width_px": 1920, "memory_total_mib": None}),
        measured(facts={"down_mbit_s": 90.0, "up_mbit_s": 9.0}, probe="throughput"),
        measured(facts={"rtt_p95_ms": 9.0, "method": "http", "gateway_rtt_p95_ms": None}, probe="latency"),
        measured(facts={"page": "p"}, probe="visit"),
    ]
    assert len(from_page(*sent).measured) == 4


def test_a_session_is_marked_here_and_says_the_room() -> None:
    """Not by the browser, which may say any room; what is not of the session stays unmarked."""
    found = from_page(measured(NOW, {"os_name": "chromeos"}), measured(NOW - 3 * HOUR, {}), seats=SEATS)
    assert [(one.content.session, one.content.room) for one in found.measured] == [("s1", "HALL"), (None, "A1")]
    assert found.room == "HALL"
    later = from_page(measured(NOW + 2 * HOUR, {}), seats=SEATS, at=NOW + 2 * HOUR)
    assert [one.content.session for one in later.measured] == [None]


def test_the_same_said_in_a_session_is_another_content() -> None:
    """So that it is kept beside what was said outside, and each is what it is."""
    inside, outside = (from_page(measured(facts={}), seats=seats).measured[0].content for seats in (SEATS, None))
    assert inside.digest != outside.digest
    assert outside.digest == taken(report(DEVICE, [measured(facts={})])).measured[0].content.digest


def test_the_newest_session_that_holds_it_counts() -> None:
    """One that was joined later and is over by then does not."""
    short = Seat(msgspec.structs.replace(SESSION, session_id="s2", ends_at=NOW - HOUR / 2), NOW - HOUR / 2)
    found = from_page(measured(facts={}), seats=[short, *SEATS])
    assert found.measured[0].content.session == "s1"
