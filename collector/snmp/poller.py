"""Asks all network gear, each device in its own time, in one thread with an event loop of its own.

Devices wait for nobody: each has its own deadline and its own pace, and those that do not answer share a few places of
their own, so that thirty dead ones take no place from three that live.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from collector.snmp.gear import Gear, GearPolls, Job, Poll
from collector.snmp.schedule import first_wait_s, wait_s
from collector.snmp.session import Sessions, WalkLimits

log = logging.getLogger(__name__)

AT_ONCE = 64
"""How many devices that answered last time may be asked at the same time."""
SILENT_AT_ONCE = 32
"""The same for those that did not."""
DEADLINES_S: dict[Job, float] = {"uplink": 30.0, "wireless": 240.0, "links": 240.0}
"""What one poll may take in all, however slowly a device drips."""
STOP_S = 10.0
BROKEN_PAUSE_S = 300.0


class Poller:
    """`take` is given every poll in the poller's thread and must not block; `chance` gives numbers from 0 to 1."""

    def __init__(
        self,
        open_sessions: Callable[[], Sessions],
        take: Callable[[Poll], None],
        clock: Callable[[], datetime],
        chance: Callable[[], float],
    ) -> None:
        """Asks nobody before it runs."""
        self._open_sessions = open_sessions
        self._take = take
        self._clock = clock
        self._chance = chance
        self._wanted: Sequence[Gear] = ()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed: asyncio.Event | None = None
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Polls in a thread of its own until `stop`; does nothing if it does so already."""
        if self._thread is not None:
            return
        self._thread = threading.Thread(target=lambda: asyncio.run(self.run()), name="poller", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends all polls; what is on its way is given up."""
        with self._lock:
            self._stopping = True
        self._wake()
        if self._thread:
            self._thread.join(STOP_S)

    def reconfigure(self, wanted: Sequence[Gear]) -> None:
        """Asks these devices from now on; those that did not change go on as they were. Any thread may call it."""
        with self._lock:
            self._wanted = tuple(wanted)
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            if self._loop is not None and self._changed is not None:
                self._loop.call_soon_threadsafe(self._changed.set)

    async def run(self) -> None:
        """Polls until `stop`."""
        sessions = self._open_sessions()
        changed = asyncio.Event()
        with self._lock:
            self._loop, self._changed = asyncio.get_running_loop(), changed
        round_ = _Round(sessions, self._take, self._clock, self._chance)
        try:
            while not self._stopping:
                round_.follow(self._wanted)
                await changed.wait()
                changed.clear()
        finally:
            with self._lock:
                self._loop = self._changed = None
            await round_.end()
            sessions.close()


class _Round:
    """The tasks of a running poller, one per device."""

    def __init__(
        self,
        sessions: Sessions,
        take: Callable[[Poll], None],
        clock: Callable[[], datetime],
        chance: Callable[[], float],
    ) -> None:
        self._sessions = sessions
        self._take = take
        self._clock = clock
        self._chance = chance
        self._answering = asyncio.Semaphore(AT_ONCE)
        self._silent = asyncio.Semaphore(SILENT_AT_ONCE)
        self._tasks: dict[Gear, asyncio.Task[None]] = {}

    def follow(self, wanted: Sequence[Gear]) -> None:
        """Begins with new devices and ends those that are gone."""
        for gear in self._tasks.keys() - set(wanted):
            self._tasks.pop(gear).cancel()
        for gear in wanted:
            if gear not in self._tasks and gear.rhythms:
                self._tasks[gear] = asyncio.create_task(self._keep_polling(gear), name=f"poll {gear.id}")

    async def end(self) -> None:
        """Ends all of them."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_polling(self, gear: Gear) -> None:
        """Polls for ever; a fault of this program with one device is logged, and that device tried again later."""
        while True:
            try:
                await self._poll_in_turn(gear)
            except Exception:  # what one device makes go wrong must not end the polling of the others
                log.exception("polling %s went wrong and begins anew in %d s", gear.id, BROKEN_PAUSE_S)
                self._take(Poll(gear, next(iter(gear.rhythms)), self._clock(), error_code="internal"))
            await asyncio.sleep(BROKEN_PAUSE_S)

    async def _poll_in_turn(self, gear: Gear) -> None:
        polls = GearPolls(gear, self._sessions.open(gear.target), self._clock)
        now_s = asyncio.get_running_loop().time
        due_s = {job: now_s() + first_wait_s(every_s, self._chance()) for job, every_s in gear.rhythms.items()}
        failures = 0
        while True:
            job = min(due_s, key=due_s.__getitem__)
            await asyncio.sleep(due_s[job] - now_s())
            began_s = now_s()
            async with self._silent if failures else self._answering:
                poll = await one_poll(polls, job, self._clock)
            self._take(poll)
            failures = failures + 1 if poll.error_code else 0
            due_s[job] = began_s + wait_s(gear.rhythms[job], failures, self._chance())


async def one_poll(polls: GearPolls, job: Job, clock: Callable[[], datetime]) -> Poll:
    """One poll within its deadline."""
    deadline_s = DEADLINES_S[job]
    try:
        async with asyncio.timeout(deadline_s):
            return await polls.poll(job, WalkLimits(deadline_s=deadline_s / 2))
    except TimeoutError:
        return Poll(polls.gear, job, clock(), error_code="timeout")
