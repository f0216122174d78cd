"""What a measurement point counted, on either database: each run once, and as it was known at a moment."""

from __future__ import annotations

from datetime import timedelta

from collector.readiness.domain.model import CountedRun
from collector.store.store import Store
from tests.support.stored import NOW, OTHER_SCHOOL, SCHOOL, enrolled

MINUTE = timedelta(minutes=1)
WEEK = timedelta(days=7)


def counted(device_id: str, minutes_ago: float = 5, *, late: timedelta = timedelta(seconds=9)) -> CountedRun:
    """A run to the last digit."""
    at = NOW - minutes_ago * MINUTE
    return CountedRun(device_id, at, at + late, 3.141593, 50_000_001, 7, 93.418, None, "s1")


def test_a_run_is_kept_as_it_was_counted_once(store: Store) -> None:
    """Of devices that are known; the schools with something new are told, once."""
    device, _ = enrolled(store)
    other, _ = enrolled(store, OTHER_SCHOOL)
    runs = [counted(device.device_id, 5), counted(other.device_id), counted(device.device_id, 9)]
    assert store.save_counted([*runs, counted("nobody")]) == {SCHOOL, OTHER_SCHOOL}
    again = counted(device.device_id, 5, late=MINUTE)
    assert store.save_counted([again]) == set()
    assert store.save_counted([]) == set()
    assert store.evidence(SCHOOL, NOW, NOW - WEEK).counted == [runs[2], runs[0]]
    assert store.evidence(OTHER_SCHOOL, NOW, NOW - WEEK).counted == [runs[1]]


def test_what_came_in_later_was_not_known(store: Store) -> None:
    """Whenever it was counted; nor is what began before the window asked for."""
    device, _ = enrolled(store)
    store.save_counted([counted(device.device_id, 5, late=4 * MINUTE)])
    for minutes_ago, known in ((0, 1), (1, 1), (1.1, 0), (5, 0)):
        at = NOW - minutes_ago * MINUTE
        assert len(store.evidence(SCHOOL, at, at - WEEK).counted) == known
    assert store.evidence(SCHOOL, NOW, NOW - MINUTE).counted == []


def test_old_counts_are_forgotten(store: Store) -> None:
    """With the rest."""
    device, _ = enrolled(store)
    store.save_counted([counted(device.device_id, 5), counted(device.device_id, 50)])
    assert store.delete_older_than(NOW - 30 * MINUTE) == 1
    assert [run.at for run in store.evidence(SCHOOL, NOW, NOW - WEEK).counted] == [NOW - 5 * MINUTE]
