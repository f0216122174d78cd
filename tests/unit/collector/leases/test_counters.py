"""What the metrics know of leases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from collector.leases.counters import LeaseCounters
from collector.readiness.leases.counts import LeaseCounts

NOW = datetime(2027, 3, 8, 9, tzinfo=UTC)
LENGTH = timedelta(seconds=28)


def test_a_lease_is_held_until_it_is_given_back_or_over() -> None:
    """Whichever is first; giving back what is over is in order."""
    tally = LeaseCounters()
    tally.gave("a", NOW, NOW + LENGTH)
    tally.gave("b", NOW, NOW + LENGTH)
    assert tally.counts(NOW).held == 2
    tally.given_back("a")
    assert tally.counts(NOW).held == 1
    assert tally.counts(NOW + LENGTH).held == 0
    tally.given_back("b")
    tally.given_back("never")
    assert tally.counts(NOW) == LeaseCounts(granted=2, refused={}, held=0)


def test_refusals_by_code() -> None:
    """Counted since the start."""
    tally = LeaseCounters()
    for _ in range(2):
        tally.refused("line_busy")
    tally.refused("quiet_hours")
    assert tally.counts(NOW).refused == {"line_busy": 2, "quiet_hours": 1}


def test_what_is_over_is_forgotten() -> None:
    """A collector runs for months."""
    tally = LeaseCounters()
    for number in range(1_000):
        tally.gave(str(number), NOW + number * LENGTH, NOW + (number + 1) * LENGTH)
    assert len(tally._held) == 1
    assert tally.counts(NOW).granted == 1_000


def test_threads_lose_nothing() -> None:
    """Leases are given in a pool of them."""
    tally = LeaseCounters()
    with ThreadPoolExecutor(8) as threads:
        for number in range(2_000):
            threads.submit(tally.gave, str(number), NOW, NOW + LENGTH)
            threads.submit(tally.refused, "line_busy")
    assert tally.counts(NOW) == LeaseCounts(2_000, {"line_busy": 2_000}, 2_000)
