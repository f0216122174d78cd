"""Work in threads that can be left behind."""

from __future__ import annotations

import threading

import pytest

from agent.system.deadlines import Deadlined, DeadlinePassedError, all_results


def test_results_come_in_order_of_the_calls() -> None:
    """Whoever is ready first."""
    first_may_end = threading.Event()

    def first() -> str:
        first_may_end.wait(10)
        return "first"

    def second() -> str:
        first_may_end.set()
        return "second"

    assert all_results([Deadlined(first, "1"), Deadlined(second, "2")], 20) == ["first", "second"]


def test_an_error_reaches_whoever_waits() -> None:
    """As it was raised."""

    def fail() -> None:
        raise ValueError("as it was")

    with pytest.raises(ValueError, match="as it was"):
        Deadlined(fail, "fails").result(10)


def test_a_hung_call_is_left_behind() -> None:
    """By name, in a daemon thread; what it finds later can still be had."""
    release = threading.Event()

    def hang() -> str:
        release.wait(20)
        return "late"

    work = Deadlined(hang, "slow host")
    with pytest.raises(DeadlinePassedError, match="slow host"):
        work.result(0.05)
    with pytest.raises(DeadlinePassedError):
        work.result(-1)
    release.set()
    assert work.result(10) == "late"


def test_none_is_a_result() -> None:
    """Not a missing one."""
    assert Deadlined(lambda: None, "nothing").result(10) is None
