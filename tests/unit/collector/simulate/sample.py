"""One small simulated municipality that the tests here share."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache

from collector.readiness.domain.model import Release, Releases
from collector.simulate.fleet import build_fleet
from collector.simulate.model import Fleet, SimulatedDevice, SimulatedSchool, Trouble

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
"""A Friday evening."""

NEWEST = "150.0"
OLDEST = "141.0"

RELEASES = Releases(
    as_of=date(2026, 11, 1),
    source="invented for tests",
    products={
        product: [
            Release(f"{version}.0", date(2026, 1, 1) + timedelta(days=30 * (version - 141)))
            for version in range(141, 151)
        ]
        for product in ("chrome", "edge", "firefox", "safari")
    },
)


@cache
def municipality(seed: int = 7, *, schools: int = 12, devices: int = 480) -> Fleet:
    """Twelve schools show every kind of trouble once."""
    return build_fleet(seed, schools=schools, devices=devices, releases=RELEASES)


def school_with(trouble: Trouble) -> SimulatedSchool:
    """A school that has that trouble."""
    return next(school for school in municipality().schools if school.trouble == trouble)


def measuring_machine(school: SimulatedSchool) -> SimulatedDevice:
    """A machine that measures the school's line."""
    return next(device for device in school.devices if device.measures_line)


def pupils_machine(school: SimulatedSchool) -> SimulatedDevice:
    """A machine without faults that does not measure the line."""
    return next(
        device
        for device in school.devices
        if not device.measures_line
        and device.silent_days == 0
        and device.failing_probe is None
        and device.clock_offset_s == 0
    )
