"""What a line carried of a rehearsal: of all who took part, at once."""

from __future__ import annotations

from datetime import timedelta
from math import inf

import pytest
from msgspec.structs import replace

from collector.readiness.domain.figures import OTHERS_SLOWER
from collector.readiness.domain.model import OthersMeanwhile, Participant, Rehearsal
from collector.readiness.evidence.rehearsals import HeldRehearsal
from collector.readiness.rehearsal.totals import LineRehearsed, line_rehearsed
from tests.support.rehearsals import HARMED, UNHARMED, rehearsal, taking_part
from tests.unit.collector.readiness.cases import NOW

BEGIN = NOW - timedelta(hours=1)
NAMES = [str(number) for number in range(10)]


def total(record: Rehearsal, strangers: list[Participant] | None = None) -> LineRehearsed:
    [one] = line_rehearsed([HeldRehearsal(record, record.participants, strangers or [])], "down", OTHERS_SLOWER)
    return one


def test_all_that_came_through() -> None:
    found = total(rehearsal(BEGIN, taking_part(NAMES)))
    assert found.least == pytest.approx(6.5)
    assert found.most == inf


def test_all_that_there_was() -> None:
    """All rooms were short of it alike. What strangers took was there too, and so may be what was not counted."""
    record = rehearsal(BEGIN, taking_part(NAMES, down_mbit_s=0.4))
    assert [total(record).least, total(record).most] == pytest.approx([4.0, 4.0])
    strangers = taking_part(["x", "y"], down_mbit_s=0.4)
    assert total(record, strangers).most == pytest.approx(4.8)
    uncounted = replace(record, participants=[*record.participants[1:], taking_part(["0"], down_mbit_s=None)[0]])
    assert total(uncounted).most == pytest.approx(3.6 + 0.65)


def test_one_room_that_is_short_is_not_the_line() -> None:
    parts = [*taking_part(NAMES[:5], ["a1"]), *taking_part(NAMES[5:], ["a2"], down_mbit_s=0.1)]
    assert total(rehearsal(BEGIN, parts)).most == inf


@pytest.mark.parametrize(
    ("others", "is_free", "is_full"),
    [
        (UNHARMED, True, False),
        (HARMED, False, True),
        (OthersMeanwhile(), False, False),
        (replace(UNHARMED, loss_meanwhile_ratio=0.1), False, True),
        (replace(UNHARMED, loss_meanwhile_ratio=None), False, False),
        (OthersMeanwhile(4.0, 9.0, 0.0), True, False),
    ],
)
def test_whether_others_made_room(others: OthersMeanwhile, *, is_free: bool, is_full: bool) -> None:
    """Where nobody looked, nobody knows."""
    found = total(rehearsal(BEGIN, taking_part(NAMES), others=others))
    assert (found.is_free, found.is_full) == (is_free, is_full)


def test_schools_on_one_line_together() -> None:
    """Those of one id that went on at the same time."""
    first = rehearsal(BEGIN, taking_part(NAMES))
    near = replace(first, school="10000002", begins_at=BEGIN + timedelta(minutes=5))
    later = replace(near, begins_at=first.ends_at, ends_at=first.ends_at + timedelta(minutes=20))
    for other, totals in ((near, [13.0]), (later, [6.5, 6.5])):
        held = [HeldRehearsal(one, one.participants, []) for one in (first, other)]
        found = line_rehearsed(held, "down", OTHERS_SLOWER)
        assert [one.least for one in found] == pytest.approx(totals)


def test_strangers_alone_are_no_rehearsal() -> None:
    record = rehearsal(BEGIN, taking_part(NAMES))
    assert line_rehearsed([HeldRehearsal(record, [], record.participants)], "down", OTHERS_SLOWER) == []
