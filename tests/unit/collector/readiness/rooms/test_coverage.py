"""Signal and noise of a room: what the places of a class reach for certain, and from how many places."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.readiness.domain.model import Observation, Status, Text
from collector.readiness.domain.verdicts import BADNESS
from tests.support.properties import examples
from tests.support.rooms import NOW, days_of, found, heard, judged
from tests.unit.collector.readiness.cases import observation, step

signals = st.integers(min_value=-95, max_value=-35).map(float)
CLASS = 16
"""Pupils who sit in the room; eleven places can speak for them."""


def at_places(levels: list[float], *, days: int = 1, snr_db: float | None = 40.0) -> list[Observation]:
    """A machine at each place of room a1."""
    return days_of("a1", levels, days=days, snr_db=snr_db)


def test_a_good_room_is_ready() -> None:
    """Eleven places of sixteen: were two of them bad, one of these would most likely be among the eleven."""
    finding = found("wifi-signal", at_places([-50.0] * 10 + [-60.0]), pupils=CLASS)
    assert (finding.status, finding.measured, finding.required, finding.room) == (Status.READY, -60.0, -67, "a1")
    assert (step(finding, "step_devices_told"), step(finding, "step_room_pupils")) == (11, CLASS)
    assert (step(finding, "step_room_places"), step(finding, "step_room_places_lacking")) == (11, 0)
    assert step(finding, "step_room_bound") == -60.0
    assert finding.why == Text("why_room_ready", {"room": "Sal A1", "devices": 11, "unknown": 0, "rooms": 1})


def test_three_machines_do_not_speak_for_the_far_corner() -> None:
    """However many days they stand beside the access point."""
    finding = found("wifi-signal", at_places([-40.0] * 3, days=13), pupils=CLASS)
    assert finding.status is Status.UNKNOWN
    assert finding.why == Text("why_room_too_few_places", {"room": "Sal A1", "places": 3, "pupils": CLASS})
    assert finding.advice == [Text("advice_room_more_places", {"room": "Sal A1", "lacking": 8})]
    assert (step(finding, "step_room_days"), step(finding, "step_room_weakest")) == (13, -40.0)


@pytest.mark.parametrize(("pupils", "places"), [(1, 1), (2, 2), (3, 3), (8, 8), (16, 11), (30, 13)])
def test_a_small_class_takes_few_places(pupils: int, places: int) -> None:
    """All of a class of up to eight, fewer than half of a full room."""
    assert found("wifi-signal", at_places([-50.0] * places), pupils=pupils).status is Status.READY
    fewer = found("wifi-signal", at_places([-50.0] * (places - 1)), pupils=pupils)
    assert fewer.status is Status.UNKNOWN


def test_bands() -> None:
    """-67 and -72 dBm, both still within."""
    for level, status in ((-67.0, "ready"), (-68.0, "at_risk"), (-72.0, "at_risk"), (-73.0, "not_ready")):
        assert found("wifi-signal", at_places([level] * 11), pupils=CLASS).status == status, level
    for level, status in ((25.0, "ready"), (24.0, "at_risk"), (20.0, "at_risk"), (19.0, "at_risk")):
        # What counts only if it is known puts a sitting at risk at most.
        assert found("wifi-snr", at_places([-50.0] * 11, snr_db=level), pupils=CLASS).status == status, level


def test_one_bad_place_puts_the_room_at_risk() -> None:
    """One of sixteen pupils may lack a good place, and is known to: all others are known to have one."""
    finding = found("wifi-signal", at_places([-50.0] * 15 + [-85.0]), pupils=CLASS)
    assert finding.status is Status.AT_RISK
    assert finding.why == Text("why_room_place_lacking", {"room": "Sal A1", "places": 16})
    assert found("wifi-signal", at_places([-50.0] * 11 + [-85.0]), pupils=CLASS).status is Status.UNKNOWN
    full = at_places([-50.0] * 14 + [-85.0] * 2)
    assert found("wifi-signal", full, pupils=CLASS, seats=CLASS).status is Status.NOT_READY


def test_free_seats_leave_room_for_bad_places() -> None:
    """Two bad ones: of 16 seats all but one are needed, of 30 not; then it is for staff to say who sits where."""
    some_bad = at_places([-50.0] * 14 + [-85.0] * 2)
    assert found("wifi-signal", some_bad, pupils=CLASS, seats=CLASS).status is Status.NOT_READY
    finding = found("wifi-signal", some_bad, pupils=CLASS, seats=30)
    assert finding.status is Status.UNKNOWN
    assert finding.why == Text("why_room_places_differ", {"room": "Sal A1", "places": 16, "pupils": CLASS})
    # A quarter of all that was measured is no chance.
    assert found("wifi-signal", at_places([-50.0] * 12 + [-85.0] * 4), pupils=CLASS).status is Status.NOT_READY


def test_four_bad_places_of_four_are_enough() -> None:
    """Five pupils in a large room: nobody has seen a good place there."""
    assert found("wifi-signal", at_places([-85.0] * 4), pupils=5).status is Status.NOT_READY
    assert found("wifi-signal", at_places([-50.0] * 3 + [-85.0]), pupils=5).status is Status.UNKNOWN


def test_a_room_is_known_to_be_bad_before_it_is_known_to_be_good() -> None:
    """Of thirty seats three that are all bad leave too few good ones for twenty pupils."""
    assert found("wifi-signal", at_places([-80.0] * 3), pupils=20).status is Status.NOT_READY
    assert found("wifi-signal", at_places([-50.0] * 3), pupils=20).status is Status.UNKNOWN


def test_one_device_does_not_make_a_room_measured() -> None:
    """However often and however well it heard."""
    finding = found("wifi-signal", at_places([-40.0], days=13))
    assert finding.status is Status.UNKNOWN
    assert finding.why == Text("why_room_too_few_devices", {"room": "Sal A1", "devices": 1, "needed": 3})
    assert finding.advice[0] == Text("advice_room_more_devices", {"room": "Sal A1", "devices": 2})
    assert found("wifi-signal", at_places([-90.0] * 2, days=13)).status is Status.UNKNOWN


def test_a_place_is_as_good_as_its_bad_days() -> None:
    """A tenth of the days, and of the readings of a day, may be worse."""
    minutes = [heard("a1-0", "a1", signal_dbm=-50.0 - n, at=NOW - timedelta(minutes=1 + n)) for n in range(20)]
    others = at_places([-50.0] * 11)[1:]
    finding = found("wifi-signal", [*minutes, *others], pupils=CLASS)
    assert (step(finding, "step_room_places"), step(finding, "step_room_weakest")) == (11, -68.0)
    assert finding.status is Status.AT_RISK


def test_a_survey_counts_as_a_place() -> None:
    """What it heard of the strongest own access point, beside what the links told."""
    surveyed = observation("tech", "survey", {"signal_p10_dbm": -71}, room="a1", at=NOW - timedelta(hours=2))
    finding = found("wifi-signal", [*at_places([-50.0] * 10), surveyed], pupils=CLASS)
    assert (finding.status, finding.measured) == (Status.AT_RISK, -71)
    assert step(finding, "step_room_places") == 11


def test_stale_values_do_not_count() -> None:
    """A fortnight and a day ago."""
    old = [msgspec.structs.replace(one, first_at=one.first_at - timedelta(days=15),
                                   last_at=one.last_at - timedelta(days=15))
           for one in at_places([-50.0] * 14)]  # fmt: skip
    finding = found("wifi-signal", old)
    assert finding.status is Status.UNKNOWN
    assert Text("advice_missing_stale", {"devices": 14}) in finding.advice


def test_a_room_without_data_is_unknown_and_says_what_to_do() -> None:
    """Beside a good room."""
    finding = found("wifi-signal", at_places([-50.0] * 13), rooms=("a1", "a2"))
    assert (finding.status, finding.room, finding.measured) == (Status.UNKNOWN, "a2", None)
    assert finding.advice == [Text("advice_rooms_measure", {"rooms": "Sal A2", "count": 1})]


def test_what_is_not_known_of_noise_holds_no_verdict_back() -> None:
    """Windows never tells it: the finding is unknown and shown, the verdict stands on the rest."""
    verdict = judged(at_places([-50.0] * 13, snr_db=None))
    statuses = {one.requirement: one.status for one in verdict.findings}
    assert (statuses["wifi-signal"], statuses["wifi-snr"]) == (Status.READY, Status.UNKNOWN)
    assert verdict.status is Status.READY
    noise = next(one for one in verdict.findings if one.requirement == "wifi-snr")
    assert noise.why == Text("why_room_devices_do_not_tell", {"room": "Sal A1", "devices": 13})
    assert noise.advice[0] == Text("advice_room_other_devices", {"room": "Sal A1"})
    assert judged(at_places([-50.0] * 13, snr_db=10.0)).status is Status.AT_RISK


levels_of_places = st.lists(signals, min_size=3, max_size=20)
classes = st.integers(3, 30)


@given(levels=levels_of_places, pupils=classes, better=st.integers(0, 20), which=st.integers(0, 19))
def test_a_better_signal_is_never_worse(levels: list[float], pupils: int, better: int, which: int) -> None:
    """At any place."""
    improved = list(levels)
    improved[which % len(levels)] += better
    before, after = (found("wifi-signal", at_places(one), pupils=pupils) for one in (levels, improved))
    assert BADNESS[after.status] <= BADNESS[before.status]


@given(levels=levels_of_places, pupils=classes)
def test_one_more_good_place_is_never_worse(levels: list[float], pupils: int) -> None:
    """And to take it away never better."""
    before = found("wifi-signal", at_places(levels), pupils=pupils)
    after = found("wifi-signal", [*at_places(levels), heard("more", "a1", signal_dbm=-40.0)], pupils=pupils)
    assert BADNESS[after.status] <= BADNESS[before.status]


@given(levels=levels_of_places, pupils=classes)
def test_one_more_bad_place_is_never_better(levels: list[float], pupils: int) -> None:
    """Whatever is known beside it."""
    before = found("wifi-signal", at_places(levels), pupils=pupils)
    after = found("wifi-signal", [*at_places(levels), heard("more", "a1", signal_dbm=-90.0)], pupils=pupils)
    if before.status is not Status.UNKNOWN:
        assert BADNESS[after.status] >= BADNESS[before.status]
    assert after.status is not Status.READY


@given(levels=levels_of_places, pupils=st.integers(4, 30))
def test_fewer_pupils_are_never_worse(levels: list[float], pupils: int) -> None:
    """In the same room, by the same places."""
    more, fewer = (found("wifi-signal", at_places(levels), pupils=count) for count in (pupils, pupils - 1))
    assert BADNESS[fewer.status] <= BADNESS[more.status]


@given(levels=st.lists(signals, max_size=14), pupils=classes, days=st.integers(1, 13))
@settings(max_examples=examples(30))
def test_days_are_no_places(levels: list[float], pupils: int, days: int) -> None:
    """What a machine says day after day says nothing of a seat where none stands."""
    one, many = (found("wifi-signal", at_places(levels, days=count), pupils=pupils) for count in (1, days))
    assert many.status is one.status


@given(levels=levels_of_places, pupils=classes)
def test_ready_only_where_places_speak_for_the_class(levels: list[float], pupils: int) -> None:
    """No known place is bad, and few enough may be where nobody measured."""
    finding = found("wifi-signal", at_places(levels), pupils=pupils)
    if finding.status is Status.READY:
        assert len(levels) >= min(pupils, 8)
        assert min(levels) >= -72
