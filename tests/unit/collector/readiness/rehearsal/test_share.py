"""For how many of a sitting's pupils it worked: at least, and at most."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from collector.readiness.domain.model import Evidence, Finding, Rehearsal, Status
from tests.support.judging import judge_alone
from tests.support.rehearsals import rehearsal, taking_part
from tests.unit.collector.readiness.cases import NOW, RELEASES, device, evidence, on_school, profile, school, sitting

NAMES = [str(number) for number in range(20)]
CARRIED = replace(on_school("rehearsal.carried_ratio", at_risk_value=0.95), severity="required_if_known")
BEGIN = NOW - timedelta(hours=3)
ABOUT = sitting(pupils=20, rooms=("a1", "a2"))


def told(*held: Rehearsal) -> Evidence:
    return replace(evidence([], [device(name) for name in NAMES]), rehearsals=list(held))


def found(*held: Rehearsal, days_later: float = 0) -> Finding:
    now = NOW + timedelta(days=days_later)
    [one] = judge_alone(ABOUT, school(), profile(CARRIED), told(*held), RELEASES, now).findings
    return one


def failing(count: int, **otherwise: str) -> Rehearsal:
    parts = taking_part(NAMES)
    worse = [replace(one, down_mbit_s=0.1, **otherwise) for one in parts[:count]]
    return rehearsal(BEGIN, [*worse, *parts[count:]])


@pytest.mark.parametrize(
    ("failed", "status"), [(0, Status.READY), (1, Status.AT_RISK), (2, Status.NOT_READY), (20, Status.NOT_READY)]
)
def test_by_how_many_it_did_not_work_for(failed: int, status: Status) -> None:
    """One pupil in twenty may be a machine of their own."""
    finding = found(failing(failed))
    assert finding.status is status
    assert finding.measured == pytest.approx(1 - failed / 20)


def test_some_speak_for_themselves_only() -> None:
    """Of twelve of twenty nobody knows what the others would have met; two that fail are too many however that is."""
    assert found(rehearsal(BEGIN, taking_part(NAMES[:12]))).status is Status.UNKNOWN
    some = failing(2)
    assert found(replace(some, participants=some.participants[:12])).status is Status.NOT_READY


def test_no_rehearsal_no_finding() -> None:
    assert judge_alone(ABOUT, school(), profile(CARRIED), told(), RELEASES, NOW).findings == []


def test_in_other_rooms_nothing_is_said_of_this_sitting() -> None:
    elsewhere = taking_part(NAMES, ["a3"], down_mbit_s=0.0)
    finding = found(rehearsal(BEGIN, elsewhere))
    assert (finding.status, finding.why.code) == (Status.UNKNOWN, "why_rehearsal_elsewhere")


def test_a_good_one_ages_and_a_bad_one_does_not() -> None:
    """Fifteen school days."""
    assert found(failing(0), days_later=20).status is Status.READY
    assert found(failing(0), days_later=24).status is Status.UNKNOWN
    assert found(failing(3), days_later=300).status is Status.NOT_READY


def test_over_a_summer_a_good_one_ages_too() -> None:
    """Six school days lie between 10 June and 17 August, and 68 days; over Christmas it stands."""
    june = replace(
        failing(0), begins_at=datetime(2026, 6, 10, 8, tzinfo=UTC), ends_at=datetime(2026, 6, 10, 9, tzinfo=UTC)
    )
    december = replace(
        june, begins_at=datetime(2026, 12, 10, 8, tzinfo=UTC), ends_at=datetime(2026, 12, 10, 9, tzinfo=UTC)
    )
    for held, now, status in (
        (june, datetime(2026, 8, 17, 12, tzinfo=UTC), Status.UNKNOWN),
        (december, datetime(2027, 1, 11, 12, tzinfo=UTC), Status.READY),
    ):
        came = replace(held, received_at=held.ends_at)
        about = replace(ABOUT, starts_at=now + timedelta(days=3))
        [one] = judge_alone(about, school(), profile(CARRIED), told(came), RELEASES, now).findings
        assert one.status is status


def test_the_newest_counts() -> None:
    good = replace(failing(0), rehearsal_id="g0")
    bad = replace(failing(3), rehearsal_id="g2")
    bad_before, bad_after = (
        replace(bad, begins_at=BEGIN + shift, ends_at=BEGIN + shift + timedelta(minutes=20))
        for shift in (timedelta(hours=-2), timedelta(hours=1))
    )
    assert found(good, bad_before).status is Status.READY
    assert found(good, bad_after).status is Status.NOT_READY


def test_where_and_by_what() -> None:
    """Rooms and codes stand among the steps, and the first room's name in the advice."""
    finding = found(failing(3, code="stalled"))
    steps = {(one.name, one.source): one.value for one in finding.steps}
    assert steps["step_rehearsal_room_failed", "room a1"] == 2
    assert steps["step_rehearsal_room_failed", "room a2"] == 1
    assert steps["step_rehearsal_failed_by", "stalled"] == 3
    assert finding.advice[0].values["rooms"] == "Sal A1, Sal A2"
