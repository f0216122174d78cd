"""When what is due."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from agent.protocol.wire import Policy, ProbePlan
from agent.runtime.schedule import SOON_S, ClockWatch, Rhythm, Schedule, first_within_s, rhythms
from tests.support.stub_collector import policy


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


EARLY, LATE = 0.02, 0.98
"""Where the lot falls: so that what is planned falls due at once, or not while a test looks at the plan."""

Due = queue.SimpleQueue[Sequence[str]]


@pytest.fixture
def due() -> Due:
    """What fell due."""
    return queue.SimpleQueue()


@pytest.fixture
def schedule(due: Due) -> Iterator[Schedule]:
    """A running schedule, in which nothing is due yet."""
    with started(due, LATE) as schedule:
        yield schedule


@pytest.fixture
def brisk(due: Due) -> Iterator[Schedule]:
    """A running schedule, in which things are due at once."""
    with started(due, EARLY) as schedule:
        yield schedule


@contextmanager
def started(due: Due, lot: float) -> Iterator[Schedule]:
    """A schedule that runs meanwhile."""
    schedule = Schedule(due.put, chance=lambda: lot)
    schedule.start()
    try:
        yield schedule
    finally:
        schedule.stop()


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


def test_a_new_machine_starts_everything_soon_and_at_the_same_moment(schedule: Schedule) -> None:
    """So that the first report holds everything."""
    before = datetime.now(UTC)
    schedule.follow(mixed(), soon=True)
    first = times(schedule)
    assert sorted(first) == ["300/30", "3600/0", "exchange"]
    assert first["300/30"] == first["3600/0"]
    assert before < first["300/30"] <= datetime.now(UTC) + timedelta(seconds=SOON_S)


def test_what_starts_together_falls_due_together(brisk: Schedule, due: Due) -> None:
    """Each rhythm by itself."""
    brisk.follow(mixed(), soon=True)
    fell_due = [due.get(timeout=SOON_S + 10) for _ in range(2)]
    assert sorted(map(list, fell_due)) == [["device"], ["latency", "path"]]


def test_after_the_first_run_the_rhythm_holds_with_jitter(brisk: Schedule, due: Due) -> None:
    """Next time in about as many seconds as planned."""
    brisk.follow(mixed(), soon=True)
    for _ in range(2):
        due.get(timeout=SOON_S + 10)
    ahead_s = (times(brisk)["300/30"] - datetime.now(UTC)).total_seconds()
    assert 300 - 30 - 10 < ahead_s < 300 + 30 + 10


def test_a_new_policy_replaces_the_old(schedule: Schedule) -> None:
    """Nothing of it runs on."""
    schedule.follow(mixed(), soon=True)
    schedule.follow(policy("http://c/measure/v1", "wifi", every_s=120), soon=False)
    assert sorted(times(schedule)) == ["120/0", "exchange"]


@pytest.mark.parametrize(
    ("rhythm", "soon", "within_s"),
    [
        (Rhythm(21_600, 10_800, ("throughput",)), True, SOON_S),
        (Rhythm(21_600, 10_800, ("throughput",)), False, 2_160),
        (Rhythm(21_600, 600, ("device",)), False, 600),
        (Rhythm(300, 0, ("latency",)), False, SOON_S),
    ],
)
def test_first_runs_are_spread_unless_the_machine_is_new(rhythm: Rhythm, soon: bool, within_s: float) -> None:
    """A class that starts its machines must not fill the line with everybody's measurements at once."""
    assert first_within_s(rhythm, soon=soon) == within_s


def test_a_clock_that_is_set_back_is_noticed_once() -> None:
    """Forwards is harmless: what is late runs at once. Small steps are the daily work of a clock."""
    wall, steady = [1_000.0], [0.0]
    watch = ClockWatch(lambda: wall[0], lambda: steady[0])
    steps = [(60, 60), (60, 55), (60, -86_400), (60, 60), (60, 90_000)]
    noticed = []
    for steady_step, wall_step in steps:
        steady[0] += steady_step
        wall[0] += wall_step
        noticed.append(watch.was_set_back())
    assert noticed == [False, False, True, False, False]


def test_what_was_put_off_is_due_once_more(schedule: Schedule, due: Due) -> None:
    """At its moment, in place of an earlier one, and beside its rhythm."""
    schedule.follow(msgspec.structs.replace(mixed(), plans=[ProbePlan("throughput", 36_000, 3_600)]), soon=False)
    far = datetime.now(UTC) + timedelta(hours=2)
    schedule.again({"throughput": far, "internet": far})
    assert times(schedule)["again throughput"] == far
    schedule.again({"throughput": datetime.now(UTC) + timedelta(seconds=0.2)})
    assert due.get(timeout=20) == ("throughput",)
    assert "36000/3600" in times(schedule)
    assert times(schedule)["again internet"] == far
