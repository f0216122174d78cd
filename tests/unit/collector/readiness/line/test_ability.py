"""What each machine can carry, and whether it was the line that ended a run: each figure at both of its sides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf

import pytest

from collector.readiness.line.ability import Ability, abilities, judged_by_ability, line_ends_at
from collector.readiness.line.samples import LineSample

BEGINS_AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def runs(device: str, *rates: float, most: float | None = None, held_back: bool = False) -> list[LineSample]:
    """One an hour."""
    return [
        LineSample(BEGINS_AT + number * timedelta(hours=1), device, rate, rate if most is None else most, held_back)
        for number, rate in enumerate(rates)
    ]


def judged(
    of: list[LineSample], *others: list[LineSample], radio: float | None = None, contract: float | None = None
) -> LineSample:
    """The last of the runs, beside those of others."""
    samples = [*of, *(one for other in others for one in other)]
    return judged_by_ability(samples, {} if radio is None else {of[-1].device: radio}, contract)[len(of) - 1]


class TestAbilities:
    def test_the_best_of_all_runs(self) -> None:
        """One that broke is a run too; one that may have been anything is none."""
        samples = [*runs("a", 30, 40, 20), *runs("a", 0, most=0), *runs("a", 5, most=inf)]
        assert abilities(samples) == {"a": Ability(40, 4, is_slow=False)}

    def test_nothing_is_known_of_one_that_never_got_anything(self) -> None:
        assert abilities([*runs("a", 0, 0), *runs("b", 10, most=inf)]) == {}

    @pytest.mark.parametrize(("others", "is_slow"), [((50, 50), True), ((50, 49.9), False), ((50,), False)])
    def test_slow_is_what_others_got_well_above_twice(self, others: tuple[float, ...], is_slow: bool) -> None:
        """A quarter more than its best, which is 40."""
        assert abilities([*runs("a", 40, 30), *runs("b", *others)])["a"].is_slow is is_slow

    def test_it_takes_two_runs_of_others_and_not_two_others(self) -> None:
        known = abilities([*runs("a", 40), *runs("b", 60), *runs("c", 60)])
        assert {device: one.is_slow for device, one in known.items()} == {"a": True, "b": False, "c": False}

    def test_only_what_a_run_certainly_got_counts(self) -> None:
        assert not abilities([*runs("a", 40), *runs("b", 49, 49, most=60)])["a"].is_slow


class TestWhereTheLineEnds:
    def ends(self, *bests: float, count: int = 3) -> float | None:
        return line_ends_at({str(number): Ability(best, count, False) for number, best in enumerate(bests)})

    def test_three_machines_that_end_alike(self) -> None:
        """Within 8 in 100 of the best."""
        assert self.ends(92, 100, 95) == 100
        assert self.ends(91.9, 100, 95) is None

    def test_two_do_not_tell(self) -> None:
        assert self.ends(100, 100) is None

    def test_nor_do_machines_of_two_runs(self) -> None:
        assert self.ends(100, 100, 100, count=2) is None

    def test_slow_ones_beside_them_change_nothing(self) -> None:
        assert self.ends(100, 98, 95, 20, 10) == 100


class TestJudged:
    def test_a_slow_machine_at_its_best_says_at_least(self) -> None:
        fast = runs("b", 100, 100)
        assert judged(runs("a", 40, 40), fast)[2:5] == (40, inf, True)

    def test_a_slow_machine_far_below_its_best_was_ended_by_something_else(self) -> None:
        """From seven tenths of its best on it is the machine; less, in three runs at least, is the line."""
        fast = runs("b", 100, 100)
        assert judged(runs("a", 40, 40, 28), fast)[2:5] == (28, inf, True)
        assert judged(runs("a", 40, 40, 27.9), fast)[2:5] == (27.9, 27.9, False)
        assert judged(runs("a", 40, 27.9), fast)[2:5] == (27.9, inf, False)

    @pytest.mark.parametrize(
        ("rate", "most", "held_back"), [(50, inf, True), (49.9, inf, False), (25.1, inf, False), (25, 25, False)]
    )
    def test_the_radio(self, rate: float, most: float, held_back: bool) -> None:
        """Half of its rate is all that it carries; up to a quarter it is not what ends a run; between, who knows."""
        assert judged(runs("a", rate), radio=100)[2:5] == (rate, most, held_back)

    @pytest.mark.parametrize(("rate", "most"), [(80, 80), (79.9, inf)])
    def test_the_contract(self, rate: float, most: float) -> None:
        """A machine that gets eight tenths of it can carry it."""
        assert judged(runs("a", rate), contract=100)[2:5] == (rate, most, False)

    def test_three_that_end_alike(self) -> None:
        alike = [runs(device, 50, 50, 50) for device in ("b", "c")]
        assert judged(runs("a", 50, 50, 50), *alike)[2:5] == (50, 50, False)
        assert judged(runs("a", 50, 50, 50), alike[0])[2:5] == (50, inf, False)

    def test_what_told_by_itself_that_it_was_held_back(self) -> None:
        assert judged(runs("a", 50, held_back=True), contract=50)[2:5] == (50, inf, True)

    def test_what_broke_stays_and_so_does_what_has_no_end(self) -> None:
        assert judged(runs("a", 0, held_back=True))[2:5] == (0, 0, True)
        assert judged(runs("a", 10, most=inf), contract=10)[2:5] == (10, inf, False)
