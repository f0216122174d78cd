"""What a simulated machine has measured, as the wire's probe results. Pure: time is an argument.

Every measurement is drawn from the seed, the machine and the moment alone. So a history that is made again on a
later day begins with the very same reports, and the collector knows them as duplicates.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from agent.protocol.wire import SCHEMA, ProbeResult, Report
from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.simulate.model import SimulatedDevice, SimulatedSchool
from collector.simulate.results import results_at

AGENT_VERSION = "simulated"
SCHOOL_HOURS = range(8, 16)
LINE_RUNS_PER_DAY = 4
"""How many different hours of a school day each measuring machine uses the line in; others report once a day."""

_NAMESPACE = uuid.UUID("5d0a0b7e-6c1e-5b3c-9a55-4c2f6f3e98a1")


class SimulatedReport(msgspec.Struct, frozen=True):
    """A report that has no sender yet: a device gets its id when it enrols."""

    report_id: str
    results: list[ProbeResult]

    def sent(self, device: SimulatedDevice, device_id: str, sent_at: datetime) -> Report:
        """The report as it leaves the machine at `sent_at`, stamped by the machine's own clock."""
        return Report(
            schema=SCHEMA,
            report_id=self.report_id,
            device_id=device_id,
            sent_at=sent_at + timedelta(seconds=device.clock_offset_s),
            agent_version=AGENT_VERSION,
            school=device.school,
            room=device.room,
            results=self.results,
        )


def history(
    school: SimulatedSchool, device: SimulatedDevice, *, seed: int, now: datetime, days: int
) -> list[SimulatedReport]:
    """All that `device` measured on the school days of the last `days` days, oldest first."""
    end = now - timedelta(days=device.silent_days)
    return [
        measure(school, device, seed=seed, at=moment)
        for day in _school_days(now, days)
        for moment in _moments(device, seed, day)
        if now - timedelta(days=days) <= moment <= end
    ]


def measure(school: SimulatedSchool, device: SimulatedDevice, *, seed: int, at: datetime) -> SimulatedReport:
    """What `device` measures at the moment `at`."""
    key = f"{seed}/{device.label}/{at.isoformat()}"
    hour = at.astimezone(SCHOOL_TIME).hour
    results = results_at(school, device, at=at, hour=hour, rng=random.Random(key))
    return SimulatedReport(str(uuid.uuid5(_NAMESPACE, key)), results)


def _school_days(now: datetime, days: int) -> Iterator[date]:
    """Mondays to Fridays up to the day of `now`, oldest first."""
    today = now.astimezone(SCHOOL_TIME).date()
    for back in range(days, -1, -1):
        day = today - timedelta(days=back)
        if day.weekday() < 5:
            yield day


def _moments(device: SimulatedDevice, seed: int, day: date) -> list[datetime]:
    """When on `day` the machine reports, in order: somewhere within different hours of the school day."""
    rng = random.Random(f"{seed}/{device.label}/{day.isoformat()}")
    hours = sorted(rng.sample(SCHOOL_HOURS, LINE_RUNS_PER_DAY if device.measures_line else 1))
    utc = ZoneInfo("UTC")
    return [
        datetime(
            day.year, day.month, day.day, hour, rng.randrange(60), rng.randrange(60), tzinfo=SCHOOL_TIME
        ).astimezone(utc)
        for hour in hours
    ]
