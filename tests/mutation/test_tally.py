"""What is made of mutmut's answers."""

from __future__ import annotations

from tests.mutation.tally import Outcome, room_of, table, told_in

SAID = """\
    collector.readiness.line.claim.x_half_hour__mutmut_2: survived
    collector.readiness.line.claim.xǁLineClaimǁdoubt__mutmut_15: killed
    collector.readiness.ends.ending.x_until__mutmut_1: no tests
    collector.readiness.line.samples.x_line_samples__mutmut_1: not checked
"""
"""Recorded from mutmut 3.8.1, names of two of them shortened."""


def test_what_mutmut_says() -> None:
    told = told_in(SAID)
    assert list(told.values()) == ["survived", "killed", "no tests", "not checked"]
    assert {room_of(name) for name in told} == {"line", "ends"}


def test_a_change_that_no_test_comes_past_was_not_noticed() -> None:
    assert [one for one in Outcome if one.is_unnoticed] == [Outcome.SURVIVED, Outcome.NO_TESTS]


def test_table_by_room() -> None:
    """With how sure the share of all is: of 100 drawn 10 went unnoticed, so 16.4 % may be of all."""
    found = {f"collector.readiness.line.claim.x__mutmut_{n}": Outcome.KILLED for n in range(60)}
    found |= {f"collector.readiness.ends.ending.x__mutmut_{n}": Outcome.KILLED for n in range(30)}
    found |= {f"collector.readiness.ends.ending.x__mutmut_{n}": Outcome.SURVIVED for n in range(30, 40)}
    said = table(found, 12_000)
    assert "| ends | 40 | 75.0% |" in said
    assert "| line | 60 | 100.0% |" in said
    assert "| all | 100 | 90.0% |" in said
    assert said.endswith("Drawn from 12000: with 95 % confidence at least 83.6% of all are noticed.")


def test_nothing_drawn_is_no_share() -> None:
    assert table({}, 0).splitlines()[-1] == "| all | 0 | - |"
