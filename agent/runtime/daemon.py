"""The process that stays: it only knows when something is due, and lets a child process do it.

Why a child for every cycle: what measuring and sending need (ssl, urllib3, psutil, pyroute2) would more than double
the memory of a process that sleeps nearly always, on machines that are thin already; and a probe that hangs in a
system call, or leaks, is gone for certain when its process is killed. The price is one process start per cycle.
So keep the imports of this module, and of what it imports, few: a test looks at what is loaded.
"""

from __future__ import annotations

import queue
import subprocess
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from agent.i18n.errors import BAD_INPUT
from agent.runtime.data_folder import DataFolder, KeptPolicy
from agent.runtime.progress import Progress
from agent.runtime.schedule import ClockWatch, Schedule

CHILD_SLACK_S = 300.0
"""For what a child does beside probing: wait its turn (`LOCK_PATIENCE_S`), store, send (`DELIVERY_BUDGET_S`)."""

GATHER_S = 0.2
"""What falls due within this time runs in the same cycle."""

TERMINATION_S = 5.0
POLICY_AGE_IN_EXCHANGES = 5.0
"""With an empty outbox the collector is asked for news only every so many exchanges."""

CLOCK_CHECK_S = 60.0
_DEADLINE_UNKNOWN_S = 60.0
_WISHES_MAX = 100


class Daemon:
    """Runs until `stop`. `command` is the child's; the names of the probes that are due are added to it."""

    def __init__(
        self,
        data: DataFolder,
        command: Sequence[str],
        tell: Progress,
    ) -> None:
        self._data = data
        self._command = list(command)
        self._tell = tell
        self._wishes: queue.SimpleQueue[Sequence[str]] = queue.SimpleQueue()
        self._schedule = Schedule(self._wish)
        self._child: subprocess.Popen[bytes] | None = None
        self._stopping = False
        self._policy: KeptPolicy | None = None
        self._clock = ClockWatch(time.time, time.monotonic)

    def run(self) -> int:
        """Lives until `stop` is called, from a signal handler or another thread: 0. Ends by itself, with 2, only when
        a cycle says that the settings or the enrolment must be mended first.
        """
        self._tell("resident_started", folder=str(self._data.path))
        self._schedule.start()
        self._wish(())
        self._follow_policy(soon=False)
        self._plan_what_was_put_off()
        try:
            while not self._stopping:
                names = self._in_their_time(self._next_wishes())
                if not self._stopping and (names or self._exchange_is_due()):
                    if self._cycle(names) == BAD_INPUT:
                        return BAD_INPUT
                    self._follow_policy(soon=self._policy is None)
                    self._plan_what_was_put_off()
        finally:
            self._schedule.stop()
            self._tell("resident_stopped")
        return 0

    def stop(self) -> None:
        """Asks `run` to end; a cycle that is under way is ended too. Safe in a signal handler."""
        self._stopping = True
        if self._child is not None:
            self._child.terminate()
        self._wishes.put(())

    def _wish(self, names: Sequence[str]) -> None:
        if self._wishes.qsize() < _WISHES_MAX:
            self._wishes.put(names)

    def _next_wishes(self) -> list[str]:
        """Waits for something to be due; then takes all that is due at that moment. Empty: only an exchange."""
        due = dict.fromkeys(self._next_wish())
        if not self._stopping:
            time.sleep(GATHER_S)
        while not self._wishes.empty():
            due.update(dict.fromkeys(self._wishes.get()))
        return list(due)

    def _next_wish(self) -> Sequence[str]:
        while True:
            try:
                return self._wishes.get(timeout=CLOCK_CHECK_S)
            except queue.Empty:
                if self._policy is None:
                    return ()
                if self._clock.was_set_back():
                    self._schedule.follow(self._policy.policy, soon=False)
                    self._plan_what_was_put_off()

    def _in_their_time(self, names: Sequence[str]) -> list[str]:
        """Without the probes that the collector put off: they are due again later."""
        put_off = self._data.put_off(datetime.now(UTC))
        return [name for name in names if name not in put_off]

    def _plan_what_was_put_off(self) -> None:
        planned = {plan.probe for plan in self._policy.policy.plans} if self._policy else set()
        put_off = self._data.put_off(datetime.now(UTC))
        self._schedule.again({probe: until for probe, until in put_off.items() if probe in planned})

    def _exchange_is_due(self) -> bool:
        """Whether a child would have something to send or to ask for; starting one for nothing costs battery."""
        now = datetime.now(UTC)
        if self._data.waiting(now) is not None:
            return False
        if self._policy is None or any(self._data.outbox.glob("*.json")):
            return True
        age_s = POLICY_AGE_IN_EXCHANGES * self._policy.policy.upload_every_s
        return not timedelta(0) <= now - self._policy.confirmed_at < timedelta(seconds=age_s)

    def _cycle(self, names: Sequence[str]) -> int:
        self._child = child = subprocess.Popen([*self._command, "--probes", ",".join(names)], stdin=subprocess.DEVNULL)
        try:
            return child.wait(self._deadline_s(names))
        except subprocess.TimeoutExpired:
            self._tell("cycle_killed", probes=", ".join(names) or "-")
            child.kill()
            return child.wait()
        finally:
            self._child = None

    def _deadline_s(self, names: Sequence[str]) -> float:
        if self._stopping:
            return TERMINATION_S
        plans = self._policy.policy.plans if self._policy else []
        deadlines = {plan.probe: plan.deadline_s for plan in plans}
        return CHILD_SLACK_S + sum(deadlines.get(name, _DEADLINE_UNKNOWN_S) for name in names)

    def _follow_policy(self, *, soon: bool) -> None:
        """Schedules anew if the last child brought a policy with other plans."""
        kept = self._data.policy()
        if kept is None:
            return
        changed = self._policy is None or kept.policy != self._policy.policy
        self._policy = kept
        if changed:
            self._schedule.follow(kept.policy, soon=soon)
            self._tell("policy_followed", probes=", ".join(plan.probe for plan in kept.policy.plans))
