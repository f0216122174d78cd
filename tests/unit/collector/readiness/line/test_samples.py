"""What a run says: an interval, a zero, or nothing; and what its own machine held back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf

import msgspec
import pytest

from agent.protocol.wire import FactValue
from collector.readiness.domain.counted_run import COUNTED_GRAIN
from collector.readiness.domain.model import CountedRun, Observation
from collector.readiness.domain.school_days import SchoolDays
from collector.readiness.line.ability import abilities, judged_by_ability, line_ends_at
from collector.readiness.line.claim import Carries, LineClaim, MeasuredHour, half_hours_of_school
from collector.readiness.line.outages import near_to, outages
from collector.readiness.line.samples import LineSample, line_samples
from collector.readiness.line.series import Direction
from tests.unit.collector.readiness.cases import FRESH, NOW, lesson_hours, observation

HOUR = timedelta(hours=1)
HOURS = lesson_hours(60)


def ends(run: Observation, direction: Direction = "down") -> list[tuple[float, float]]:
    """The interval of each sample of a run."""
    return [(one.least, one.most) for one in line_samples([run], direction)]


def test_a_rate_is_an_interval() -> None:
    """Its half-width to either side, never below nothing; both ends of an observation that stood for a while."""
    run = observation(1, "throughput", {"down_mbit_s": 100.0, "down_half_width_mbit_s": 3.0}, first_at=HOURS[9])
    assert ends(run) == [(97.0, 103.0)] * 2
    unsure = observation(1, "throughput", {"down_mbit_s": 10.0, "down_half_width_mbit_s": 12.0})
    assert ends(unsure) == [(0.0, 22.0)]


@pytest.mark.parametrize(
    ("code", "down", "up"),
    [
        ("down_stalled", (0.0, 0.0), (0.0, inf)),
        ("up_failed", (0.0, inf), (0.0, 0.0)),
        ("measurement_point_away", (0.0, inf), (0.0, inf)),
        ("down_unstable", (0.0, inf), (0.0, inf)),
        ("down_not_filled", (0.0, inf), (0.0, inf)),
    ],
)
def test_a_run_that_failed_is_a_sample(code: str, down: tuple[float, float], up: tuple[float, float]) -> None:
    """A zero where the line did not carry it; else anything."""
    run = observation(1, "throughput", status="failed", error_code=code)
    assert (ends(run), ends(run, "up")) == ([down], [up])


@pytest.mark.parametrize("code", ["clock_jumped", "token_refused", "measurement_refused"])
def test_what_had_no_chance_is_no_sample(code: str) -> None:
    """Nobody let it begin, or its clock says nothing."""
    assert ends(observation(1, "throughput", status="failed", error_code=code)) == []
    assert ends(observation(1, "throughput", status="unsupported", error_code="no_lease")) == []


def test_a_run_that_ran_out_of_time_could_have_been_anything() -> None:
    """Its machine may have slept."""
    assert ends(observation(1, "throughput", status="timeout")) == [(0.0, inf)]


@pytest.mark.parametrize("told", [True, False, None])
def test_a_run_whose_device_had_no_time_says_at_least(told: bool | None) -> None:
    """Each way by itself; where the device could not tell, the rate is the line's as before."""
    facts: dict[str, FactValue] = {
        "down_mbit_s": 52.0,
        "down_half_width_mbit_s": 1.0,
        "down_held_back": told,
        "up_mbit_s": 20.0,
        "up_half_width_mbit_s": 0.5,
        "up_held_back": False,
    }
    run = observation(1, "throughput", facts)
    assert [one.held_back for one in line_samples([run], "down")] == [told is True]
    assert [one.held_back for one in line_samples([run], "up")] == [False]


def test_no_more_than_the_point_counted() -> None:
    """9 007 Mbit/s stated, 95 counted; another run's count says nothing of this one."""
    run = observation(1, "throughput", {"down_mbit_s": 9007.0}, at=HOURS[0])
    count = CountedRun("1", HOURS[0] + timedelta(seconds=9), NOW, 5.0, down_mbit_s=95.0)
    [sample] = line_samples([run], "down", [count])
    assert sample.most == pytest.approx(95 * (1 + COUNTED_GRAIN))
    for other in ({"device_id": "2"}, {"at": HOURS[1]}, {"down_mbit_s": None}):
        [alone] = line_samples([run], "down", [msgspec.structs.replace(count, **other)])
        assert alone.most == 9007.0


def sampled(rates: dict[str, list[float]]) -> list[LineSample]:
    """Runs of machines, one an hour."""
    return [LineSample(HOURS[n], name, rate, rate) for name, found in rates.items() for n, rate in enumerate(found)]


def test_a_slow_machine_is_known_by_its_neighbours() -> None:
    """Its best is well below what others got, more than once."""
    known = abilities(sampled({"fast": [100, 90, 95], "slow": [20, 19, 20], "once": [20]}))
    assert {name: one.is_slow for name, one in known.items()} == {"fast": False, "slow": True, "once": True}
    assert not abilities(sampled({"lucky": [100], "usual": [20, 19, 20]}))["usual"].is_slow


def test_a_slow_machines_run_far_below_its_best_was_held_back_by_something_else() -> None:
    """At 20 it is at its own limit; at 5 something else is."""
    rates = {"fast": [100.0, 90.0, 95.0], "slow": [20.0, 19.0, 20.0, 5.0]}
    said = judged_by_ability(sampled(rates), {}, None)
    assert [(one.least, one.most, one.held_back) for one in said if one.device == "slow"] == [
        (20.0, inf, True),
        (19.0, inf, True),
        (20.0, inf, True),
        (5.0, 5.0, False),
    ]


@pytest.mark.parametrize(
    ("radio", "contract", "expected"),
    [
        (None, None, (40.0, inf, False)),
        (80.0, None, (40.0, inf, True)),
        (160.0, None, (40.0, 40.0, False)),
        (None, 50.0, (40.0, 40.0, False)),
        (None, 500.0, (40.0, inf, False)),
    ],
)
def test_it_is_the_line_only_where_something_says_so(
    radio: float | None, contract: float | None, expected: tuple[float, float, bool]
) -> None:
    """A radio that carries far more, or the contract."""
    radios = {} if radio is None else {"a": radio}
    [said] = judged_by_ability(sampled({"a": [40.0]}), radios, contract)
    assert (said.least, said.most, said.held_back) == expected


def test_where_several_machines_end_alike_it_is_the_line() -> None:
    """Three within 8 %, each of which has measured three times."""
    alike = {"a": [40.0, 39, 38], "b": [39.0, 38, 38], "c": [38.0, 38, 37]}
    assert line_ends_at(abilities(sampled(alike))) == 40.0
    assert line_ends_at(abilities(sampled({**alike, "c": [30.0, 30, 30]}))) is None
    assert line_ends_at(abilities(sampled({**alike, "c": [38.0, 38]}))) is None


def climb(of: int, *statuses: str, hours: int = 0) -> Observation:
    """A ladder with reference rungs that were found so."""
    rows: list[dict[str, FactValue]] = [
        {"id": f"r{n}", "kind": "internet", "status": status} for n, status in enumerate(statuses)
    ]
    return observation(of, "ladder", {"rungs_count": len(rows)}, rows=rows, at=HOURS[hours])


def test_an_hour_in_which_nobody_got_out_is_a_zero() -> None:
    """Of those awake; one that got out is enough."""
    assert [one.most for one in outages([climb(1, "failed"), climb(2, "failed", "failed")])] == [0.0]
    assert outages([climb(1, "failed"), climb(2, "slow")]) == []
    assert outages([climb(1, "failed", "ok")]) == []
    assert outages([climb(1, "not_reached")]) == []
    assert outages([climb(1)]) == []


def test_a_point_that_is_away_while_others_get_out_says_nothing_of_the_line() -> None:
    """Our own fault is no sample. Where nobody got out about then, it may be anything; and only that code is ours."""
    away = observation(1, "throughput", {}, status="failed", error_code="measurement_point_away", at=HOURS[0])
    broke = observation(1, "throughput", {}, status="failed", error_code="down_stalled", at=HOURS[0])
    for minutes, samples in ((3, 0), (30, 1)):
        got_out = near_to([HOURS[0] - timedelta(minutes=minutes)])
        assert len(line_samples([away], "down", got_out=got_out)) == samples
        assert [one.most for one in line_samples([broke], "down", got_out=got_out)] == [0.0]


def test_runs_that_may_be_anything_mend_no_bad_hour() -> None:
    """However many they are."""
    bad, any_rate = LineSample(HOURS[0], "a", 1.0, 1.0), LineSample(HOURS[0], "b", 0.0, inf)
    assert MeasuredHour(HOURS[0], [bad]).carries(50.0) is Carries.NO
    assert MeasuredHour(HOURS[0], [bad, any_rate, any_rate, any_rate]).carries(50.0) is Carries.NO
    assert MeasuredHour(HOURS[0], [any_rate]).carries(50.0) is Carries.MAYBE
    good = LineSample(HOURS[0], "a", 90.0, 91.0)
    assert MeasuredHour(HOURS[0], [good, any_rate]).carries(50.0) is Carries.MAYBE


def test_what_stood_for_hours_counts_for_each() -> None:
    """Three hours without a line, reported afterwards."""
    long = msgspec.structs.replace(climb(1, "failed"), first_at=FRESH - timedelta(hours=2), last_at=FRESH)
    assert len(outages([long])) == 3


def test_a_weekend_shows_nothing_of_a_school_day() -> None:
    """Machines that stay on reach the point on Saturday at nine too, and in a break."""
    monday, saturday = datetime(2026, 11, 16, 8, 10, tzinfo=UTC), datetime(2026, 11, 14, 8, 40, tzinfo=UTC)
    assert half_hours_of_school([monday, saturday], SchoolDays()) == {(9, False)}
    assert half_hours_of_school([monday + timedelta(minutes=20)], SchoolDays()) == {(9, True)}
    assert half_hours_of_school([monday], SchoolDays(frozenset([monday.date()]))) == set()


def test_years_of_hours_can_be_judged() -> None:
    """A profile may look back 400 days: more hours than a float can hold the ways to choose from."""
    times = [NOW - timedelta(hours=hours) for hours in range(2_400, 0, -1)]
    rates = [(at, 1.0 if number % 2 else 100.0) for number, at in enumerate(times)]
    hours = [MeasuredHour(at, [LineSample(at, "a", rate, rate)]) for at, rate in rates]
    claim = LineClaim(hours, NOW, NOW + HOUR, bad_share=0.1, confidence=0.9, margin=1.3, is_new=True)
    assert claim.is_refuted(50.0)
    assert not claim.is_refuted(0.5)


@pytest.mark.parametrize(("told", "connections"), [(4, 4), (16, 16), (40, 16), (None, 16), (0, 16), ("x", 16)])
def test_how_many_connections_a_run_had(told: float | str | None, connections: int) -> None:
    """As many as may be, where it does not tell."""
    run = observation(1, "throughput", {"down_mbit_s": 50.0, "connections_count": told}, at=HOURS[0])
    [one] = line_samples([run], "down")
    assert one.connections == connections
