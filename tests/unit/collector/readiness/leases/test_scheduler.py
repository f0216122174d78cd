"""Single decisions about a line. Mondays to Sundays of March 2027; Swedish time is UTC + 1 h."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import pytest

from collector.readiness.domain.model import Sitting
from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.readiness.leases.rules import Hours, LeaseRules
from collector.readiness.leases.scheduler import (
    RETRY_FIRST_S,
    RETRY_LONGEST_S,
    RETRY_SPREAD,
    TRIES_PER_HOUR,
    Granted,
    LineTest,
    LineUse,
    Refused,
    counted_since,
    decide_lease,
)

SCHOOL = "99000001"
LENGTH = timedelta(seconds=28)
RULES = LeaseRules()


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of March 2027 on a Swedish clock: the 1st, 8th and 15th are Mondays."""
    return datetime(2027, 3, day, hour, minute, tzinfo=SCHOOL_TIME).astimezone(UTC)


def decided(
    now: datetime,
    granted: Sequence[datetime],
    *,
    rules: LeaseRules = RULES,
    sittings: Sequence[Sitting] = (),
    busy_until: datetime | None = None,
    chance: float = 0.5,
    failed: Sequence[datetime] = (),
) -> Granted | Refused:
    """The decision for a school with this history: tests that gave a number, and those that gave none."""
    use = LineUse(SCHOOL, history(granted, failed), busy_until)
    return decide_lease(use, sittings, rules, length=LENGTH, now=now, chance=chance)


def history(measured: Sequence[datetime], failed: Sequence[datetime] = ()) -> list[LineTest]:
    """A history, oldest first."""
    return sorted([LineTest(at, True) for at in measured] + [LineTest(at, False) for at in failed])


def refused(now: datetime, granted: Sequence[datetime], **given: object) -> Refused:
    """The decision, which must be a refusal."""
    answer = decided(now, granted, **given)  # type: ignore[arg-type]  # handed on as they are
    assert isinstance(answer, Refused), answer
    return answer


def sitting(starts_at: datetime, minutes: int = 60) -> Sitting:
    """A test at the school."""
    return Sitting("s", SCHOOL, "Engelska", "6", 20, ["A1"], starts_at=starts_at, minutes=minutes)


BEFORE = [local(1, 5), local(1, 6), local(1, 7)]
"""The school had its first tests before any school day of these tests began."""


@pytest.mark.parametrize("now", [local(7, 3), local(6, 12), local(8, 11, 30), local(8, 23)])
def test_the_first_tests_of_a_school_may_be_at_any_hour(now: datetime) -> None:
    """Night, weekend and quiet hours: a line that nobody knows is worse. The first may have failed."""
    rules = LeaseRules(quiet_hours=[Hours(time(22), time(6)), Hours(time(11), time(12))])
    for few in ([], BEFORE[:1], BEFORE[:2]):
        assert decided(now, few, rules=rules) == Granted(now + LENGTH)
    assert refused(now, BEFORE, rules=rules).code in {"outside_school_day", "quiet_hours"}


def test_the_first_test_still_waits_for_a_sitting_and_for_others() -> None:
    """Nothing comes before a test that pupils sit."""
    now = local(8, 9)
    assert refused(now, [], sittings=[sitting(local(8, 8, 30))]).code == "sitting_in_progress"
    assert refused(now, [], busy_until=now + timedelta(seconds=9)).code == "line_busy"


def test_a_busy_line_is_free_soon() -> None:
    """Runs take seconds, and not everybody comes back at once. A lease that has ended holds nothing."""
    now = local(8, 10, 59)
    waits = [refused(now, BEFORE, busy_until=now + LENGTH, chance=chance).retry_after_s for chance in (0.0, 0.99)]
    assert waits == [5, 15]
    assert isinstance(decided(now, BEFORE, busy_until=now), Granted)


def test_every_hour_of_the_school_day_gets_one() -> None:
    """By the end of the hour the lot has fallen, whatever it was; after one test, nobody gets another."""
    for hour in range(8, 16):
        assert isinstance(decided(local(8, hour, 50), BEFORE), Granted)
        assert refused(local(8, hour, 50), [*BEFORE, local(8, hour, 3)]).code == "enough_for_now"


def test_the_moment_in_the_hour_is_drawn_by_lot() -> None:
    """Anew for every hour and school, and the same whoever asks and how often."""
    opens = {}
    for hour in range(8, 16):
        minutes = [m for m in range(60) if isinstance(decided(local(8, hour, m), BEFORE), Granted)]
        assert minutes == list(range(minutes[0], 60))
        opens[hour] = minutes[0]
    assert len(set(opens.values())) > 4
    assert max(opens.values()) <= 40
    other = LineUse("99000002", history(BEFORE))
    asked = [
        isinstance(decide_lease(other, [], RULES, length=LENGTH, now=local(8, 8, m), chance=0.0), Granted)
        for m in range(60)
    ]
    assert asked.index(True) != opens[8]


def test_who_comes_too_early_is_led_to_after_the_lot() -> None:
    """Into the rest of the same hour, by chance."""
    now = local(8, 8)
    waits = [refused(now, BEFORE, chance=chance).retry_after_s for chance in (0.0, 0.5, 0.999)]
    assert waits == sorted(waits)
    for wait_s in waits:
        assert isinstance(decided(now + timedelta(seconds=wait_s), BEFORE), Granted)
    assert waits[-1] > 3_500


def test_who_is_refused_is_led_to_the_next_hour_that_needs_a_test() -> None:
    """Not later, so that no hour is missed."""
    now = local(8, 8, 50)
    answer = refused(now, [*BEFORE, local(8, 8, 40)])
    assert local(8, 9) <= now + timedelta(seconds=answer.retry_after_s) < local(8, 10)


@pytest.mark.parametrize("now", [local(8, 7, 59), local(8, 16), local(6, 10), local(7, 10)])
def test_outside_the_school_day(now: datetime) -> None:
    """Mornings, evenings and weekends."""
    assert refused(now, BEFORE).code == "outside_school_day"


def test_the_evening_leads_to_the_next_morning_and_a_weekend_half_a_day_on() -> None:
    """A device asks at least twice a day; how the school is used may change meanwhile."""
    evening = local(8, 20, 30)
    assert local(9, 8) <= evening + timedelta(seconds=refused(evening, BEFORE, chance=0.999).retry_after_s)
    saturday = local(6, 10)
    waits = {refused(saturday, BEFORE, chance=chance).retry_after_s for chance in (0.0, 0.5)}
    assert waits == {RETRY_LONGEST_S / 2, RETRY_LONGEST_S * 0.75}


@pytest.mark.parametrize(
    ("now", "is_its_hour"),
    [
        (local(8, 18, 59), True),
        (local(9, 19, 59), True),
        (local(8, 17, 59), False),
        (local(8, 20, 1), False),
        (local(6, 18, 59), False),
    ],
)
def test_the_hours_of_an_evening_sitting_get_tests(now: datetime, is_its_hour: bool) -> None:
    """It goes on from half past six to half past seven on a Thursday: they get them on weekdays only."""
    evening = [sitting(local(18, 18, 30))]
    assert isinstance(decided(now, BEFORE, sittings=evening), Granted) is is_its_hour
    assert refused(now, BEFORE).code == "outside_school_day"
    far = [sitting(local(18, 18, 30) + timedelta(days=28))]
    assert refused(now, BEFORE, sittings=far).code == "outside_school_day"
    gone = [sitting(local(1, 18, 30))]
    assert refused(now, BEFORE, sittings=gone).code == "outside_school_day"


def test_a_sitting_in_a_weekend_gets_tests_on_its_day_of_the_week() -> None:
    """On a Saturday at ten."""
    saturday = [sitting(local(20, 10))]
    assert isinstance(decided(local(13, 10, 50), BEFORE, sittings=saturday), Granted)
    assert refused(local(14, 10, 50), BEFORE, sittings=saturday).code == "outside_school_day"
    assert refused(local(13, 11, 10), BEFORE, sittings=saturday).code == "outside_school_day"


def test_whoever_asks_in_the_evening_is_led_to_the_sittings_hour() -> None:
    """And a sitting in lessons changes nothing."""
    evening, morning = [sitting(local(18, 18, 30))], [sitting(local(18, 9))]
    now = local(8, 16, 30)
    led = now + timedelta(seconds=refused(now, BEFORE, sittings=evening).retry_after_s)
    assert local(8, 18) <= led < local(8, 19)
    assert refused(now, BEFORE, sittings=morning) == refused(now, BEFORE)


def test_the_school_day_by_the_setting() -> None:
    """It may begin and end within an hour."""
    rules = LeaseRules(school_day=Hours(time(8, 30), time(14, 45)))
    assert refused(local(8, 8, 29), BEFORE, rules=rules).code == "outside_school_day"
    assert isinstance(decided(local(8, 8, 59), BEFORE, rules=rules), Granted)
    assert isinstance(decided(local(8, 14, 44), BEFORE, rules=rules), Granted)
    assert refused(local(8, 14, 45), BEFORE, rules=rules).code == "outside_school_day"


def test_a_sitting_has_the_line_for_itself() -> None:
    """From before it until its end; a lease that would last into it is not given either."""
    held = [sitting(local(8, 10), minutes=90)]
    assert isinstance(decided(local(8, 9, 44), BEFORE, sittings=held), Granted)
    almost = local(8, 9, 44) + timedelta(seconds=50)
    assert refused(almost, BEFORE, sittings=held).code == "sitting_in_progress"
    assert refused(local(8, 11, 29), BEFORE, sittings=held).code == "sitting_in_progress"
    assert isinstance(decided(local(8, 11, 50), BEFORE, sittings=held), Granted)
    back = local(8, 10) + timedelta(seconds=refused(local(8, 10), BEFORE, sittings=held, chance=0.0).retry_after_s)
    assert local(8, 11, 30) <= back < local(8, 12)


def test_quiet_hours() -> None:
    """With their ends, and the way out of them."""
    rules = LeaseRules(quiet_hours=[Hours(time(11), time(12)), Hours(time(11, 30), time(12, 30))])
    assert refused(local(8, 11), BEFORE, rules=rules).code == "quiet_hours"
    assert refused(local(8, 12, 10), BEFORE, rules=rules).code == "quiet_hours"
    assert isinstance(decided(local(8, 12, 55), BEFORE, rules=rules), Granted)
    back = local(8, 11) + timedelta(seconds=refused(local(8, 11), BEFORE, rules=rules, chance=0.0).retry_after_s)
    assert local(8, 12, 30) <= back < local(8, 13)


def test_with_no_hour_left_devices_ask_twice_a_day() -> None:
    """An operator who writes that must see something, and agents must not run wild."""
    rules = LeaseRules(quiet_hours=[Hours(time(0), time(12)), Hours(time(12), time(0))])
    assert refused(local(8, 9), BEFORE, rules=rules, chance=0.5) == Refused("quiet_hours", RETRY_LONGEST_S * 3 // 4)


def test_an_hour_that_was_missed_may_have_more() -> None:
    """Three Mondays at ten had one test and the best hour had three: now ten o'clock may have two, not three."""
    nine = [local(day, 9, 30) for day in (1, 8, 15)]
    first = local(22, 10, 2)
    missed = [*nine, first]
    assert refused(local(22, 10, 15), missed).code == "enough_for_now"
    assert isinstance(decided(local(22, 10, 20), missed), Granted)
    assert refused(local(22, 10, 55), [*missed, local(22, 10, 20)]).code == "enough_for_now"
    assert refused(local(22, 10, 20), missed, rules=LeaseRules(tests_per_hour=1)).code == "enough_for_now"
    ten = [local(day, 10, 30) for day in (1, 8, 15)]
    assert refused(local(22, 10, 20), [*nine, *ten, first]).code == "enough_for_now", "it does not lag behind"


def test_four_weeks_count() -> None:
    """Every hour of the week came four times in them, also when the clocks change."""
    assert counted_since(local(29, 15)) == local(2, 0)
    assert counted_since(local(2, 0)) == datetime(2027, 2, 3, tzinfo=SCHOOL_TIME)


def first_retry(failed: Sequence[datetime]) -> float:
    """After how many minutes since the last try the next one is allowed."""
    since = failed[-1]
    minutes = (
        minute
        for minute in range(60)
        if isinstance(decided(since + timedelta(minutes=minute), BEFORE, failed=failed), Granted)
    )
    return next(minutes)


def test_a_test_that_failed_is_tried_again_within_the_hour() -> None:
    """After a pause that doubles, somewhat longer by lot; the code says why not at once."""
    first = local(8, 9, 1)
    answer = refused(first + timedelta(minutes=1), BEFORE, failed=[first], chance=0.0)
    assert answer.code == "tried_lately"
    assert RETRY_FIRST_S - 60 <= answer.retry_after_s <= RETRY_FIRST_S * (1 + RETRY_SPREAD)
    assert 5 <= first_retry([first]) <= 8
    second = first + timedelta(minutes=9)
    assert 10 <= first_retry([first, second]) <= 15


def test_it_is_tried_again_a_bounded_number_of_times() -> None:
    """A measurement point that is away must not be asked without end; the next hour begins anew."""
    failed = [local(8, 9, 1 + 9 * number) for number in range(TRIES_PER_HOUR)]
    assert refused(local(8, 9, 59), BEFORE, failed=failed).code == "enough_for_now"
    assert isinstance(decided(local(8, 10, 50), BEFORE, failed=failed), Granted)


def test_a_retry_that_gave_a_number_is_the_sample_of_its_hour() -> None:
    """Then the hour has had enough."""
    failed, measured = [local(8, 9, 1)], [local(8, 9, 10)]
    assert refused(local(8, 9, 50), [*BEFORE, *measured], failed=failed).code == "enough_for_now"


def test_a_failure_near_the_end_of_an_hour_waits_for_the_next() -> None:
    """The pause does not fit any more, and every hour has its own."""
    failed = [local(8, 9, 57)]
    answer = refused(local(8, 9, 58), BEFORE, failed=failed, chance=0.0)
    assert answer.code == "enough_for_now"
    assert local(8, 10) <= local(8, 9, 58) + timedelta(seconds=answer.retry_after_s) < local(8, 11)


def test_an_hour_whose_tests_failed_lags_behind() -> None:
    """What gave no number is no sample: with three failed Mondays at ten, ten o'clock may have two today."""
    nine = [local(day, 9, 30) for day in (1, 8, 15)]
    failed = [local(day, 10, 59) for day in (1, 8, 15)]
    first = local(22, 10, 2)
    assert isinstance(decided(local(22, 10, 20), [*nine, first], failed=failed), Granted)


def test_schools_do_not_come_back_together() -> None:
    """After one moment at which a measurement point was away, by lot of each school."""
    at = local(8, 9, 0)
    waits = set()
    for number in range(20):
        use = LineUse(f"9900{number:04}", [*history(BEFORE), LineTest(at, False)])
        answer = decide_lease(use, [], RULES, length=LENGTH, now=at + LENGTH, chance=0.0)
        assert isinstance(answer, Refused)
        waits.add(answer.retry_after_s)
    assert len(waits) > 10
