"""Announcements put together: own access points one by one, foreign ones only as counts and strength."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from agent.survey import aggregate
from agent.survey.aggregate import ChannelAir, Gathering, OwnAccessPoint, quantile
from agent.survey.beacon import Announcement

OWN, OWN_5, FOREIGN, FOREIGN_2 = (f"02:00:00:00:00:0{number}" for number in range(1, 5))


def heard(bssid: str, ssid: bytes, signal_dbm: int | None, **more: int | None) -> Announcement:
    said: dict[str, int | None] = {"frequency_mhz": 2437, "channel": 6, "stations": None, "utilisation": None, **more}
    return Announcement(bssid, ssid, signal_dbm, **said)


def gathered(*announcements: Announcement, ssids: tuple[bytes, ...] = (b"Skolan",)) -> aggregate.Gathered:
    gathering = Gathering(ssids)
    for one in announcements:
        gathering.add(one)
    return gathering.gathered()


def test_an_own_access_point() -> None:
    """Quantiles of the signal, the most clients, the middle and the most of the load."""
    signals = [heard(OWN, b"Skolan", -60 - number) for number in range(10)]
    loads = [heard(OWN, b"Skolan", None, stations=n, utilisation=u) for n, u in ((3, 51), (9, 102), (4, 255))]
    assert gathered(*signals, *loads).own == [
        OwnAccessPoint(OWN, "2.4", 6, 13, -69, -65, -61, 9, 40.0, 100.0),
    ]


def test_the_strongest_comes_first_and_the_silent_last() -> None:
    """By the median, so that one lucky frame does not count."""
    found = gathered(
        heard(OWN, b"Skolan", -70),
        *[heard(OWN_5, b"Skolan", signal, frequency_mhz=5180, channel=None) for signal in (-80, -50, -55)],
        heard("02:00:00:00:00:09", b"Skolan", None),
    )
    assert [(one.bssid, one.signal_median_dbm, one.band, one.channel) for one in found.own] == [
        (OWN_5, -55, "5", 36),
        (OWN, -70, "2.4", 6),
        ("02:00:00:00:00:09", None, "2.4", 6),
    ]


def test_foreign_ones_are_counted_by_channel() -> None:
    """With the strongest one's median; a channel of its own per band."""
    found = gathered(
        heard(OWN, b"Skolan", -60),
        heard(FOREIGN, b"Grannen", -70),
        heard(FOREIGN, b"Grannen", -71),
        heard(FOREIGN, b"Grannen", -72),
        heard(FOREIGN_2, b"", -80),
        heard("02:00:00:00:00:07", b"Kiosken", None, frequency_mhz=5955, channel=None),
        heard("02:00:00:00:00:08", b"Kiosken", -85, channel=1, frequency_mhz=2412),
    )
    assert found.channels == [
        ChannelAir("2.4", 1, 1, 0, 1, -85),
        ChannelAir("2.4", 6, 3, 1, 2, -71),
        ChannelAir("6", 1, 1, 0, 1, None),
    ]


def test_nothing_of_a_foreign_network_but_counts_comes_out() -> None:
    """Neither its name nor its address."""
    found = gathered(heard(OWN, b"Skolan", -60), heard(FOREIGN, b"Grannen", -70))
    said = msgspec.json.encode(found)
    assert b"Grannen" not in said
    assert FOREIGN.encode() not in said
    assert OWN.encode() in said
    assert b"Skolan" not in said


def test_an_access_point_that_hides_its_name_tells_it_once() -> None:
    """In a probe response; then all that was heard of it is the school's own."""
    found = gathered(heard(OWN, b"", -60), heard(OWN, b"Skolan", -62), heard(OWN, b"", -64))
    assert [(one.heard, one.signal_median_dbm) for one in found.own] == [(3, -62)]


def test_where_it_was_heard_most_is_where_it_is() -> None:
    """Beacons cross over from the channel beside, or an access point moves."""
    found = gathered(*[heard(OWN, b"Skolan", -60, channel=channel) for channel in (1, 6, 6)])
    assert found.own[0].channel == 6
    assert [(one.channel, one.own_access_points) for one in found.channels] == [(6, 1)]


def test_without_names_nothing_is_own_or_foreign() -> None:
    """Not zero: nobody said."""
    found = gathered(heard(OWN, b"Skolan", -60), ssids=())
    assert found.own == []
    assert found.channels == [ChannelAir("2.4", 6, 1, None, None, None)]


def test_a_flood_of_addresses_is_bounded_and_leaves_the_own_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes beyond the bound is not counted, and that is told."""
    monkeypatch.setattr(aggregate, "ACCESS_POINTS_MAX", 50)
    gathering = Gathering([b"Skolan"])
    for number in range(500):
        gathering.add(heard(f"06:00:00:00:{number // 256:02x}:{number % 256:02x}", b"flood", -40))
    gathering.add(heard(OWN, b"Skolan", -60))
    found = gathering.gathered()
    assert gathering.overflowed
    assert [one.bssid for one in found.own] == [OWN]
    assert [one.access_points for one in found.channels] == [51]


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([], 0.5, None),
        ([7], 0.1, 7),
        ([1, 2, 3, 4], 0.5, 2),
        ([1, 2, 3, 4, 5], 0.5, 3),
        (list(range(1, 101)), 0.1, 10),
        (list(range(1, 101)), 0.9, 90),
    ],
)
def test_quantile(values: list[int], share: float, expected: int | None) -> None:
    """Nearest rank: always a value that was there."""
    assert quantile(Counter(values), share) == expected
