"""When which probes are due, by APScheduler. Probes with the same rhythm are due together and give one report."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from agent.protocol.wire import Policy, ProbePlan

SOON_S = 5.0
"""A newly enrolled machine, with a technician in front of it, measures within this time."""

SPREAD_SHARE = 0.1
"""Else first runs are spread over this share of the rhythm, at most over its jitter: a class that starts its
machines, or a policy that changes for all of them, must not fill the line with everybody's measurements at once.
"""

CLOCK_SET_BACK_S = 30.0

EXCHANGE_BEFORE_POLICY_S = 5.0


class Rhythm(NamedTuple):
    """Probes that run together: every so many seconds, shifted at random by up to `jitter_s`."""

    every_s: int
    jitter_s: int
    probes: tuple[str, ...]


def rhythms(plans: Sequence[ProbePlan]) -> list[Rhythm]:
    """The plans by rhythm, fastest first. A probe that is planned twice keeps its last plan."""
    last = {plan.probe: plan for plan in plans}
    groups: dict[tuple[int, int], list[str]] = {}
    for plan in last.values():
        groups.setdefault((plan.every_s, plan.jitter_s), []).append(plan.probe)
    return [Rhythm(every_s, jitter_s, tuple(names)) for (every_s, jitter_s), names in sorted(groups.items())]


def first_within_s(rhythm: Rhythm, *, soon: bool) -> float:
    """How long the first run of a rhythm may wait."""
    return SOON_S if soon else max(SOON_S, min(rhythm.jitter_s, rhythm.every_s * SPREAD_SHARE))


class ClockWatch:
    """Notices that the time of day was set back: what is planned by it would then wait too long, for hours on a
    machine whose clock battery is empty. `wall_s` and `steady_s` read the time of day and a clock that never jumps.
    """

    def __init__(self, wall_s: Callable[[], float], steady_s: Callable[[], float]) -> None:
        self._wall_s = wall_s
        self._steady_s = steady_s
        self._offset_s = wall_s() - steady_s()

    def was_set_back(self) -> bool:
        """Whether that happened since the last time this was asked."""
        before_s, self._offset_s = self._offset_s, self._wall_s() - self._steady_s()
        return before_s - self._offset_s > CLOCK_SET_BACK_S


class Schedule:
    """Calls `due` with the names of probes whose time has come, and with none when it is time to talk to the
    collector. `due` is called in the scheduler's thread and must return at once.
    """

    def __init__(
        self, due: Callable[[Sequence[str]], None], *, pace: float = 1.0, chance: Callable[[], float] = random.random
    ) -> None:
        """`pace`: how many times as fast as planned everything goes. `chance` gives a number from 0 to below 1."""
        self._due = due
        self._pace = pace
        self._chance = chance
        # UTC: the hour that is skipped or doubled when clocks change must not skip or double a measurement.
        # One late run after a sleep is enough (coalesce), and late is better than never (no grace time).
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )

    def start(self) -> None:
        """Begins with the exchange alone: what to measure is not known yet."""
        self._add("exchange", (), EXCHANGE_BEFORE_POLICY_S, 0)
        self._scheduler.start()

    def follow(self, policy: Policy, *, soon: bool) -> None:
        """Replaces everything by what `policy` asks for. `soon`: all of it within seconds, as one report."""
        self._scheduler.remove_all_jobs()
        self._add("exchange", (), policy.upload_every_s, policy.upload_every_s // 10)
        now, chance = datetime.now(UTC), self._chance()
        for rhythm in rhythms(policy.plans):
            first = now + timedelta(seconds=chance * first_within_s(rhythm, soon=soon) / self._pace)
            name = f"{rhythm.every_s}/{rhythm.jitter_s}"
            self._add(name, rhythm.probes, rhythm.every_s, rhythm.jitter_s, first)

    def again(self, moments: Mapping[str, datetime]) -> None:
        """Lets each of these probes be due once more at its moment, in place of an earlier one."""
        for probe, moment in moments.items():
            trigger = DateTrigger(moment, timezone=UTC)
            self._scheduler.add_job(self._due, trigger, args=[(probe,)], id=f"again {probe}", replace_existing=True)

    def stop(self) -> None:
        """Nothing is due any more."""
        self._scheduler.shutdown(wait=True)

    def _add(
        self, name: str, probes: tuple[str, ...], every_s: float, jitter_s: int, first: datetime | None = None
    ) -> None:
        seconds, jitter = every_s / self._pace, jitter_s / self._pace
        trigger = IntervalTrigger(seconds=seconds, jitter=jitter or None, timezone=UTC)
        options = {"next_run_time": first} if first else {}
        self._scheduler.add_job(self._due, trigger, args=[probes], id=name, **options)
