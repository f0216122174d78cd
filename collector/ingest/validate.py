"""Checks one report as it came off the wire: pure, so that every rule can be tried without a server or a database.

A report is taken as a whole or refused as a whole, with a code, the place in the report, and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Annotated

import msgspec

from agent.protocol.wire import (
    OLDEST_READ,
    SCHEMA,
    Facts,
    Identifier,
    ProbeError,
    ProbeResult,
    Report,
    ResultStatus,
    SchoolCode,
    ShortText,
    UtcTime,
)
from collector.facts.catalogue import DECLARED, made_up_by_page
from collector.readiness.domain.location import Location, counts_for_school
from collector.readiness.domain.model import DeviceSeen
from collector.readiness.domain.sessions import Seat, SupervisedSession
from collector.store.contents import Content, MeasuredContent, content_of
from collector.store.reports import ReceivedReport, RejectedReport
from collector.store.timestamps import ONE_HOUR, ONE_SECOND, Microseconds, microseconds, moment

CLOCK_TOLERANCE_S = 60
"""A device whose clock differs by more has the times of its results moved to the collector's clock."""
FUTURE_TOLERANCE_S = 60
LARGEST_NUMBER = 2**63 - 1
"""What every database can hold."""
TOO_LARGE = "The number is too large to be true. Update the agent."

CheckFacts = Callable[[ProbeResult], tuple[str, str] | None]
"""Gives the place (in the result) and the fault of the first fact that can not be true."""

Unreadable = msgspec.DecodeError | UnicodeDecodeError
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError)
"""What decoding raises when the bytes are not what they should be."""

_NOTHING = msgspec.Raw(b"{}")
_NO_ROWS = msgspec.Raw(b"[]")
_PLACE = re.compile(r"^(?P<fault>.*) - at `(?P<place>[^`]+)`$", re.DOTALL)


class RawResult(msgspec.Struct, gc=False):
    """A `wire.ProbeResult` whose contents are not decoded yet: most were stored before and need not be."""

    probe: Identifier
    version: int
    status: ResultStatus
    started_at: UtcTime
    duration_s: Annotated[float, msgspec.Meta(ge=0, le=86_400)]
    facts: msgspec.Raw = _NOTHING
    missing: msgspec.Raw = _NOTHING
    rows: msgspec.Raw = _NO_ROWS
    error: ProbeError | None = None


class RawReport(msgspec.Struct, gc=False):
    """A `wire.Report` of raw results."""

    schema: int
    report_id: Identifier
    device_id: Identifier
    sent_at: UtcTime
    agent_version: ShortText
    school: SchoolCode
    room: Identifier | None
    results: Annotated[list[RawResult], msgspec.Meta(max_length=50)]
    dropped_count: Annotated[int, msgspec.Meta(ge=0)] = 0


_raw_report = msgspec.json.Decoder(RawReport)
_report = msgspec.json.Decoder(Report)
_facts = msgspec.json.Decoder(Annotated[Facts, msgspec.Meta(max_length=200)])
_missing = msgspec.json.Decoder(Annotated[dict[str, ShortText], msgspec.Meta(max_length=200)])
_rows = msgspec.json.Decoder(Annotated[list[Facts], msgspec.Meta(max_length=500)])


class _Header(msgspec.Struct):
    """What can be read of a report of any schema."""

    schema: int | None = None
    report_id: str | None = None


_header = msgspec.json.Decoder(_Header)


class Acceptance(msgspec.Struct, frozen=True):
    """What a group of reports is checked against, beside their own form.

    `holds` says that a device's content is already stored, so that its facts were checked before; `checked` grows
    with what was checked in this group.
    """

    retention: timedelta
    check_facts: CheckFacts
    holds: Callable[[str, Content], bool]
    checked: set[tuple[str, bytes]] = msgspec.field(default_factory=set)


class _Fault(Exception):  # noqa: N818  # carries an answer out of the checks, not an error of the program
    def __init__(self, code: str, message: str, place: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.place = place


def check_report(
    raw: bytes,
    device: DeviceSeen,
    where: Location,
    received_at: Microseconds,
    acceptance: Acceptance,
    *,
    seats: Sequence[Seat] = (),
) -> ReceivedReport | RejectedReport:
    """All that a report goes through on its way in: checked, and without what it says of places that do not count.
    `seats` are the supervised sessions that the device took part in, the newest first.
    """
    return drop_off_site_results(validate_report(raw, device, received_at, acceptance, seats), where)


def validate_report(
    raw: bytes, device: DeviceSeen, received_at: Microseconds, acceptance: Acceptance, seats: Sequence[Seat] = ()
) -> ReceivedReport | RejectedReport:
    """The report in `raw`, checked and on the collector's clock, or why it is refused. It is here, and nowhere by the
    device, that what was measured in a supervised session is marked as such.
    """
    try:
        report = _decoded(raw)
        _check_sender(report, device)
        return _accepted(raw, report, device, received_at, acceptance, seats=seats)
    except _Fault as fault:
        return RejectedReport(
            device_id=device.device_id,
            report_id=_report_id(raw),
            received_at=received_at,
            code=fault.code,
            place=fault.place,
            message=fault.message,
            body=raw,
        )


def drop_off_site_results(report: ReceivedReport | RejectedReport, where: Location) -> ReceivedReport | RejectedReport:
    """The report without what it says of networks that are or may be others than its school's; `where` it came from."""
    if isinstance(report, RejectedReport):
        return report
    kept, left_out = list[MeasuredContent](), list[str]()
    for one in report.measured:
        age = timedelta(microseconds=report.received_at - one.at)
        if counts_for_school(DECLARED.get(one.content.probe), where, age):
            kept.append(one)
        else:
            left_out.append(one.content.probe)
    return msgspec.structs.replace(report, measured=kept, left_out=left_out) if left_out else report


def place_and_fault(error: Unreadable) -> tuple[str | None, str]:
    """Splits what msgspec says into the place, such as `$.results[0].version`, and the fault there."""
    if isinstance(error, UnicodeDecodeError):
        return None, "there is text in it that is not UTF-8"
    found = _PLACE.match(str(error))
    return (found["place"], found["fault"]) if found else (None, str(error))


def was_clock_corrected(report: ReceivedReport) -> bool:
    """Whether the device's clock was so far off that its times were moved."""
    return abs(report.clock_offset_s) > CLOCK_TOLERANCE_S


def _decoded(raw: bytes) -> RawReport:
    try:
        report = _raw_report.decode(raw)
    except UNREADABLE as error:
        schema = _read_header(raw).schema
        if schema is not None:
            _check_schema(schema)
        raise _malformed(error) from None
    _check_schema(report.schema)
    if report.dropped_count > LARGEST_NUMBER:
        raise _Fault("malformed", TOO_LARGE, "$.dropped_count")
    return report


def _malformed(error: Unreadable) -> _Fault:
    place, fault = place_and_fault(error)
    return _Fault("malformed", f"{fault}. Update the agent, or report this as a fault in it.", place)


def _check_schema(schema: int) -> None:
    if schema > SCHEMA:
        raise _Fault(
            "schema_too_new",
            f"The report has schema {schema}, this collector reads up to {SCHEMA}. Update the collector first, then "
            "the agents.",
            "$.schema",
        )
    if schema < OLDEST_READ:
        raise _Fault(
            "schema_too_old",
            f"The report has schema {schema}, this collector reads from {OLDEST_READ}. Update the agent.",
            "$.schema",
        )


def _check_sender(report: RawReport, device: DeviceSeen) -> None:
    if report.device_id != device.device_id:
        raise _Fault(
            "wrong_device",
            f"The token belongs to device {device.device_id}, the report says {report.device_id}. Enrol this machine "
            "again; every machine needs a token of its own.",
            "$.device_id",
        )
    if report.school != device.school:
        raise _Fault(
            "wrong_school",
            f"The device is enrolled at school {device.school}, the report says {report.school}. Correct the school "
            "in agent.yaml, or enrol the device again with a key for that school.",
            "$.school",
        )


def _accepted(
    raw: bytes,
    report: RawReport,
    device: DeviceSeen,
    received_at: Microseconds,
    acceptance: Acceptance,
    *,
    seats: Sequence[Seat],
) -> ReceivedReport:
    offset = received_at - microseconds(report.sent_at)
    shift = offset if abs(offset) > CLOCK_TOLERANCE_S * ONE_SECOND else 0
    oldest = received_at - acceptance.retention // timedelta(microseconds=1)
    room = report.room or device.room
    measured, has_news = [], False
    for index, result in enumerate(report.results):
        at = microseconds(result.started_at) + shift
        if not oldest <= at <= received_at + FUTURE_TOLERANCE_S * ONE_SECOND:
            raise _wrong_time(at < oldest, f"$.results[{index}].started_at")
        session = _session(seats, at, received_at)
        state = _state(raw, result, at)
        content = _content(result, session.room if session else room, session, state)
        key = (device.device_id, content.digest)
        known = state is None and (key in acceptance.checked or acceptance.holds(device.device_id, content))
        if not known:
            _check_new(raw, index, result, acceptance.check_facts, from_page=device.kind != "agent")
        acceptance.checked.add(key)
        has_news = has_news or not (known or state is not None)
        measured.append(MeasuredContent(at, content))
    return ReceivedReport(
        device_id=device.device_id,
        report_id=report.report_id,
        received_at=received_at,
        agent_version=report.agent_version,
        room=_room(report, seats, received_at),
        clock_offset_s=-offset / ONE_SECOND,
        dropped_count=report.dropped_count,
        measured=measured,
        has_news=has_news,
    )


def _session(seats: Sequence[Seat], at: Microseconds, received_at: Microseconds) -> SupervisedSession | None:
    """The session that a result of that time, come in then, was measured in."""
    found = (seat.session for seat in seats if seat.holds(moment(at), moment(received_at)))
    return next(found, None)


def _room(report: RawReport, seats: Sequence[Seat], received_at: Microseconds) -> str | None:
    """Where the device is: in the session's room, whatever it says itself."""
    session = _session(seats, received_at, received_at)
    return session.room if session else report.room


def _state(raw: bytes, result: RawResult, at: Microseconds) -> bytes | None:
    """The state that a result which wavers tells of, and its hour; None where every reading counts by itself."""
    declared = DECLARED.get(result.probe)
    if declared is None or declared.steady is None or result.status != "ok":
        return None
    try:
        facts = _facts.decode(result.facts)
    except UNREADABLE:
        raise _malformed(_fault_in(raw)) from None
    return msgspec.json.encode([at // ONE_HOUR, *declared.state(facts)])


def _content(
    result: RawResult, room: str | None, session: SupervisedSession | None, state: bytes | None = None
) -> Content:
    return content_of(
        room=room,
        probe=result.probe,
        probe_version=result.version,
        status=result.status,
        error=result.error,
        facts=bytes(result.facts),
        missing=bytes(result.missing),
        rows=bytes(result.rows),
        session=session.session_id if session else None,
        state=state,
    )


def _wrong_time(is_old: bool, place: str) -> _Fault:
    if is_old:
        return _Fault(
            "too_old",
            "The result is older than the collector keeps results (retention_days in collector.yaml), so it can not "
            "be used. If it is not that old, turn on automatic time on the machine.",
            place,
        )
    return _Fault(
        "in_the_future",
        "The result is from the future, also after its clock was compared with the collector's. The machine's "
        "clock was changed between measuring and sending: turn on automatic time on it.",
        place,
    )


def _check_new(raw: bytes, index: int, result: RawResult, check_facts: CheckFacts, *, from_page: bool) -> None:
    """Decodes what a result says, and looks at every fact in it."""
    if abs(result.version) > LARGEST_NUMBER:
        raise _Fault("malformed", TOO_LARGE, f"$.results[{index}].version")
    try:
        whole = _whole(result)
    except UNREADABLE:
        raise _malformed(_fault_in(raw)) from None
    wrong = check_facts(whole)
    if wrong is not None:
        place, fault = wrong
        message = f"{fault}. Look at that machine, or update its agent."
        raise _Fault("implausible_fact", message, f"$.results[{index}].{place}")
    made_up = made_up_by_page(whole) if from_page else None
    if made_up is not None:
        raise _beyond_a_page(whole.probe, f"$.results[{index}].{made_up}")


def _beyond_a_page(probe: str, place: str) -> _Fault:
    return _Fault(
        "not_known_to_pages",
        f"A page in a browser can not know this ({probe}), so it was not measured. Run an agent on the machine for it.",
        place,
    )


def _whole(result: RawResult) -> ProbeResult:
    return ProbeResult(
        probe=result.probe,
        version=result.version,
        status=result.status,
        started_at=result.started_at,
        duration_s=result.duration_s,
        facts=_facts.decode(result.facts),
        missing=_missing.decode(result.missing),
        rows=_rows.decode(result.rows),
        error=result.error,
    )


def _fault_in(raw: bytes) -> Unreadable:
    """What is wrong with a report that has a fault, with its place in the whole report."""
    try:
        _report.decode(raw)
    except UNREADABLE as error:
        return error
    raise AssertionError("a part of the report can not be decoded and the whole can")


def _report_id(raw: bytes) -> str | None:
    report_id = _read_header(raw).report_id
    return report_id[:64] if report_id else None


def _read_header(raw: bytes) -> _Header:
    try:
        return _header.decode(raw)
    except UNREADABLE:
        return _Header()
