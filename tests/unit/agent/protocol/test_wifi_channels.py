"""Bands by number and by frequency agree, and a number that may lie in two bands tells none."""

from __future__ import annotations

from typing import get_args

import pytest

from agent.protocol.wifi_channels import Band, band_of, band_of_channel, channel_of, frequency_of

NUMBERS = range(-1, 300)


def test_a_number_tells_the_band_where_only_one_has_it() -> None:
    """By radios that know two bands: 1 to 14 and 32 to 177."""
    bands = {number: band_of_channel(number, knows_6_ghz=False) for number in NUMBERS}
    assert [number for number in NUMBERS if bands[number] == "2.4"] == list(range(1, 15))
    assert [number for number in NUMBERS if bands[number] == "5"] == list(range(32, 178))


def test_what_6_ghz_numbers_too_is_not_known() -> None:
    """1, 5, 9 and so on; the others are those of radios that do not know 6 GHz."""
    for number in NUMBERS:
        told = band_of_channel(number, knows_6_ghz=True)
        assert told == (None if number % 4 == 1 else band_of_channel(number, knows_6_ghz=False))


@pytest.mark.parametrize("band", get_args(Band))
def test_a_frequency_there_and_back(band: Band) -> None:
    """Every channel of a band is found again by its frequency."""
    there = {number: mhz for number in NUMBERS if (mhz := frequency_of(band, number)) is not None}
    assert there
    assert {(channel_of(mhz), band_of(mhz)) for mhz in there.values()} == {(number, band) for number in there}
