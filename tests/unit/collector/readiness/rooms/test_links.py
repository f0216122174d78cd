"""What links carry, held against what is known of them, and which reading of a machine counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol.wire import Facts
from collector.readiness.domain.model import AirRule, Observation
from collector.readiness.evidence.index import index_evidence
from collector.readiness.rooms.links import RoomLink, carried, links_in, overhead_of
from tests.support.rooms import NOW, USUAL_LINK, evidence, heard, profile

AIR = AirRule()


@pytest.mark.parametrize(
    ("rate", "phy", "least", "most"),
    [
        (1.0, None, 0.5, 1.0),
        (11.0, "b", 3.5, 7.5),  # 5 to 6 are quoted
        (54.0, "g", 17.0, 35.0),  # 20 to 25
        (54.0, None, 17.0, 35.0),
        (54.0, "n", 29.0, 52.0),
        (400.0, "ac", 72.0, 280.0),  # "280 at most"
        (1200.0, "ax", 80.0, 600.0),
    ],
)
def test_what_is_left_of_a_rate(rate: float, phy: str | None, least: float, most: float) -> None:
    """With nothing repeated, from a class that sends at once to a machine by itself."""
    unkind, kind = carried(rate, 0.0, overhead_of(rate, phy, AIR), AIR)
    assert least <= unkind < kind <= most


def test_the_sum_by_hand() -> None:
    """12 000 bits take 40 µs at 300 Mbit/s and 100 beside; a fifth collides, a tenth is sent again."""
    unkind, kind = carried(300.0, 0.1, AIR.packet_overhead, AIR)
    assert unkind == pytest.approx(12_000 / 140 * 0.8 * 0.9)
    assert kind == pytest.approx(12_000 / 55 * 0.9)
    assert carried(300.0, None, AIR.packet_overhead, AIR).unkind == pytest.approx(12_000 / 140 * 0.8 * 0.8)
    assert carried(300.0, None, AIR.packet_overhead, AIR).kind == pytest.approx(12_000 / 55)


@given(rate=st.floats(1, 2_000), more=st.floats(0, 500), repeats=st.floats(0, 1), fewer=st.floats(0, 1))
def test_a_better_link_carries_no_less(rate: float, more: float, repeats: float, fewer: float) -> None:
    """Of one kind, whatever it repeats; and what carries nothing is never divided by."""
    before = carried(rate, repeats, AIR.packet_overhead, AIR)
    after = carried(rate + more, repeats * fewer, AIR.packet_overhead, AIR)
    assert 0 < before.unkind <= after.unkind
    assert 0 < before.kind <= after.kind


def link(*readings: Observation) -> RoomLink:
    [found] = links_in(index_evidence(evidence(readings), NOW), "a1", profile().evidence).values()
    return found


def at(days: int, minutes: int, rate: float, repeats: float | None = 0.0) -> Observation:
    facts: Facts = USUAL_LINK | {"tx_rate_mbit_s": rate, "retries_ratio": repeats}
    return heard("m", "a1", link=facts, at=NOW - timedelta(days=days, minutes=minutes))


def test_one_slow_reading_is_that_of_a_machine_with_nothing_to_say() -> None:
    """The middle of a day counts: of three readings the second."""
    found = link(at(0, 1, 6.0), at(0, 60, 300.0), at(0, 120, 240.0))
    assert (found.bad.rate_mbit_s, found.good.rate_mbit_s) == (240.0, 240.0)


def test_bad_days_count_and_good_ones_are_the_kind_end() -> None:
    """One day of four."""
    found = link(*(at(day, 1, rate) for day, rate in enumerate((300.0, 270.0, 13.0, 240.0))))
    assert (found.bad.rate_mbit_s, found.good.rate_mbit_s) == (13.0, 300.0)


def test_what_is_repeated_makes_a_link_slow() -> None:
    """A fast one that repeats nine tenths is worse than a slow one that does not."""
    found = link(at(0, 1, 300.0, 0.9), at(1, 1, 65.0, None))
    assert (found.bad.rate_mbit_s, found.bad.repeats) == (300.0, 0.9)
    assert found.good.rate_mbit_s == 65.0


def test_who_tells_no_rate_has_no_link() -> None:
    """Nor has one that tells of none: 0."""
    told = [heard("m", "a1", link=USUAL_LINK | {"tx_rate_mbit_s": rate}) for rate in (None, 0.0)]
    assert links_in(index_evidence(evidence(told), NOW), "a1", profile().evidence) == {}
