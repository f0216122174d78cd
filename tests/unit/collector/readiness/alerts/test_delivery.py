"""What came of a round, through no channel, one, or several."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from collector.readiness.alerts.delivery import Delivery, together

AT = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


def test_without_a_channel_there_is_nothing_to_tell() -> None:
    assert together({}) is None


def test_one_channel_speaks_for_itself() -> None:
    failed = Delivery(at=AT, sent=0, unsent=2, problem="no answer")
    assert together({"alertmanager": failed}) == failed


def test_several_count_together_and_whoever_failed_is_named() -> None:
    """One that fails makes the round a failed one: what went elsewhere excuses nothing."""
    late = AT + timedelta(seconds=2)
    done, failed = Delivery(at=late, sent=3, unsent=0), Delivery(at=AT, sent=0, unsent=2, problem="no answer")
    assert together({"a": done, "b": failed}) == Delivery(at=late, sent=3, unsent=2, problem="b: no answer")
    assert together({"a": done, "b": done}) == Delivery(at=late, sent=6, unsent=0)
