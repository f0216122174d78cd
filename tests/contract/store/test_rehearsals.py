"""Rehearsals, on either database: every version kept, and read as it was known at a moment."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from collector.readiness.domain.model import Participant, Rehearsal
from collector.store.store import Store
from tests.support.rehearsals import rehearsal, taking_part
from tests.support.stored import NOW, OTHER_SCHOOL, SCHOOL

MINUTE, WEEK = timedelta(minutes=1), timedelta(days=7)


def told(named: str = "g1", *, school: str = SCHOOL, late: timedelta = MINUTE, who: int = 3) -> Rehearsal:
    """An hour ago, for a quarter of one."""
    parts = taking_part([str(number) for number in range(who)], reached=["dns", "login"])
    made = rehearsal(NOW - 60 * MINUTE, [*parts, Participant("x", code="stalled", session="s1")], minutes=15)
    return replace(made, rehearsal_id=named, school=school, received_at=made.ends_at + late, facts={"n": 2})


def test_as_it_was_told(store: Store) -> None:
    """Each version once; the schools with something new are told."""
    assert store.save_rehearsals([told(), told(school=OTHER_SCHOOL)]) == {SCHOOL, OTHER_SCHOOL}
    assert store.save_rehearsals([told()]) == set()
    assert store.save_rehearsals([]) == set()
    assert store.evidence(SCHOOL, NOW, NOW - WEEK).rehearsals == [told()]
    assert store.evidence(OTHER_SCHOOL, NOW, NOW - WEEK).rehearsals == [told(school=OTHER_SCHOOL)]


def test_as_it_was_known(store: Store) -> None:
    """The newest version that had come in by then, in whatever order they were written; none before the first."""
    first, second = told(), told(late=30 * MINUTE, who=5)
    store.save_rehearsals([second, first, told("g0")])
    for at, known in (
        (first.received_at - timedelta(microseconds=1), []),
        (first.received_at, [told("g0"), first]),
        (second.received_at - timedelta(microseconds=1), [told("g0"), first]),
        (second.received_at, [told("g0"), second]),
    ):
        assert store.evidence(SCHOOL, at, at - WEEK).rehearsals == known


def test_one_is_known_however_old_it_is(store: Store) -> None:
    """What went badly is not mended by waiting."""
    store.save_rehearsals([told()])
    assert store.evidence(SCHOOL, NOW + 300 * WEEK, NOW + 299 * WEEK).rehearsals == [told()]


def test_old_ones_are_forgotten_with_the_rest(store: Store) -> None:
    store.save_rehearsals([told()])
    assert store.delete_older_than(told().ends_at) == 0
    assert store.delete_older_than(NOW) == 1
    assert store.evidence(SCHOOL, NOW, NOW - WEEK).rehearsals == []
