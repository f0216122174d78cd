"""Verdicts are kept current: what changes, what time does alone, what fails, and what a new configuration does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from collector.configuration.model import Configuration
from collector.configuration.network import AccessPointPlace
from collector.judgement import service
from collector.judgement.service import (
    JudgementService,
    evidence_reader,
    judge_sittings,
    still_to_come,
    window,
    with_contract,
)
from collector.readiness.domain.breaks import Break
from collector.readiness.domain.model import (
    Bilingual,
    DeviceSeen,
    Evidence,
    Line,
    Observation,
    Requirement,
    School,
    SharedLine,
    Status,
    Trust,
    Verdict,
)
from tests.support.verdicts import NOW, configuration, device, profile, school, sitting

MEMORY = Requirement(
    id="memory",
    title=Bilingual(sv="Minne", en="Memory"),
    failing=Bilingual(sv="Lite minne", en="Little memory"),
    owner="school_it",
    applies_to="device",
    fact="device.memory_total_mib",
    operator="at_least",
    value=4096,
    unit="MiB",
    severity="required",
    remedy=Bilingual(sv="Byt dator.", en="Replace the computer."),
    source="made for a test",
    date=NOW.date(),
    trust=Trust.ASSUMED,
)


class Shelf:
    """Evidence by school, as a store would give it; counts how often each school is read."""

    def __init__(self) -> None:
        self.by_school: dict[str, list[int]] = {}
        self.read: list[str] = []
        self.saved: list[Verdict] = []
        self.broken = False
        self.full = False
        self.asked_as_of: list[datetime] = []
        self.ready: dict[str, tuple[bytes, datetime]] = {}

    def evidence(self, school: str, as_of: datetime, since: datetime) -> Evidence:
        self.read.append(school)
        self.asked_as_of.append(as_of)
        if self.broken:
            raise OSError("disk gone")
        memories = self.by_school.get(school, [])
        seen = [msgspec.structs.replace(device(f"d-{n}"), school=school) for n in range(len(memories))]
        observations = [
            Observation(
                device_id=f"d-{n}",
                room="a1",
                probe="device",
                status="ok",
                first_at=NOW - timedelta(hours=2),
                last_at=NOW - timedelta(hours=1),
                count=2,
                facts={"memory_total_mib": mib},
                missing={},
                rows=[],
            )
            for n, mib in enumerate(memories)
        ]
        return Evidence(school=school, devices=seen, observations=observations)

    def devices(self, school: str | None = None) -> list[DeviceSeen]:
        return [device("d-0")]

    def last_ready(self, sitting: str, as_of: datetime) -> tuple[bytes, datetime] | None:
        return self.ready.get(sitting)

    def save_verdicts(self, verdicts: list[Verdict], now: datetime) -> None:
        if self.full:
            raise OSError("disk full")
        self.saved += verdicts


def two_schools() -> Configuration:
    ek, gran = school("10000001", "Ekskolan"), school("10000002", "Granskolan")
    made = configuration(
        ek, gran, sittings=[sitting("ek-1", of=ek), sitting("ek-2", of=ek), sitting("gran-1", of=gran)]
    )
    judged_by = msgspec.structs.replace(profile(), requirements=[MEMORY])
    return msgspec.structs.replace(made, profiles={"test-profile": judged_by})


def judgements(shelf: Shelf, clock: Callable[[], datetime] = lambda: NOW) -> JudgementService:
    return JudgementService(two_schools(), shelf, clock)


def statuses(made: JudgementService) -> dict[str, Status]:
    return {v.sitting.id: v.status for v in made.snapshot_reader(lambda: ({}, {}))().verdicts}


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def test_what_is_read_is_as_known_when_it_is_read() -> None:
    """Nobody who reads has to remember that old news is never good news: the reader hands nothing else out."""
    shelf, times = Shelf(), [NOW]
    shelf.by_school = {"10000001": [8192] * 120, "10000002": [8192] * 120}
    made = judgements(shelf, lambda: times[-1])
    made.judge_now({"10000001", "10000002"})
    read = made.snapshot_reader(lambda: ({}, {}))
    assert {verdict.status for verdict in read().verdicts} == {Status.READY}
    assert {room.status for rooms in read().rooms.values() for room in rooms.rooms} <= set(Status)
    times.append(NOW + timedelta(hours=1))
    assert {verdict.status for verdict in read().verdicts} == {Status.UNKNOWN}
    assert not {room.status for rooms in read().rooms.values() for room in rooms.rooms} & {Status.READY, Status.AT_RISK}
    times.append(NOW + timedelta(minutes=1))
    assert {verdict.status for verdict in read().verdicts} == {Status.READY}


def test_what_was_ready_says_what_has_changed_since() -> None:
    """By the history: here the profile had another name."""
    shelf = Shelf()
    shelf.by_school = {"10000001": [8192] * 120, "10000002": [1024] * 120}
    made = judgements(shelf)
    made.judge_now({"10000001", "10000002"})
    was = {verdict.sitting.id: msgspec.structs.replace(verdict, profile="older") for verdict in shelf.saved}
    shelf.ready = {name: (msgspec.json.encode(verdict), NOW - timedelta(hours=3)) for name, verdict in was.items()}
    made.judge_now({"10000001", "10000002"})
    drifts = {verdict.sitting.id: verdict.drift for verdict in made.snapshot_reader(lambda: ({}, {}))().verdicts}
    assert drifts["ek-1"] is None  # it is ready
    assert drifts["gran-1"] is not None
    assert [one.kind for one in drifts["gran-1"].changes] == ["profile"]


def test_evidence_is_read_once_per_school_however_many_sittings() -> None:
    shelf = Shelf()
    made = two_schools()
    verdicts = judge_sittings(made, shelf, NOW, sittings=made.sittings)
    assert [v.sitting.id for v in verdicts] == ["ek-1", "ek-2", "gran-1"]
    assert sorted(shelf.read) == ["10000001", "10000002"]


def test_another_profile_judges_the_same_facts_anew() -> None:
    shelf = Shelf()
    shelf.by_school["10000001"] = [2048] * 120
    made = two_schools()
    [strict] = judge_sittings(made, shelf, NOW, sittings=made.sittings[:1])
    easier = msgspec.structs.replace(
        profile("easier"), requirements=[msgspec.structs.replace(MEMORY, value=1024, id="memory-easy")]
    )
    [mild] = judge_sittings(made, shelf, NOW, sittings=made.sittings[:1], profile=easier)
    assert (strict.status, strict.profile) == (Status.NOT_READY, "test-profile")
    assert (mild.status, mild.profile) == (Status.READY, "easier")


def test_the_window_reaches_as_far_as_any_profile_asks() -> None:
    assert window([profile()]) == timedelta(days=28)
    assert window([]) == timedelta(days=14)


def test_a_sitting_is_judged_until_it_has_ended() -> None:
    begun = sitting(starts_at=NOW - timedelta(minutes=59))
    ended = sitting(starts_at=NOW - timedelta(minutes=60))
    assert still_to_come(begun, NOW)
    assert not still_to_come(ended, NOW)
    assert not still_to_come(msgspec.structs.replace(sitting(), held=True), NOW)


def test_nothing_is_known_before_the_first_judgement() -> None:
    snapshot = judgements(Shelf()).snapshot_reader(lambda: ({"accepted": 4}, {"malformed": 1}))()
    assert snapshot.judged_at is None
    assert {verdict.status for verdict in snapshot.verdicts} == {Status.UNKNOWN}
    assert snapshot.outcomes_total == {"accepted": 4}
    assert snapshot.rejected_total == {"malformed": 1}


def test_only_the_schools_that_changed_are_judged_again() -> None:
    shelf = Shelf()
    made = judgements(shelf)
    made.judge_now({"10000001", "10000002"})
    assert statuses(made) == dict.fromkeys(["ek-1", "ek-2", "gran-1"], Status.UNKNOWN)
    shelf.read.clear()
    shelf.by_school["10000002"] = [8192] * 120
    made.judge_now({"10000002"})
    assert shelf.read == ["10000002"]
    assert statuses(made)["gran-1"] is Status.READY
    assert statuses(made)["ek-1"] is Status.UNKNOWN
    assert {v.sitting.id for v in shelf.saved} == {"ek-1", "ek-2", "gran-1"}


def test_time_alone_turns_evidence_stale() -> None:
    shelf = Shelf()
    shelf.by_school["10000001"] = [8192] * 120
    now = [NOW]
    made = judgements(shelf, lambda: now[0])
    made.judge_now({"10000001"})
    assert statuses(made)["ek-1"] is Status.READY
    now[0] = NOW + timedelta(days=2, hours=23)
    made.judge_now({"10000001"})
    assert statuses(made)["ek-1"] is Status.READY
    now[0] = NOW + timedelta(days=8)
    made.judge_now({"10000001"})
    assert "ek-1" not in statuses(made), "the sitting is over"


def test_a_school_that_cannot_be_judged_becomes_unknown_and_stops_no_other() -> None:
    shelf = Shelf()
    shelf.by_school["10000001"] = [8192] * 120
    made = judgements(shelf)
    made.start()
    until(lambda: statuses(made).get("ek-1") is Status.READY)
    shelf.broken = True
    made.mark_changed({"10000001"})
    until(lambda: statuses(made)["ek-1"] is Status.UNKNOWN)
    [broken] = [v for v in made.snapshot_reader(lambda: ({}, {}))().verdicts if v.sitting.id == "ek-1"]
    assert (broken.headroom, broken.binding, broken.findings) == (None, None, [])
    shelf.broken = False
    made.mark_changed({"10000001"})
    until(lambda: statuses(made)["ek-1"] is Status.READY)
    made.stop()


def test_a_full_disk_does_not_hide_fresh_verdicts() -> None:
    shelf = Shelf()
    shelf.full = True
    shelf.by_school["10000001"] = [8192] * 120
    made = judgements(shelf)
    made.judge_now({"10000001"})
    assert statuses(made)["ek-1"] is Status.READY
    assert shelf.saved == []


def test_a_new_configuration_is_judged_whole_and_the_sittings_it_lost_are_gone() -> None:
    shelf = Shelf()
    made = judgements(shelf)
    made.start()
    until(lambda: len(statuses(made)) == 3)
    made.refuse(["config/schools.yaml:3: fel"])
    assert made.snapshot_reader(lambda: ({}, {}))().configuration_errors == ["config/schools.yaml:3: fel"]
    smaller = two_schools()
    made.reconfigure(msgspec.structs.replace(smaller, sittings=smaller.sittings[:1]))
    until(lambda: set(statuses(made)) == {"ek-1"})
    assert made.snapshot_reader(lambda: ({}, {}))().configuration_errors == []
    made.stop()


def test_stopping_ends_the_thread() -> None:
    before = threading.active_count()
    made = judgements(Shelf())
    made.start()
    made.stop()
    assert threading.active_count() == before


def test_verdicts_come_in_calendar_order() -> None:
    shelf = Shelf()
    ek: School = school("10000001", "Ekskolan")
    late = sitting("late", of=ek, starts_at=NOW + timedelta(days=9))
    soon = sitting("soon", of=ek, starts_at=NOW + timedelta(days=1))
    made = JudgementService(configuration(ek, sittings=[late, soon]), shelf, lambda: NOW)
    made.judge_now({"10000001"})
    assert list(statuses(made)) == ["soon", "late"]


def test_an_odd_day_is_told_before_and_after_it_is_judged() -> None:
    """By the calendar, and by the breaks that the authority has written."""
    christmas_eve = sitting("jul", starts_at=datetime(2026, 12, 24, 8, tzinfo=UTC))
    in_break = sitting("lov", starts_at=datetime(2026, 11, 26, 8, tzinfo=UTC))
    made_of = configuration(school("10000001"), sittings=[christmas_eve, in_break])
    lov = Break("Novemberlov", date(2026, 11, 26), date(2026, 11, 27))
    made = JudgementService(msgspec.structs.replace(made_of, breaks=[lov]), Shelf(), lambda: NOW)

    def told() -> dict[str, list[str]]:
        verdicts = made.snapshot_reader(lambda: ({}, {}))().verdicts
        return {one.sitting.id: [warning.code for warning in one.warnings] for one in verdicts}

    before = told()
    assert before == {"jul": ["calendar_christmas_eve"], "lov": ["calendar_break"]}
    made.judge_now({"10000001"})
    assert told() == before


def test_what_is_not_judged_yet_is_unknown() -> None:
    """From the first second after a start, and of the schools that come later in the first round."""
    shelf = Shelf()
    shelf.by_school["10000001"] = [8192] * 120
    made = judgements(shelf, lambda: NOW)
    assert statuses(made) == dict.fromkeys(("ek-1", "ek-2", "gran-1"), Status.UNKNOWN)
    made.judge_now({"10000001"})
    assert statuses(made) == {"ek-1": Status.READY, "ek-2": Status.READY, "gran-1": Status.UNKNOWN}


def test_the_contract_lies_beside_the_evidence() -> None:
    """The school's own, or that of the line which it shares; nothing where nobody told it."""
    own, told_by_none = school(), msgspec.structs.replace(school(), line=None)
    empty = Evidence(own.code, [], [])
    assert with_contract(empty, configuration(own)).contract == {"down_mbit_s": 100.0, "up_mbit_s": 100.0}
    assert with_contract(empty, configuration(told_by_none)) == empty
    shared = SharedLine("one", [own.code], Line(500.0, 50.0))
    of_two = msgspec.structs.replace(configuration(own), lines=[shared])
    assert with_contract(empty, of_two).contract == {"down_mbit_s": 500.0, "up_mbit_s": 50.0}


def test_the_breaks_of_its_own_lie_beside_a_schools_evidence() -> None:
    """Those that it shares with all, and its own."""
    lov = Break("Höstlov", date(2026, 11, 23), date(2026, 11, 27), ["10000001"])
    read = evidence_reader(msgspec.structs.replace(two_schools(), breaks=[lov]), Shelf(), NOW)
    monday = date(2026, 11, 23)
    assert [read(code).school_days.holds(monday) for code in ("10000001", "10000002")] == [False, True]


def test_the_map_of_access_points_lies_beside_the_evidence() -> None:
    """Those of the school that network.yaml knows by address; gear tells the others itself."""
    places = [
        AccessPointPlace("10000001", "a1", mac="02:00:00:00:A1:00"),
        AccessPointPlace("10000001", "a2", name="AP-A2"),
        AccessPointPlace("10000001", None, mac="02:00:00:00:a3:00"),
        AccessPointPlace("10000002", "a1", mac="02:00:00:00:b1:00"),
    ]
    read = evidence_reader(msgspec.structs.replace(two_schools(), access_points=places), Shelf(), NOW)
    assert read("10000001").access_points == {"02:00:00:00:a1:00": "a1"}
    assert read("10000002").access_points == {"02:00:00:00:b1:00": "a1"}


def test_who_has_something_new_comes_before_who_was_only_heard_again() -> None:
    """Whatever was marked first; and being heard again is judged in its turn."""
    shelf = Shelf()
    made = judgements(shelf)
    made.mark_heard({"10000001"})
    made.mark_changed({"10000002"})
    made.start()
    until(lambda: set(shelf.read) == {"10000001", "10000002"})
    made.stop()
    assert shelf.read[:2] == ["10000002", "10000001"]


def test_news_waits_for_no_rest_after_a_school_without_any(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long that would be."""
    monkeypatch.setattr(service, "REST_TIMES", 1_000_000)
    shelf = Shelf()
    made = judgements(shelf)
    made.start()
    until(lambda: len(shelf.read) == 1)
    [first] = shelf.read
    other = ({"10000001", "10000002"} - {first}).pop()
    made.mark_changed({other})
    until(lambda: shelf.read[-1] == other)
    made.mark_changed({first})
    time.sleep(0.5)
    assert shelf.read == [first, other]
    made.stop()
