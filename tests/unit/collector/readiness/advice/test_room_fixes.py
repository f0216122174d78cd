"""Ways out of a room's air, each proved by judging again: pupils elsewhere, one more access point, cable.

Every pupil takes 0.6 Mbit/s. At 24 Mbit/s a link carries 15.2 at the unkind end, so each takes 3.9 % of the channel's
time, and 20 of them 79 %; with the tenth that others take that is 89 %, more than the 80 that are ready.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import pytest

from collector.readiness.advice.change import Ailing, Change, SizedFix
from collector.readiness.advice.fixes import FIX_KINDS
from collector.readiness.assessment.assessment import Assessment
from collector.readiness.domain.model import Fix, Observation, RadioSeen, Requirement, Sitting, Status, Verdict
from collector.readiness.occasions.occasion import alone
from collector.readiness.verdict.judge import finding_of, lay_out, verdict_on
from tests.support.judging import advise_alone
from tests.support.rooms import AP_A1, AP_A2, NOW, USUAL_LINK, evidence, heard, profile, radio, school_with_seats
from tests.unit.collector.readiness.cases import RELEASES, SCHOOL

SLOW, FAST = 24.0, 400.0
CALM = [radio(utilisation=10.0, clients=0), radio(AP_A2, name="AP-A2", utilisation=10.0, clients=0)]


def machines(room: str, rate: float, *, bssid: str, channel: int, count: int = 20) -> list[Observation]:
    """So many that stand in the room and talk at that rate."""
    link = USUAL_LINK | {"tx_rate_mbit_s": rate, "channel": channel}
    return [heard(f"{room}-{number}", room, signal_dbm=-50.0, bssid=bssid, link=link) for number in range(count)]


HERE = machines("a1", SLOW, bssid=AP_A1, channel=36)
THERE = machines("a2", FAST, bssid=AP_A2, channel=100)


def about(rooms: Sequence[str] = ("a1",), pupils: int = 20) -> Sitting:
    return Sitting("ek-9-ma", SCHOOL, "Matematik", "9", pupils, list(rooms), datetime(2026, 11, 19, 8, 0, tzinfo=UTC))


def advised(
    observations: Sequence[Observation], radios: Sequence[RadioSeen] = CALM, *, sitting: Sitting | None = None
) -> Verdict:
    """The verdict with ways out, by the requirements on rooms."""
    made = evidence(observations, radios)
    return advise_alone(sitting or about(), school_with_seats(20), profile(), made, RELEASES, NOW)


def told(verdict: Verdict, kind: str) -> list[Fix]:
    return [one for one in verdict.fixes if one.kind == kind]


def test_pupils_move_to_a_room_on_another_access_point() -> None:
    """17 take 67 %, 18 would take 71 and the others' tenth: as few as it takes, and the finding says so first."""
    verdict = advised([*HERE, *THERE])
    assert verdict.status is Status.AT_RISK
    [fix] = told(verdict, "move_pupils")
    assert fix.what.code == "fix_move_pupils"
    assert fix.what.values == {"pupils": 3, "room": "Sal A1", "other": "Sal A2"}
    assert (fix.mends, fix.becomes) == (["wifi-airtime"], Status.READY)
    finding = next(one for one in verdict.findings if one.requirement == "wifi-airtime")
    assert finding.advice[: len(verdict.fixes)] == [one.what for one in verdict.fixes]


@pytest.mark.parametrize(
    "there",
    [
        [],
        machines("a2", FAST, bssid=AP_A1, channel=36),
        machines("a2", 1.0, bssid=AP_A2, channel=100),
        machines("a2", FAST, bssid=AP_A2, channel=100, count=1),
    ],
    ids=["nobody measured there", "the same access point", "as bad a room", "measured by one machine"],
)
def test_nobody_moves_where_it_is_not_known_to_help(there: list[Observation]) -> None:
    assert told(advised([*HERE, *there]), "move_pupils") == []


def test_nobody_moves_where_no_seat_is_free() -> None:
    """Both rooms are the sitting's, and full."""
    verdict = advised([*HERE, *THERE], sitting=about(("a1", "a2"), pupils=40))
    assert verdict.status is Status.AT_RISK
    assert told(verdict, "move_pupils") == []


def test_a_cabled_room_asks_nothing_of_the_air() -> None:
    """Also where it is the only one, and whatever is wrong with its air."""
    for air in (HERE, [msgspec.structs.replace(one, facts=one.facts | {"signal_dbm": -85.0}) for one in HERE]):
        [fix] = told(advised(air), "cable_room")
        assert (fix.what.code, fix.what.values) == ("fix_cable_room", {"room": "Sal A1"})
        assert fix.becomes is Status.READY
        assert "wifi-airtime" in fix.mends


def test_a_cabled_room_leaves_its_radio_to_the_other() -> None:
    """One access point carries both: with one of them on cable it carries the other."""
    both = [*machines("a1", 60.0, bssid=AP_A1, channel=36), *machines("a2", 60.0, bssid=AP_A1, channel=36)]
    verdict = advised(both, sitting=about(("a1", "a2"), pupils=40))
    assert verdict.status is not Status.READY
    assert [fix.becomes for fix in told(verdict, "cable_room")] == [Status.READY]


def test_one_more_access_point() -> None:
    """Half of the pupils are left to the old one; where four more would not do, none is proposed."""
    [fix] = told(advised(HERE), "add_access_point")
    assert (fix.what.code, fix.what.values) == ("fix_add_access_point", {"room": "Sal A1", "more": 1})
    assert (fix.mends, fix.becomes) == (["wifi-airtime"], Status.READY)
    slower = machines("a1", 12.0, bssid=AP_A1, channel=36)
    [more] = told(advised(slower), "add_access_point")
    assert more.what.values["more"] == 2
    slowest = machines("a1", 1.0, bssid=AP_A1, channel=36)
    assert told(advised(slowest), "add_access_point") == []


def test_too_many_clients_are_mended_the_same_ways() -> None:
    """30 on a radio for which 25 are many: five move, or there is one more."""
    many = [radio(utilisation=10.0, clients=10), CALM[1]]
    verdict = advised([*machines("a1", FAST, bssid=AP_A1, channel=36), *THERE], many)
    crowd = {fix.kind: fix.what.values for fix in verdict.fixes if "wifi-crowd" in fix.mends}
    assert crowd["move_pupils"]["pupils"] == 5
    assert crowd["add_access_point"]["more"] == 1
    assert crowd["cable_room"] == {"room": "Sal A1"}


def test_each_larger_size_helps_too() -> None:
    """Law 16: whoever does more than is advised does not make it worse."""
    case = lay_out(
        alone(about(), school_with_seats(20), NOW), profile(), {SCHOOL: evidence([*HERE, *THERE], CALM)}, RELEASES, NOW
    )
    rule = next(one for one in case.profile.requirements if one.id == "wifi-airtime")
    for option in options(case, rule):
        helps = [holds(rule, option.of_size(size)) for size in range(option.least, option.most + 1)]
        assert helps == sorted(helps)
        assert helps[-1]


def options(case: Assessment, rule: Requirement) -> list[SizedFix]:
    finding = next(one for one in verdict_on(case).findings if one.requirement == rule.id)
    kinds = [kind for kind in FIX_KINDS if kind.name in {"move_pupils", "cable_room", "add_access_point"}]
    return [option for kind in kinds for option in kind.options(Ailing(finding, rule, case))]


def holds(rule: Requirement, change: Change | None) -> bool:
    assert change is not None
    return all(finding_of(rule, case).status is Status.READY for case in change.cases)
