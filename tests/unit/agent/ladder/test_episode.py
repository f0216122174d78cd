"""What a device remembers of a ladder that breaks, and how often it climbs then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ladder.climb import FINEST_STEP, step_ms
from agent.ladder.episode import AGAIN_S, CLIMBS_MAX, EpisodeMemory
from agent.measuring.contract import ProbeReading, Task
from agent.probes import ladder
from agent.protocol.wire import Rung
from tests.support.recorded_system import RecordedSystem

NOW = datetime(2027, 3, 8, 9, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
IN_ORDER, UNREACHABLE = Rung("link", "link"), Rung("ref", "internet", None)
"""A recorded laptop has a link; a rung without a target fails wherever it is tried."""


class _Later(RecordedSystem):
    """A recorded machine at a time that tests set."""

    def __init__(self) -> None:
        super().__init__("linux-sv-laptop")
        self.at = NOW

    def now(self) -> datetime:
        return self.at


def climbed(system: _Later, folder: Path | None, *rungs: Rung) -> ProbeReading:
    """What the probe says."""
    return ladder.read(system, Task(ladder=list(rungs), folder=folder))


def test_one_beginning_for_all_climbs_of_an_episode(tmp_path: Path) -> None:
    """To the minute; a new one after the ladder has held in between."""
    system = _Later()
    since = []
    for minutes, rung in ((0, UNREACHABLE), (1, UNREACHABLE), (2, IN_ORDER), (3, UNREACHABLE), (4, UNREACHABLE)):
        system.at = NOW + minutes * MINUTE
        reading = climbed(system, tmp_path, rung)
        assert ("failing_since_utc" in reading.missing) == (reading.facts["failing_since_utc"] is None)
        since.append(reading.facts["failing_since_utc"])
    assert since == ["2027-03-08T09:00Z", "2027-03-08T09:00Z", None, "2027-03-08T09:03Z", "2027-03-08T09:03Z"]


def test_with_nowhere_to_keep_it(tmp_path: Path) -> None:
    """Then it is not known, and said so."""
    reading = climbed(_Later(), None, UNREACHABLE)
    assert (reading.facts["failing_since_utc"], reading.missing["failing_since_utc"]) == (None, "not_remembered")
    (tmp_path / "ladder_broken.json").write_bytes(b"\xff torn")
    assert climbed(_Later(), tmp_path, UNREACHABLE).facts["failing_since_utc"] == "2027-03-08T09:00Z"


def test_a_policy_without_a_ladder_says_nothing_of_it(tmp_path: Path) -> None:
    """Neither broken nor whole: the episode goes on when there is a ladder again."""
    system = _Later()
    climbed(system, tmp_path, UNREACHABLE)
    system.at += MINUTE
    climbed(system, tmp_path)
    assert climbed(system, tmp_path, UNREACHABLE).facts["failing_since_utc"] == "2027-03-08T09:00Z"


def test_a_clock_that_was_set_back(tmp_path: Path) -> None:
    """Nothing begins in the future."""
    memory = EpisodeMemory(tmp_path)
    memory.broken(NOW)
    assert memory.broken(NOW - timedelta(days=1)).since == NOW - timedelta(days=1)


def test_it_is_climbed_again_each_minute_for_a_while(tmp_path: Path) -> None:
    """Spread by chance, a bounded number of times, and no more once the ladder holds."""
    memory = EpisodeMemory(tmp_path)
    assert memory.again_s(0.5) is None
    waits = []
    for number in range(CLIMBS_MAX + 5):
        memory.broken(NOW + number * MINUTE)
        waits.append(memory.again_s(0.5))
    assert waits == [AGAIN_S] * CLIMBS_MAX + [None] * 5
    memory.whole()
    memory.broken(NOW)
    assert [memory.again_s(chance) for chance in (0.0, 1.0)] == [0.75 * AGAIN_S, 1.25 * AGAIN_S]


@given(time_ms=st.floats(0, 60_000), slow_ms=st.floats(1, 5_000))
def test_steps_tell_slow_from_quick(time_ms: float, slow_ms: float) -> None:
    """Never less than the time, less than twice it above the finest, and beyond `slow_ms` only if the time is."""
    step = step_ms(time_ms, slow_ms)
    assert step >= time_ms * (1 - 1e-9)
    assert step < 2 * time_ms * (1 + 1e-9) or step == FINEST_STEP * slow_ms
    assert (step > slow_ms) == (time_ms > slow_ms)


@pytest.mark.parametrize(
    ("time_ms", "told"), [(0.0, 50.0), (50.0, 50.0), (50.1, 100.0), (100.0, 100.0), (101.0, 200.0)]
)
def test_steps_of_a_gateway(time_ms: float, told: float) -> None:
    """Whose slow is 100 ms."""
    assert step_ms(time_ms, 100.0) == told
