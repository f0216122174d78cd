"""An occasion: a sitting with all that takes from the same line, machines and rooms while it goes on. Pure.

Sittings that overlap in time and share a line or a school are judged together: their pupils add up, and machines come
from one pool. More sittings never make one of them easier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from collector.readiness.domain.breaks import Break
from collector.readiness.domain.model import Line, School, SharedLine, Sitting
from collector.readiness.domain.sittings import starts_at

HALF_A_DAY = timedelta(hours=12)


@dataclass(frozen=True)
class SittingBeside:
    """Another sitting that overlaps: from when until when it goes on, in UTC."""

    sitting: Sitting
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Occasion:
    """A sitting in its surroundings. `beside` are the sittings that overlap it at any school on its line,
    `line_schools` all schools that hang on the line, its own first, and `line` what the contract says of it.
    `point_is_inside`: the measurement point stands in the authority's own network, so measuring towards it proves the
    line to there only. `breaks` are those that the authority has written down. `that_day` are the sittings at those
    schools within half a day of it, those beside it too. `is_only_school`: there is no other to compare with, so
    whether something beyond fails for all can not be told.
    """

    sitting: Sitting
    school: School
    begins_at: datetime
    ends_at: datetime
    line_schools: Sequence[School]
    line: Line | None = None
    beside: Sequence[SittingBeside] = field(default_factory=tuple)
    point_is_inside: bool = False
    breaks: Sequence[Break] = field(default_factory=tuple)
    that_day: Sequence[SittingBeside] = field(default_factory=tuple)
    is_only_school: bool = False

    @property
    def pupils_starting(self) -> int:
        """The most of them who open the test together, where sittings start in groups."""
        return self._most_at_once(lambda one: -(-one.pupils // one.start_groups), lambda _: True)

    @property
    def pupils_on_line(self) -> int:
        """The most pupils who take a test on the line at any one moment of the sitting, its own among them."""
        return self._most_at_once(lambda one: one.pupils, lambda _: True)

    @property
    def people_on_line(self) -> int:
        """Pupils and staff of all schools on the line, whatever they do."""
        return sum(people_of(school) for school in self.line_schools)

    def contract(self, direction: Literal["down", "up"]) -> float | None:
        """What the contract says of the line in Mbit/s, where that is told."""
        if self.line is None:
            return None
        return self.line.down_mbit_s if direction == "down" else self.line.up_mbit_s

    def at_school(self, amount: Callable[[Sitting], int]) -> int:
        """The most of something that this school's sittings need at any one moment, this one's among them."""
        return self._most_at_once(amount, lambda one: one.school == self.school.code)

    def together(self) -> list[list[Sitting]]:
        """The school's other sittings that go on at each moment of this one at which any begins."""
        near = [one for one in self.beside if one.sitting.school == self.school.code]
        moments = sorted({self.begins_at, *(one.begins_at for one in near if one.begins_at > self.begins_at)})
        return [[one.sitting for one in near if one.begins_at <= moment < one.ends_at] for moment in moments]

    def pupils_in(self, room: str) -> int:
        """The most pupils in a room at any one moment, if each sitting spreads over its rooms by their seats."""
        return self._most_at_once(
            lambda one: share_of_room(one, self.school, room), lambda one: one.school == self.school.code
        )

    def _most_at_once(self, amount: Callable[[Sitting], int], counts: Callable[[Sitting], bool]) -> int:
        """What is needed at once grows only when a sitting begins: so the moments to look at are the beginnings."""
        near = [one for one in self.beside if counts(one.sitting)]
        moments = {self.begins_at, *(one.begins_at for one in near if one.begins_at > self.begins_at)}
        beside = max(
            sum(amount(one.sitting) for one in near if one.begins_at <= moment < one.ends_at) for moment in moments
        )
        return amount(self.sitting) + beside


def people_of(school: School) -> int:
    """Pupils and staff of a school."""
    return sum(group.pupils for group in school.year_groups) + school.staff


def share_of_room(sitting: Sitting, school: School, room: str) -> int:
    """How many of the sitting's pupils sit in the room, spread by seats and rounded up; 0 where it is none of its."""
    if room not in sitting.rooms:
        return 0
    seats = {one.id: one.seats for one in school.rooms if one.id in sitting.rooms}
    together = sum(seats.values())
    if not together:
        return -(-sitting.pupils // len(sitting.rooms))
    return -(-sitting.pupils * seats.get(room, 0) // together)


def alone(sitting: Sitting, school: School, now: datetime, breaks: Sequence[Break] = ()) -> Occasion:
    """A sitting with nothing beside it, on a line of the school's own."""
    begins_at = starts_at(sitting, now, breaks)
    ends_at = begins_at + timedelta(minutes=sitting.minutes)
    return Occasion(sitting, school, begins_at, ends_at, [school], school.line, breaks=breaks)


def occasion_of(
    sitting: Sitting,
    sittings: Iterable[Sitting],
    schools: Mapping[str, School],
    lines: Iterable[SharedLine],
    now: datetime,
    *,
    breaks: Sequence[Break] = (),
) -> Occasion:
    """The sitting among `sittings` (it may be one of them). Sittings that are held already take nothing."""
    own = alone(sitting, schools[sitting.school], now, breaks)
    shared = next((line for line in lines if sitting.school in line.schools), None)
    codes = [sitting.school, *(code for code in (shared.schools if shared else []) if code != sitting.school)]
    on_line = [schools[code] for code in codes if code in schools]
    near = []
    for other in sittings:
        if other.id == sitting.id or other.held or other.school not in codes:
            continue
        begins_at = starts_at(other, now, breaks)
        ends_at = begins_at + timedelta(minutes=other.minutes)
        if begins_at < own.ends_at + HALF_A_DAY and own.begins_at - HALF_A_DAY < ends_at:
            near.append(SittingBeside(other, begins_at, ends_at))
    beside = tuple(one for one in near if one.begins_at < own.ends_at and own.begins_at < one.ends_at)
    line = shared.line if shared else own.line
    return replace(own, line_schools=on_line, line=line, beside=beside, that_day=tuple(near))
