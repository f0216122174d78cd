"""Wi-Fi channels: their numbers and bands, from the frequency of the primary channel or from the number alone."""

from __future__ import annotations

from typing import Literal

Band = Literal["2.4", "5", "6"]
"""The band in GHz, as people call it."""

_BANDS: tuple[tuple[Band, int, int, int], ...] = (
    ("2.4", 2412, 2472, 2407),
    ("5", 5160, 5885, 5000),
    ("6", 5955, 7115, 5950),
)
"""Lowest and highest primary channel's centre, and where channel 0 would be, in MHz."""

_CHANNEL_14_MHZ = 2484


def channel_of(frequency_mhz: int) -> int | None:
    """The channel number of a primary channel's centre frequency, in the 2.4, 5 and 6 GHz bands."""
    if frequency_mhz == _CHANNEL_14_MHZ:
        return 14
    for _, lowest, highest, zero in _BANDS:
        if lowest <= frequency_mhz <= highest:
            return (frequency_mhz - zero) // 5
    return None


def band_of(frequency_mhz: int) -> Band | None:
    """The band of a frequency; None outside the three."""
    if frequency_mhz == _CHANNEL_14_MHZ:
        return "2.4"
    return next((band for band, lowest, highest, _ in _BANDS if lowest <= frequency_mhz <= highest), None)


def frequency_of(band: Band, channel: int) -> int | None:
    """The centre of a primary channel, in MHz; None for a channel that the band does not have."""
    if (band, channel) == ("2.4", 14):
        return _CHANNEL_14_MHZ
    found = next(zero + 5 * channel for one, _, _, zero in _BANDS if one == band)
    return found if band_of(found) == band else None


def band_of_channel(channel: int, *, knows_6_ghz: bool) -> Band | None:
    """The band that a channel's number lies in; None where it may be in more than one. 6 GHz numbers its channels 1, 5,
    9 ... 233, so with radios that know it, these alone say nothing.
    """
    if knows_6_ghz and channel % 4 == 1:
        return None
    older: tuple[Band, Band] = ("2.4", "5")
    return next((band for band in older if frequency_of(band, channel) is not None), None)
