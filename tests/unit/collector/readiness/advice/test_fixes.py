"""Ways out, each in the smallest size that has the finding hold.

The line: 90 pupils x 0.5 Mbit/s = 45 needed, 58.5 with the margin. At the start 2 Mbyte each within a minute: 24.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.readiness.advice.advise import judge_and_advise
from collector.readiness.advice.change import Ailing, Change, SizedFix
from collector.readiness.advice.fixes import FIX_KINDS
from collector.readiness.advice.search import smallest
from collector.readiness.assessment.assessment import Assessment
from collector.readiness.domain.model import Fix, Line, Observation, Requirement, School, Sitting, Status, Verdict
from collector.readiness.occasions.occasion import SittingBeside, alone
from collector.readiness.verdict.judge import finding_of, lay_out, verdict_on
from tests.support.judging import advise_alone
from tests.support.properties import examples
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    device,
    evidence,
    hourly,
    memory,
    observation,
    on_school,
    profile,
    requirement,
    school,
    sitting,
)

DOWN = on_school("line.down_headroom", value=1.3, at_risk_value=1.0)
UP = on_school("line.up_headroom", value=1.3, at_risk_value=1.0)
BURST = on_school("line.start_burst_headroom", value=1.0)
USABLE = on_school("devices.usable_headroom")
MEMORY = requirement()
BROWSER = requirement("browsers.chrome_version", "latest_minus", 1, named="browser")
CROWD = msgspec.structs.replace(
    requirement("room.clients_per_radio", "at_most", 25, named="crowd", applies_to="room", severity="if_known"),
    at_risk_value=40,
)
NINETY = sitting(pupils=90)


def advised(
    rules: Sequence[Requirement], observations: Iterable[Observation], about: Sitting = NINETY, at: School | None = None
) -> Verdict:
    """The verdict with ways out."""
    return advise_alone(about, at or school(), profile(*rules), evidence(observations), RELEASES, NOW)


def told(verdict: Verdict, kind: str) -> list[Fix]:
    return [one for one in verdict.fixes if one.kind == kind]


def test_so_many_more_mbit_s() -> None:
    """18.5 are missing, and one less is not enough; the finding says so first."""
    verdict = advised([DOWN], hourly([40.0] * 22))
    [fix] = told(verdict, "more_line")
    assert (fix.what.code, fix.what.values, fix.becomes) == ("fix_more_line_down", {"more": 19}, Status.READY)
    assert fix.mends == ["line.down_headroom"]
    assert verdict.findings[0].advice == [one.what for one in verdict.fixes]
    [up] = told(advised([UP], hourly([8.0] * 22, direction="up")), "more_line")
    assert (up.what.code, up.what.values) == ("fix_more_line_up", {"more": 4})


def test_no_more_line_where_it_would_not_help() -> None:
    """A line that carried nothing in every other hour does not carry more if it is faster."""
    broken = [
        msgspec.structs.replace(one, status="failed", error_code="down_stalled", facts={}) if number % 2 else one
        for number, one in enumerate(hourly([40.0] * 60))
    ]
    verdict = advised([DOWN], broken)
    assert verdict.status is Status.NOT_READY
    assert told(verdict, "more_line") == []


def test_a_line_that_is_slow_at_times_is_so_when_it_is_faster() -> None:
    """Since some days it gives four fifths of what it gave, and of what is added it will give no more; it falls."""
    runs = hourly([40.0] * 60)
    slow = [
        msgspec.structs.replace(one, facts={"down_mbit_s": 32.0}) if one.last_at > NOW - timedelta(days=4) else one
        for one in runs
    ]
    steady, uneven = (told(advised([DOWN], ones), "more_line")[0].what.values["more"] for ones in (runs, slow))
    assert steady == 19
    assert int(str(uneven)) > 2 * 19


def test_a_start_in_groups() -> None:
    """Of 90 who load the test 24 Mbit/s are needed and 18 are left; 45 take 12, and 45 who are at it 4.5."""
    verdict = advised([BURST], hourly([18.0] * 22))
    kinder = profile(BURST, capacity={"down_per_pupil": 0.1})
    grouped = advise_alone(NINETY, school(), kinder, evidence(hourly([18.0] * 22)), RELEASES, NOW)
    assert told(verdict, "start_in_groups") == []  # those who sit take as much as those who load
    [fix] = told(grouped, "start_in_groups")
    assert (fix.what.code, fix.what.values) == ("fix_start_in_groups", {"groups": 2, "minutes": 5})
    assert grouped.fixes[0] is fix  # cheapest first
    split = msgspec.structs.replace(NINETY, start_groups=2)
    done = advise_alone(split, school(), kinder, evidence(hourly([18.0] * 22)), RELEASES, NOW)
    assert (done.status, done.fixes) == (Status.READY, [])


def test_groups_one_after_the_other_must_each_do_at_their_own_hour() -> None:
    """Two of 45 need 29.25: 40 are enough. With another sitting an hour later there is no place for the second."""
    runs = evidence(hourly([40.0] * 120))
    occasion = alone(NINETY, school(), NOW)
    verdict = judge_and_advise(occasion, profile(DOWN), {school().code: runs}, RELEASES, NOW)
    [fix] = told(verdict, "sit_in_groups")
    assert fix.what.values == {"groups": 2, "pupils": 45, "minutes": 75}
    later = occasion.begins_at + timedelta(minutes=75)
    other = SittingBeside(msgspec.structs.replace(NINETY, id="other"), later, later + timedelta(minutes=60))
    crowded = replace(occasion, that_day=(other,))
    busy = judge_and_advise(crowded, profile(DOWN), {school().code: runs}, RELEASES, NOW)
    assert told(busy, "sit_in_groups") == []


def test_a_group_at_an_hour_that_nobody_measured_is_not_proposed() -> None:
    """At 22 hours backwards from Monday 9 o'clock Thursday's 10 o'clock was measured, at 10 of them it was not."""
    assert told(advised([DOWN], hourly([40.0] * 8)), "sit_in_groups") == []


def test_machines_that_lag_behind_are_updated_and_listed() -> None:
    """Ten pupils need eleven machines with a spare; nine are in order, and three could be."""
    told_by = [observation(n, "browsers", {"chrome_version": "143" if n < 9 else "101"}) for n in range(12)]
    verdict = advised([BROWSER], told_by, about=sitting())
    needed = verdict.findings[0].required
    [fix] = told(verdict, "update_machines")
    assert fix.what.values["devices"] == int(str(needed)) - 9
    assert fix.devices == ["9", "10"][: len(fix.devices)] or fix.devices == ["10", "11"][: len(fix.devices)]
    assert fix.what.values["machines"] == ", ".join(fix.devices)
    assert told(verdict, "replace_machines") == []  # an update does
    assert [one.kind for one in verdict.fixes][-1] == "borrow_machines"


def test_machines_that_no_update_mends_are_replaced() -> None:
    """Too little memory; those with an old browser as well come last."""
    seen = [memory(n, 8192 if n < 9 else 1024) for n in range(12)]
    verdict = advised([MEMORY, USABLE], seen, about=sitting(), at=school(devices=12))
    [fix] = told(verdict, "replace_machines")
    assert set(fix.mends) == {"memory", "devices.usable_headroom"}
    assert (fix.becomes, told(verdict, "update_machines")) == (Status.READY, [])
    [lent] = told(verdict, "borrow_machines")
    assert lent.what.values == {"devices": fix.what.values["devices"]}


def test_what_nobody_knows_of_a_machine_an_update_does_not_mend() -> None:
    """Its memory is not known: with a new browser it is still no machine to count on."""
    seen = [observation(n, "browsers", {"chrome_version": "101"}) for n in range(12)]
    assert told(advised([BROWSER, MEMORY, USABLE], seen, about=sitting()), "update_machines")[0].mends == ["browser"]


@pytest.mark.parametrize("status", [Status.READY, Status.UNKNOWN])
def test_nothing_is_advised_where_nothing_is_known_to_be_wrong(status: Status) -> None:
    runs = hourly([100.0] * 22) if status is Status.READY else []
    verdict = advised([DOWN], runs)
    assert (verdict.status, verdict.fixes) == (status, [])


def test_kinds_are_found_in_the_folder_cheapest_first() -> None:
    names = [kind.name for kind in FIX_KINDS]
    assert names[0] == "start_in_groups"
    assert names[-1] == "more_line"
    assert [kind.rank for kind in FIX_KINDS] == sorted(kind.rank for kind in FIX_KINDS)


LINES = st.lists(st.floats(5.0, 90.0), min_size=22, max_size=30)


@given(LINES, st.integers(5, 200), st.integers(0, 12), st.booleans())
@settings(max_examples=examples(25))
def test_what_a_finding_is_advised_never_makes_it_worse(
    rates: list[float], pupils: int, fit: int, has_contract: bool
) -> None:
    """Law 16: it holds at the size that is told, and it does at each larger one."""
    at = msgspec.structs.replace(school(devices=14), line=Line(100, 100) if has_contract else None)
    seen = [*hourly(rates), *(memory(n, 8192 if n < fit else 1024) for n in range(14))]
    seen += [observation(n, "browsers", {"chrome_version": "143" if n % 3 else "101"}) for n in range(14)]
    found = evidence(seen, [device(n) for n in range(14)])
    rules = profile(DOWN, BURST, MEMORY, BROWSER, USABLE)
    case = lay_out(alone(sitting(pupils=pupils), at, NOW), rules, {at.code: found}, RELEASES, NOW)
    for option, rule in options_for(case):
        smallest_one = smallest(option, lambda change, rule=rule: holds(rule, change))  # type: ignore[misc]
        if smallest_one is not None:
            size = next(n for n in range(option.least, option.most + 1) if option.of_size(n) == smallest_one)
            larger = [option.of_size(n) for n in range(size, min(size + 3, option.most) + 1)]
            assert all(holds(rule, change) for change in larger if change is not None), rule.id


def options_for(case: Assessment) -> Iterator[tuple[SizedFix, Requirement]]:
    """All that may be advised; a group that sits by itself sits at another hour, of which less may be known."""
    rules = {one.id: one for one in case.profile.requirements}
    for finding in verdict_on(case).findings:
        for kind in FIX_KINDS:
            if finding.status in {Status.NOT_READY, Status.AT_RISK} and kind.name != "sit_in_groups":
                for option in kind.options(Ailing(finding, rules[finding.requirement], case)):
                    yield option, rules[finding.requirement]


def holds(rule: Requirement, change: Change) -> bool:
    return all(finding_of(rule, case).status is Status.READY for case in change.cases)
