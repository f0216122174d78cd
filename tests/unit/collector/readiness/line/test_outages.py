"""When machines were awake and reached nothing outside: a zero of the line, unless somebody got out about then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from collector.readiness.domain.model import Observation
from collector.readiness.line.outages import NEAR, near_to, outages, when_reached
from tests.unit.collector.readiness.cases import observation

TEN = datetime(2026, 11, 2, 10, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def climbed(
    *outside: str, at: datetime = TEN, of: int = 1, hours: float = 0, status: str = "ok", below: str = "ok"
) -> Observation:
    """A ladder whose rungs outside ended like that, the same for so many hours until `at`."""
    rows: list[dict[str, str | int | float | bool | None]] = [{"kind": "gateway", "status": below}]
    rows += [{"kind": "internet", "status": one} for one in outside]
    return observation(of, "ladder", at=at, first_at=at - hours * HOUR, rows=rows, status=status)


def zeros(*ladders: Observation) -> list[datetime]:
    found = outages(ladders)
    assert all((one.device, one.least, one.most) == ("", 0.0, 0.0) for one in found)
    return [one.at for one in found]


def test_nothing_outside_answers() -> None:
    assert zeros(climbed("failed")) == [TEN]
    assert zeros(climbed("failed", "failed")) == [TEN]


@pytest.mark.parametrize("answered", ["ok", "slow"])
def test_one_of_several_that_answers_is_enough(answered: str) -> None:
    assert zeros(climbed("failed", answered)) == []
    assert when_reached([climbed("failed", answered)]) == [TEN, TEN]


def test_who_did_not_get_so_far_says_nothing() -> None:
    """A machine whose own rungs broke, one that can not climb, and a ladder without such a rung."""
    for one in (climbed("not_reached", "failed", below="failed"), climbed("failed", status="failed"), climbed()):
        assert zeros(one) == []
        assert when_reached([one]) == []


def test_somebody_got_out_about_then() -> None:
    """Within four minutes before or after."""
    for away, found in ((NEAR, []), (NEAR + SECOND, [TEN])):
        assert zeros(climbed("failed"), climbed("ok", at=TEN + away, of=2)) == found
        assert zeros(climbed("failed"), climbed("ok", at=TEN - away, of=2)) == found


def test_who_got_out_before_and_after_shows_nothing_of_the_time_between() -> None:
    """A machine that found the same at nine, and again at eleven: at ten nobody asked it."""
    assert zeros(climbed("failed"), climbed("ok", at=TEN + HOUR, hours=2, of=2)) == [TEN]


def test_each_hour_in_which_it_stood_so() -> None:
    """Two hours and a half: its ends, and the hours between. Of several machines each time once."""
    begun = TEN - 2.5 * HOUR
    expected = [begun, begun + HOUR, begun + 2 * HOUR, TEN]
    assert zeros(climbed("failed", hours=2.5)) == expected
    assert zeros(climbed("failed", hours=2.5), climbed("failed", hours=2.5, of=2)) == expected


def test_what_stood_for_more_than_a_day_is_known_at_its_ends() -> None:
    assert len(zeros(climbed("failed", hours=24))) == 25
    assert zeros(climbed("failed", hours=24.5)) == [TEN - 24.5 * HOUR, TEN]


def test_near_to() -> None:
    is_near = near_to([TEN + HOUR, TEN])
    assert [is_near(TEN + away) for away in (-NEAR, NEAR, -NEAR - SECOND, NEAR + SECOND, HOUR)] == [
        True,
        True,
        False,
        False,
        True,
    ]
    assert not near_to([])(TEN)
