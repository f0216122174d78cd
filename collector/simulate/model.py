"""What a simulated municipality is made of, as frozen values.

Rates are in Mbit/s, round trips in ms, signals in dBm.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from agent.protocol.wire import Facts
from collector.readiness.domain.model import School, Sitting

Trouble = Literal["none", "thin_line", "old_browsers", "bad_rooms", "too_few_devices", "not_measured", "blocked_host"]


class SimulatedWireless(msgspec.Struct, frozen=True):
    """A machine's link to the access point of its room."""

    signal_dbm: float
    frequency_mhz: int
    channel: int
    width_mhz: int
    phy_mbit_s: float
    bssid: str


class SimulatedDevice(msgspec.Struct, frozen=True):
    """A machine. `label` is its pseudonym, `clock_offset_s` how far its clock is ahead, `silent_days` for how many
    days it has not reported (0: it still does), `failing_probe` the probe that never succeeds on it. `wireless` is
    `None` on cable.
    """

    label: str
    school: str
    room: str
    device: Facts
    browsers: Facts
    wireless: SimulatedWireless | None
    on_battery: bool
    measures_line: bool
    clock_offset_s: float = 0.0
    silent_days: int = 0
    failing_probe: str | None = None


class SimulatedSchool(msgspec.Struct, frozen=True):
    """A school as the configuration will know it, and what the measurements of it come from.

    `lesson_load` is the share of the line that teaching takes in the busiest hour.
    """

    school: School
    sittings: list[Sitting]
    trouble: Trouble
    down_mbit_s: float
    up_mbit_s: float
    rtt_ms: float
    lesson_load: float
    devices: list[SimulatedDevice]


class Fleet(msgspec.Struct, frozen=True):
    """A whole simulated municipality."""

    seed: int
    schools: list[SimulatedSchool]

    @property
    def devices_count(self) -> int:
        """All machines of all schools."""
        return sum(len(school.devices) for school in self.schools)
