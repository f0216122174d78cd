"""Which schools would pass, and what is missing."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from collector.readiness.domain.model import Finding, Room, School, Status, Verdict, YearGroup
from collector.readiness.explanation.outlook import Missing, missing_of, outlook, thought_sitting
from tests.support.verdicts import finding, profile, school, sitting, verdict
from tests.unit.collector.readiness.cases import hourly, judged, memory, on_school, requirement
from tests.unit.collector.readiness.cases import profile as judging_profile

EK, ASP, ALM = school(), school("10000002", "Aspskolan"), school("10000003", "Almskolan")
PROFILES = {"test-profile": profile()}
LINE = on_school("line.down_headroom", value=1.3, at_risk_value=1.0)


def test_the_worst_sitting_speaks_for_the_school_and_the_worst_school_comes_first() -> None:
    """Not ready, unknown, at risk, ready; then those with nothing to judge; alike ones by name."""
    made = [
        verdict(finding("line", headroom=1.8), of=EK, about=sitting("ek-1", of=EK)),
        verdict(finding("line", Status.AT_RISK, headroom=1.1), of=EK, about=sitting("ek-2", of=EK)),
        verdict(finding("line", Status.NOT_READY, headroom=0.6), of=ASP, about=sitting("asp", of=ASP)),
    ]
    rows = outlook([EK, ASP, ALM], made, PROFILES)
    told = [(row.school.name, row.verdict.sitting.id if row.verdict else None) for row in rows]
    assert told == [("Aspskolan", "asp"), ("Ekskolan", "ek-2"), ("Almskolan", None)]
    assert rows[0].binding is made[2].findings[0]


def bound(made: Verdict) -> Finding:
    """The finding that decides."""
    return next(one for one in made.findings if one.requirement == made.binding)


@pytest.mark.parametrize(
    ("mbit_s", "missing"),
    [(4.0, Missing(2.5, "Mbit/s")), (6.0, Missing(0.5, "Mbit/s")), (50.0, None)],
)
def test_what_a_line_lacks_is_what_the_margin_asks_for(mbit_s: float, missing: Missing | None) -> None:
    """Ten pupils take 5 Mbit/s, 1.3 times over: a line with what is missing added holds."""
    made = judged([LINE], hourly([mbit_s] * 22))
    assert missing_of(bound(made), judging_profile(LINE)) == missing
    if missing is not None:
        assert judged([LINE], hourly([mbit_s + missing.amount] * 22)).status is Status.READY


def test_what_machines_lack_is_machines() -> None:
    """Eleven are needed for ten pupils; the unit is the finding's, whatever the requirement measures in."""
    asked = requirement()
    made = judged([asked], [memory(one, 8192 if one < 6 else 1024) for one in range(11)])
    assert made.status is Status.NOT_READY
    assert missing_of(bound(made), judging_profile(asked)) == Missing(5.0, "devices")


def test_what_must_be_lower_lacks_the_way_down() -> None:
    crowd = requirement("room.clients_per_radio", "at_most", 25, named="crowd", applies_to="room", unit="clients")
    full = msgspec.structs.replace(
        finding("crowd", Status.NOT_READY), measured=41.0, required=25.0, unit="clients", headroom=None
    )
    assert missing_of(full, judging_profile(crowd)) == Missing(16.0, "clients")


@pytest.mark.parametrize(
    "changes",
    [{"status": Status.UNKNOWN}, {"status": Status.READY}, {"measured": None}, {"measured": "2026-12-01"}],
)
def test_nothing_is_missing_where_no_number_says_so(changes: dict[str, Any]) -> None:
    """An unknown lacks a measurement, not megabits."""
    made = msgspec.structs.replace(bound(judged([LINE], hourly([4.0] * 22))), **changes)
    assert missing_of(made, judging_profile(LINE)) is None


def test_a_school_without_sittings_is_thought_to_have_its_largest() -> None:
    at = School("99000009", "Ny", [Room("a", 30)], [YearGroup("8", 20), YearGroup("9", 30)])
    made = thought_sitting(at)
    assert made is not None
    assert (made.year_group, made.pupils, made.rooms) == ("9", 30, ["a"])
    assert thought_sitting(msgspec.structs.replace(at, year_groups=[])) is None
