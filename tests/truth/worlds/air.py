"""The air of rooms: where a seat is, and what its link carries."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

PHY_BY_SIGNAL = (
    (-45, 520.0),
    (-55, 400.0),
    (-62, 260.0),
    (-67, 170.0),
    (-72, 90.0),
    (-78, 26.0),
    (-85, 6.0),
    (-95, 1.0),
)
"""Signal in dBm, and the rate in Mbit/s that a link of usual width has there."""
DEAD_DBM = -80.0
"""A link this weak comes and goes: nobody sits a test on it."""
EFFICIENCY = 0.55
"""What is left of the air's rate for data."""
FULL = 0.9
"""A channel that is busier than this share of the time carries nothing in time."""


def phy_rate(signal_dbm: float) -> float:
    """The rate of a link, between the points of the table."""
    points = PHY_BY_SIGNAL
    if signal_dbm >= points[0][0]:
        return points[0][1]
    for (high, fast), (low, slow) in pairwise(points):
        if signal_dbm >= low:
            return slow + (fast - slow) * (signal_dbm - low) / (high - low)
    return points[-1][1]


@dataclass(frozen=True)
class Link:
    """A seat's link. `retries` is the share of frames that are sent again; `talks_at` is the rate in Mbit/s of one that
    is slow however strong its signal, by its radio or by the access point's.
    """

    signal_dbm: float
    retries: float = 0.08
    talks_at: float | None = None

    @property
    def carries(self) -> float:
        """Mbit/s of data, with the channel to itself."""
        rate = phy_rate(self.signal_dbm) if self.talks_at is None else self.talks_at
        return rate * EFFICIENCY * (1 - self.retries)


@dataclass
class Radio:
    """The radio that serves a room, of the kind `phy` on a `band` in GHz. `busy` is the share of the time that others
    take of the channel; `strangers` are on the radio and do not sit the test.
    """

    mac: str
    channel: int
    busy: float = 0.12
    strangers: int = 0
    access_point: str = ""
    band: str = "5"
    phy: str = "ax"

    @property
    def frequency_mhz(self) -> int:
        """The middle of its channel."""
        return (2407 if self.band == "2.4" else 5000) + 5 * self.channel


@dataclass
class Room:
    """`links` are the seats' own, by seat; a wired room has no radio, and its sockets carry all that is asked.
    `more_radios` on other channels share its pupils.
    """

    id: str
    seats: int
    radio: Radio | None
    links: list[Link] = field(default_factory=list)
    more_radios: int = 0

    def margin(self, pupils: int, each_mbit_s: float) -> float:
        """How many times over the room's air carries so many pupils; below 1 some of them can not sit the test."""
        if self.radio is None:
            return 9.0
        if any(link.signal_dbm < DEAD_DBM for link in self.links[:pupils]):
            return 0.5
        airtime = self.airtime(pupils, each_mbit_s) / (1 + self.more_radios)
        return min(9.0, max(0.0, FULL - self.radio.busy) / airtime) if airtime else 9.0

    def airtime(self, pupils: int, each_mbit_s: float) -> float:
        """The share of the time that so many pupils take of the channel; more than 1 is more than there is."""
        return sum(each_mbit_s / link.carries for link in self.links[:pupils])
