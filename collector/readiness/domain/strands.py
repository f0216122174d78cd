"""Observations by the device and the probe that they came from: a strand each, of which what is made is made once.

A device that says nothing new keeps its strands from one judgement to the next, and all that was made of them. So a
report costs work for the one strand that it changed. Pure: what is made of a strand hangs on nothing else than the
strand and the arguments.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import chain
from operator import le
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collector.readiness.domain.model import Observation

Made = TypeVar("Made")
KEPT_ANSWERS = 8
"""Of one piece of work on a strand, for so many different arguments."""


class Strand(tuple["Observation", ...]):
    """What one device said by one probe, the oldest first; never empty, and never changed."""

    _made: dict[object, list[tuple[tuple[object, ...], object]]]

    def __new__(cls, observations: Iterable[Observation]) -> Strand:
        """Of one device and one probe: that is for the caller to see to."""
        strand = super().__new__(cls, observations)
        assert strand, "a strand has at least one observation"
        strand._made = {}
        return strand

    @property
    def device_id(self) -> str:
        """Who said it."""
        return self[0].device_id

    @property
    def probe(self) -> str:
        """By which probe."""
        return self[0].probe

    def once(self, work: Callable[..., Made], *arguments: object) -> Made:
        """What `work` makes of this strand and the arguments, kept as each judgement asks for it anew; of several
        arguments the last few. `work` is a function of a module, so that it is the same the next time, and gives
        anything but the strand.
        """
        kept = self._made.setdefault(work, [])
        for asked, made in kept:
            if asked == arguments:
                return cast("Made", made)
        found = work(self, *arguments)
        assert found is not self, "a circle would keep it in memory"
        kept.append((arguments, found))
        if len(kept) > KEPT_ANSWERS:
            del kept[0]
        return found

    def lasting(self, since: datetime) -> Strand | None:
        """Those that were seen to hold at that time or later: the same strand as long as none of it drops out."""
        times = self.once(_last_times)
        if times is None:
            return self.only([one for one in self if one.last_at >= since])
        first = bisect_left(times, since)
        return self if first == 0 else self.once(_from, first)

    def only(self, kept: Sequence[Observation]) -> Strand | None:
        """A strand of those that are kept, in their order; the same one where all are, None where none is."""
        if len(kept) == len(self) and all(map(_is, self, kept)):
            return self
        return Strand(kept) if kept else None


class Strands(list["Observation"]):
    """Observations, one strand after the other; `parts` are the strands. Not to be changed."""

    parts: Sequence[Strand]

    def __init__(self, parts: Iterable[Strand] = ()) -> None:
        """In this order."""
        self.parts = tuple(parts)
        super().__init__(chain.from_iterable(self.parts))


def strands_of(observations: Iterable[Observation]) -> Sequence[Strand]:
    """The strands of any observations: those that they are made of, or new ones, in the order of their first."""
    if isinstance(observations, Strands):
        return observations.parts
    found: dict[tuple[str, str], list[Observation]] = {}
    for one in observations:
        found.setdefault((one.device_id, one.probe), []).append(one)
    return [Strand(ones) for ones in found.values()]


def _last_times(strand: Strand) -> Sequence[datetime] | None:
    """When each was last seen to hold; None where they do not come in that order."""
    times = [one.last_at for one in strand]
    return times if all(map(le, times, times[1:])) else None


def _from(strand: Strand, first: int) -> Strand | None:
    return Strand(strand[first:]) if first < len(strand) else None


def _is(one: Observation, other: Observation) -> bool:
    return one is other
