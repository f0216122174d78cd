"""Puts announcements together: own access points one by one, all others only as counts and strength per channel.

Memory is bounded: a table of how often each signal strength came, per access point, and a bound on those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

import msgspec

from agent.protocol.wifi_channels import Band, band_of, channel_of
from agent.survey.beacon import Announcement

ACCESS_POINTS_MAX = 4_096
_UTILISATION_FULL = 255


class OwnAccessPoint(msgspec.Struct, frozen=True):
    """One of the school's own, as heard in the room. `stations_max` and `utilisation_*` are what it says itself."""

    bssid: str
    band: str | None
    channel: int | None
    heard: int
    signal_p10_dbm: int | None
    signal_median_dbm: int | None
    signal_p90_dbm: int | None
    stations_max: int | None
    utilisation_median_percent: float | None
    utilisation_max_percent: float | None


class ChannelAir(msgspec.Struct, frozen=True):
    """One channel: how many access points were heard on it. Own and foreign are None if nobody said what is own."""

    band: str | None
    channel: int | None
    access_points: int
    own_access_points: int | None
    foreign_access_points: int | None
    foreign_strongest_dbm: int | None


class Gathered(msgspec.Struct, frozen=True):
    """What all announcements say together. `own` has the strongest first."""

    own: list[OwnAccessPoint]
    channels: list[ChannelAir]


@dataclass
class _Heard:
    """All that is kept of one access point while the capture is read."""

    is_own: bool = False
    places: Counter[tuple[Band | None, int | None]] = field(default_factory=Counter)
    signals: Counter[int] = field(default_factory=Counter)
    utilisations: Counter[int] = field(default_factory=Counter)
    stations_max: int | None = None
    frames: int = 0


class Gathering:
    """Takes announcements in. `own_ssids` are the names of the school's networks; empty: nobody said."""

    def __init__(self, own_ssids: Collection[bytes]) -> None:
        self._own_ssids = frozenset(own_ssids)
        self._heard: dict[str, _Heard] = {}
        self.overflowed = False
        """Whether more foreign access points came than are counted: a flood, since no room hears so many."""

    def add(self, one: Announcement) -> None:
        """Counts one announcement in."""
        own = one.ssid in self._own_ssids
        heard = self._heard.get(one.bssid)
        if heard is None:
            if len(self._heard) >= ACCESS_POINTS_MAX * (1 + own):
                self.overflowed = True
                return
            heard = self._heard[one.bssid] = _Heard()
        heard.is_own = heard.is_own or own  # an access point that hides its name tells it in a probe response
        heard.frames += 1
        heard.places[_place(one)] += 1
        if one.signal_dbm is not None:
            heard.signals[one.signal_dbm] += 1
        if one.utilisation is not None:
            heard.utilisations[one.utilisation] += 1
        if one.stations is not None:
            heard.stations_max = max(one.stations, heard.stations_max or 0)

    def gathered(self) -> Gathered:
        """What has been heard so far."""
        own = [_own(bssid, heard) for bssid, heard in self._heard.items() if heard.is_own]
        own.sort(key=lambda one: (one.signal_median_dbm is None, -(one.signal_median_dbm or 0), one.bssid))
        places: dict[tuple[Band | None, int | None], list[_Heard]] = {}
        for heard in self._heard.values():
            places.setdefault(heard.places.most_common(1)[0][0], []).append(heard)
        channels = [self._channel(*place, there) for place, there in places.items()]
        return Gathered(own, sorted(channels, key=lambda one: (float(one.band or 9), one.channel or 0)))

    def _channel(self, band: Band | None, channel: int | None, there: list[_Heard]) -> ChannelAir:
        foreign = [heard for heard in there if not heard.is_own] if self._own_ssids else None
        strengths = [middle for heard in foreign or [] if (middle := quantile(heard.signals, 0.5)) is not None]
        return ChannelAir(
            band=band,
            channel=channel,
            access_points=len(there),
            own_access_points=None if foreign is None else len(there) - len(foreign),
            foreign_access_points=None if foreign is None else len(foreign),
            foreign_strongest_dbm=max(strengths, default=None),
        )


def _place(one: Announcement) -> tuple[Band | None, int | None]:
    band = band_of(one.frequency_mhz) if one.frequency_mhz else None
    channel = one.channel
    if channel is None and one.frequency_mhz:
        channel = channel_of(one.frequency_mhz)
    return band, channel


def _own(bssid: str, heard: _Heard) -> OwnAccessPoint:
    band, channel = heard.places.most_common(1)[0][0]
    return OwnAccessPoint(
        bssid=bssid,
        band=band,
        channel=channel,
        heard=heard.frames,
        signal_p10_dbm=quantile(heard.signals, 0.1),
        signal_median_dbm=quantile(heard.signals, 0.5),
        signal_p90_dbm=quantile(heard.signals, 0.9),
        stations_max=heard.stations_max,
        utilisation_median_percent=_percent(quantile(heard.utilisations, 0.5)),
        utilisation_max_percent=_percent(max(heard.utilisations, default=None)),
    )


def _percent(utilisation: int | None) -> float | None:
    return None if utilisation is None else round(100 * utilisation / _UTILISATION_FULL, 1)


def quantile(counts: Counter[int], share: float) -> int | None:
    """The least value that at least `share` of all values reach or stay below; None of none."""
    wanted, passed = share * counts.total(), 0
    for value in sorted(counts):
        passed += counts[value]
        if passed >= wanted:
            return value
    return None
