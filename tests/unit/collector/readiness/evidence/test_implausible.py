"""What contradicts the time at which a machine came, or its line's contract: each bound at both of its sides."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from collector.readiness.domain.model import Observation
from collector.readiness.evidence.implausible import CLOCKS, BestRates, before_enrolment, since_enrolment
from tests.unit.collector.readiness.cases import device, observation

MACHINE = device(1)
CAME_AT = MACHINE.enrolled_at
SECOND = timedelta(seconds=1)
CONTRACT = {"down_mbit_s": 100.0, "up_mbit_s": 20.0}


def got(of: int, down: float | None, up: float | None = None) -> Observation:
    return observation(of, "throughput", {"down_mbit_s": down, "up_mbit_s": up})


class TestEnrolment:
    def test_all_of_it_is_older(self) -> None:
        """By more than a clock may be off."""
        assert before_enrolment(observation(at=CAME_AT - CLOCKS - SECOND), MACHINE)
        assert not before_enrolment(observation(at=CAME_AT - CLOCKS), MACHINE)

    def test_what_lasted_until_it_came_is_not_all_older(self) -> None:
        assert not before_enrolment(observation(at=CAME_AT, first_at=CAME_AT - timedelta(days=9)), MACHINE)

    def test_only_what_is_not_older_is_left(self) -> None:
        """A browser that joined a moment ago did not measure on nine days."""
        told = observation(at=CAME_AT + timedelta(days=1), first_at=CAME_AT - timedelta(days=9))
        left = since_enrolment(told, MACHINE)
        assert (left.first_at, left.last_at) == (CAME_AT, told.last_at)

    def test_a_clock_that_is_a_little_off_changes_nothing(self) -> None:
        told = observation(at=CAME_AT + timedelta(days=1), first_at=CAME_AT - CLOCKS)
        assert since_enrolment(told, MACHINE) is told

    def test_what_is_simulated_has_a_past(self) -> None:
        simulated = msgspec.structs.replace(MACHINE, simulated=True)
        told = observation(at=CAME_AT - timedelta(days=1), first_at=CAME_AT - timedelta(days=9))
        assert not before_enrolment(told, simulated)
        assert since_enrolment(told, simulated) is told


class TestContract:
    def beyond(self, one: Observation, *others: Observation) -> str | None:
        return BestRates([one, *others], CONTRACT).beyond(one, CONTRACT)

    def test_up_to_three_times_the_contract_is_believed(self) -> None:
        assert self.beyond(got(1, 300)) is None
        assert self.beyond(got(1, 300.1)) == "down_mbit_s"

    def test_each_way_by_itself(self) -> None:
        assert self.beyond(got(1, 50, 60.1)) == "up_mbit_s"
        assert self.beyond(got(1, 50, 60)) is None

    @pytest.mark.parametrize(("witness", "fact"), [(500, None), (499, "down_mbit_s")])
    def test_another_machine_that_got_half_bears_witness(self, witness: float, fact: str | None) -> None:
        """The contract may be another by now."""
        assert self.beyond(got(1, 1_000), got(2, 10), got(2, witness), got(2, 20)) == fact

    def test_its_own_other_runs_do_not(self) -> None:
        assert self.beyond(got(1, 1_000), got(1, 1_000)) == "down_mbit_s"

    def test_what_was_not_found_out_is_not_beyond(self) -> None:
        assert self.beyond(got(1, None)) is None

    def test_without_a_contract_nothing_is(self) -> None:
        assert BestRates([got(1, 9_007)], {}).beyond(got(1, 9_007), {}) is None
