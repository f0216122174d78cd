"""When what is due."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from agent.schedule import FIRST_RUN_WITHIN_S, Rhythm, Schedule, rhythms
from agent.wire import Policy, ProbePlan
from tests.stub_collector import policy


def test_probes_of_one_rhythm_run_together() -> None:
    """Fastest first; a probe that is planned twice runs by its last plan."""
    plans = [
        ProbePlan("device", 900, 60),
        ProbePlan("path", 900, 60),
        ProbePlan("latency", 300, 60),
        ProbePlan("wifi", 900, 30),
        ProbePlan("latency", 900, 60),
    ]
    assert rhythms(plans) == [Rhythm(900, 30, ("wifi",)), Rhythm(900, 60, ("device", "path", "latency"))]
    assert rhythms([]) == []


Due = queue.SimpleQueue[Sequence[str]]


@pytest.fixture
def due() -> Due:
    """What fell due."""
    return queue.SimpleQueue()


@pytest.fixture
def schedule(due: Due) -> Iterator[Schedule]:
    """A running schedule."""
    running = Schedule(due.put)
    running.start()
    yield running
    running.stop()


def times(schedule: Schedule) -> dict[str, datetime]:
    """When each job runs next."""
    return {job.id: job.next_run_time for job in schedule._scheduler.get_jobs()}


def mixed() -> Policy:
    """Two rhythms."""
    base = policy("http://c/measure/v1", upload_every_s=60)
    plans = [ProbePlan("device", 3_600), ProbePlan("latency", 300, 30), ProbePlan("path", 300, 30)]
    return Policy(base.schema, plans, base.measurement_url, base.hosts, upload_every_s=60)


def test_before_any_policy_only_the_collector_is_called(schedule: Schedule) -> None:
    """What to measure is not known."""
    assert list(times(schedule)) == ["exchange"]


def test_a_policy_starts_everything_soon_and_at_the_same_moment(schedule: Schedule, due: Due) -> None:
    """So that the first report holds everything."""
    before = datetime.now(UTC)
    schedule.follow(mixed())
    first = times(schedule)
    assert sorted(first) == ["300/30", "3600/0", "exchange"]
    assert first["300/30"] == first["3600/0"]
    assert first["300/30"] <= before + timedelta(seconds=FIRST_RUN_WITHIN_S + 1)
    fell_due = [due.get(timeout=FIRST_RUN_WITHIN_S + 10) for _ in range(2)]
    assert sorted(map(list, fell_due)) == [["device"], ["latency", "path"]]


def test_after_the_first_run_the_rhythm_holds_with_jitter(schedule: Schedule, due: Due) -> None:
    """Next time in about as many seconds as planned."""
    schedule.follow(mixed())
    for _ in range(2):
        due.get(timeout=FIRST_RUN_WITHIN_S + 10)
    ahead_s = (times(schedule)["300/30"] - datetime.now(UTC)).total_seconds()
    assert 300 - 30 - 10 < ahead_s < 300 + 30 + 10


def test_a_new_policy_replaces_the_old(schedule: Schedule) -> None:
    """Nothing of it runs on."""
    schedule.follow(mixed())
    schedule.follow(policy("http://c/measure/v1", "wifi", every_s=120))
    assert sorted(times(schedule)) == ["120/0", "exchange"]
