"""Sends a simulated municipality through the collector's real HTTP API: first what it measured, then live.

Nothing here is random but the waits: report ids come from the seed, so sending a history again stores nothing twice.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime

import httpx
import msgspec

from agent.protocol.wire import Enrolled, Enrolment, ReportAnswer
from collector.clock import Clock, utc_now
from collector.simulate.client import Client, CollectorRefusedError, CollectorUnreachableError
from collector.simulate.history import SimulatedReport, history, measure
from collector.simulate.identities import Identities
from collector.simulate.model import Fleet, SimulatedDevice, SimulatedSchool

CONNECTIONS = 8
BATCH_REPORTS = 100
TIMEOUT_S = 30.0

Progress = Callable[[int, int], None]
"""Told how many machines are done, and how many reports have been sent."""


class SendTotals(msgspec.Struct, frozen=True):
    """What became of everything sent; `rejected_by_code` says why reports were rejected."""

    devices: int
    accepted: int
    duplicate: int
    rejected: int
    rejected_by_code: dict[str, int]


async def send(
    base_url: str,
    fleet: Fleet,
    now: datetime,
    key_for: Callable[[str], str],
    *,
    days: int,
    progress: Progress,
    identities: Identities | None = None,
    clock: Clock = utc_now,
) -> SendTotals:
    """Enrols every machine that `identities` does not know and sends its last `days` days up to `now`.

    `key_for` gives an enrolment key for a school code; `progress` is told of each machine that is done. Raises
    `CollectorUnreachableError` and `CollectorRefusedError`.
    """
    async with _sender(base_url, fleet, key_for, identities or Identities(), clock) as sender:
        waiting = _machines(fleet)
        tally = _Tally(progress)

        async def work() -> None:
            for school, device in waiting:
                tally.add(await sender.send(device, history(school, device, seed=fleet.seed, now=now, days=days)))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(CONNECTIONS):
                    group.create_task(work())
        except* (CollectorUnreachableError, CollectorRefusedError) as errors:
            failure = errors.exceptions[0]
        else:
            return tally.totals()
    raise failure


async def live(
    base_url: str,
    fleet: Fleet,
    key_for: Callable[[str], str],
    *,
    every_s: float,
    report: Callable[[str], None],
    identities: Identities | None = None,
    clock: Clock = utc_now,
) -> None:
    """Lets each machine that is not silent measure and report once in `every_s` seconds, until cancelled.

    The machines take turns evenly over that time. A collector that is away is said and tried again at the next turn.
    """
    talking = [(school, device) for school, device in _machines(fleet) if device.silent_days == 0]
    async with _sender(base_url, fleet, key_for, identities or Identities(), clock) as sender:
        time = asyncio.get_running_loop().time
        turn_at = time()
        while True:
            for school, device in talking:
                at = clock().replace(microsecond=0)
                try:
                    await sender.send(device, [measure(school, device, seed=fleet.seed, at=at)])
                except CollectorUnreachableError as error:
                    report(str(error))
                turn_at = max(turn_at + every_s / len(talking), time() - every_s)
                await asyncio.sleep(max(0.0, turn_at - time()))


def _machines(fleet: Fleet) -> Iterator[tuple[SimulatedSchool, SimulatedDevice]]:
    return ((school, device) for school in fleet.schools for device in school.devices)


@asynccontextmanager
async def _sender(
    base_url: str, fleet: Fleet, key_for: Callable[[str], str], identities: Identities, clock: Clock
) -> AsyncIterator[_Sender]:
    """A sender with open connections; what was enrolled is kept however it ends."""
    limits = httpx.Limits(max_connections=CONNECTIONS)
    try:
        async with httpx.AsyncClient(base_url=base_url, timeout=TIMEOUT_S, limits=limits, trust_env=False) as http:
            yield _Sender(Client(http, random.Random(fleet.seed)), key_for, identities, clock)
    finally:
        identities.save()


class _Sender:
    """Speaks for one machine at a time: enrols it when needed and sends its measurements in batches."""

    def __init__(self, client: Client, key_for: Callable[[str], str], identities: Identities, clock: Clock) -> None:
        self._client = client
        self._key_for = key_for
        self._identities = identities
        self._clock = clock

    async def send(self, device: SimulatedDevice, measurements: list[SimulatedReport]) -> list[ReportAnswer]:
        """Sends all of `measurements`, oldest first; enrols the machine anew if its token is no longer known."""
        known = self._identities.get(device.label)
        if known is None:
            return await self._upload(device, await self._enrol(device), measurements)
        try:
            return await self._upload(device, known, measurements)
        except CollectorRefusedError as error:
            if error.status != 401:
                raise
        self._identities.forget(device.label)
        return await self._upload(device, await self._enrol(device), measurements)

    async def _enrol(self, device: SimulatedDevice) -> Enrolled:
        enrolment = Enrolment(
            school=device.school,
            key=self._key_for(device.school),
            room=device.room,
            label=device.label,
            simulated=True,
        )
        enrolled = await self._client.enrol(enrolment)
        self._identities.add(device.label, enrolled)
        return enrolled

    async def _upload(
        self, device: SimulatedDevice, enrolled: Enrolled, measurements: list[SimulatedReport]
    ) -> list[ReportAnswer]:
        answers: list[ReportAnswer] = []
        for start in range(0, len(measurements), BATCH_REPORTS):
            batch = measurements[start : start + BATCH_REPORTS]
            sent_at = self._clock()
            reports = [measurement.sent(device, enrolled.device_id, sent_at) for measurement in batch]
            answers += await self._client.upload(enrolled.token, reports)
        return answers


class _Tally:
    """Counts answers by outcome."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._done = 0
        self._outcomes: Counter[str] = Counter()
        self._codes: Counter[str] = Counter()

    def add(self, answers: list[ReportAnswer]) -> None:
        """One more machine is done."""
        self._done += 1
        self._outcomes.update(answer.outcome for answer in answers)
        self._codes.update(answer.code or "unknown" for answer in answers if answer.outcome == "rejected")
        self._progress(self._done, self._outcomes.total())

    def totals(self) -> SendTotals:
        """What it all came to."""
        return SendTotals(
            devices=self._done,
            accepted=self._outcomes["accepted"],
            duplicate=self._outcomes["duplicate"],
            rejected=self._outcomes["rejected"],
            rejected_by_code=dict(self._codes),
        )
