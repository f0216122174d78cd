"""What wavers from reading to reading, as it was known at each moment."""

from __future__ import annotations

from datetime import timedelta

from collector.store.store import Store
from tests.support.stored import NOW, enrolled, measured, observations, report, write


def test_what_wavers_is_told_by_the_first_that_came_in(store: Store) -> None:
    """Then and ever after, whatever came later of that hour and level, and in whatever order."""
    device, _ = enrolled(store)
    nine = NOW.replace(hour=9, minute=0)

    def heard(minute: int, ms: float, came: int) -> None:
        result = measured(nine + timedelta(minutes=minute), {"rtt_median_ms": ms, "method": "icmp"}, "latency")
        sent_at = nine + timedelta(minutes=came)
        write(store, device, report(device, [result], report_id=f"r{minute}", sent_at=sent_at), received_at=sent_at)

    def told(minute: int) -> list[tuple[object, int, int, int]]:
        as_of = nine + timedelta(minutes=minute)
        found = observations(store, as_of=as_of)
        return [
            (one.facts["rtt_median_ms"], (one.first_at - nine).seconds, (one.last_at - nine).seconds, one.count)
            for one in found
        ]

    live = []
    for minute, ms, came in [(20, 8.0, 21), (40, 19.0, 41), (5, 1.0, 45), (61, 7.0, 62)]:
        heard(minute, ms, came)
        live.append((came, told(came)))
    assert [told(came) for came, _ in live] == [then for _, then in live]
    assert live[-1][1] == [(8.0, 300, 2400, 3), (7.0, 3660, 3660, 1)]
