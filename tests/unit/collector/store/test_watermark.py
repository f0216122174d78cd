"""Judging is as of a moment at which all that was received by then can be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from collector.store.watermark import Watermark

NOW = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)


class Clock:
    """A time that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def test_nothing_is_on_its_way() -> None:
    """The clock's own time."""
    assert Watermark(Clock()).known_until() == NOW


def test_what_is_on_its_way_is_not_known_yet() -> None:
    """Just before the oldest of it, however late it is by now; several of one moment until all are written."""
    clock = Clock()
    mark = Watermark(clock)
    first = mark.received()
    again = mark.received()
    clock.now = NOW + timedelta(seconds=3)
    second = mark.received()
    clock.now = NOW + timedelta(seconds=9)
    assert mark.known_until() == NOW - TICK
    mark.written(first)
    assert mark.known_until() == NOW - TICK
    mark.written(again)
    assert mark.known_until() == NOW + timedelta(seconds=3) - TICK
    mark.written(second)
    assert mark.known_until() == clock.now


def test_a_clock_that_is_set_back() -> None:
    """Never later than the clock says."""
    clock = Clock()
    mark = Watermark(clock)
    mark.received()
    clock.now = NOW - timedelta(hours=1)
    assert mark.known_until() == clock.now
