"""What measured places say of a whole room, by counting alone. Pure.

A class sits at as many places as it has pupils. Some of them were measured: `fixed` ones, each another, by machines
that stand there; and `visits`, by machines that move, each to a place that may be the same as another's. How many of
the measured are among the worst of all is then a question of drawing: of the fixed ones without putting back
(hypergeometric), from as many places as the class takes; of the visits with putting back (binomial), from the whole
room. Nothing is assumed of how values are spread.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from agent.protocol.quantiles import tail_rank

_LARGEST = 102
"""Of classes as large as that it hardly matters any more that there are no more of them."""


@dataclass(frozen=True)
class Drawn:
    """How many places of a room were measured, and how."""

    fixed: int
    visits: int

    @property
    def measured(self) -> int:
        """All of them, each visit as one."""
        return self.fixed + self.visits


def may_lack(pupils: int, share: float) -> int:
    """How many of the pupils may be without a good place: fewer than `share` of them, so none of a small class."""
    return tail_rank(pupils, share) - 1


def certain_rank(drawn: Drawn, pupils: int, share: float, confidence: float) -> int | None:
    """The rank (1 = worst) of the measured value that all pupils but those who `may_lack` reach, with `confidence`;
    None: too few places to say.

    A class of eleven may have one pupil without a good place where one of ten may not. What holds for more pupils holds
    for fewer, so larger classes that may have one more count as well, if they allow more.
    """
    return max(_rank_of_class(drawn, one, share, confidence) for one in _as_hard(pupils, share)) or None


def doubtless_rank(drawn: Drawn, pupils: int, seats: int, share: float, confidence: float) -> int:
    """The rank (1 = worst) of the measured value such that, if even this one is bad, too many lack a good place; one
    more than were measured where that can not be.

    Too many do if more are bad than would be by chance in any class where no more than may lack one do; or if more
    pupils than may would be without however they are seated on the room's `seats`.
    """
    by_chance = max(_beyond(drawn, one, max(one, drawn.fixed), share, confidence) for one in _as_hard(pupils, share))
    return min(by_chance, _beyond(drawn, pupils, max(pupils, seats, drawn.fixed), share, confidence))


def _beyond(drawn: Drawn, pupils: int, places: int, share: float, confidence: float) -> int:
    allowed = may_lack(pupils, share) + places - pupils
    return _rank_beyond(drawn, places, allowed, max(share, allowed / places), confidence)


def places_lacking(drawn: Drawn, pupils: int, share: float, confidence: float) -> int:
    """How many more different places it takes before the measured can speak for the class; 0 where they can."""
    more = 0
    while certain_rank(Drawn(drawn.fixed + more, drawn.visits), pupils, share, confidence) is None:
        more += 1
    return more


@lru_cache(maxsize=65_536)
def may_be_worse(drawn: Drawn, places: int, confidence: float) -> int:
    """How many of so many different places may be worse than all that were measured (or better than all): of more of
    them, one would have been met, with `confidence`.
    """
    worse, different = 0, max(places, drawn.fixed)
    while worse < different - drawn.fixed and _all_missed(drawn, different, worse + 1) > 1 - confidence:
        worse += 1
    return worse


def _all_missed(drawn: Drawn, places: int, worse: int) -> float:
    return _exactly(0, drawn, places, worse, worse / places)


@lru_cache(maxsize=4_096)
def _as_hard(pupils: int, share: float) -> tuple[int, ...]:
    """Classes that are no easier: this one, and each larger that is the first which may have one more lacking."""
    return (pupils, *(one for one in range(pupils + 1, _LARGEST) if may_lack(one, share) > may_lack(one - 1, share)))


@lru_cache(maxsize=65_536)
def _rank_of_class(drawn: Drawn, pupils: int, share: float, confidence: float) -> int:
    """The largest rank such that so many of the measured are surely among the worst that may not all be bad."""
    worst = may_lack(pupils, share) + 1
    rank, fewer = 0, 0.0
    while rank < drawn.measured:
        fewer += _exactly(rank, drawn, max(pupils, drawn.fixed), worst, share)
        if 1 - fewer < confidence:
            break
        rank += 1
    return rank


@lru_cache(maxsize=65_536)
def _rank_beyond(drawn: Drawn, places: int, allowed: int, share: float, confidence: float) -> int:
    """The least rank that the measured among the `allowed` worst places surely do not come to."""
    rank, at_most = 0, 0.0
    while rank <= drawn.measured:
        at_most += _exactly(rank, drawn, places, allowed, share)
        rank += 1
        if at_most >= confidence:
            break
    return rank


def _exactly(count: int, drawn: Drawn, places: int, worst: int, share: float) -> float:
    """How probable it is that exactly so many of the measured are among the `worst` places; a visit is with `share`."""
    least = max(0, count - drawn.visits)
    return sum(
        _of_fixed(of_fixed, drawn.fixed, places, worst) * _of_visits(count - of_fixed, drawn.visits, share)
        for of_fixed in range(least, min(count, worst, drawn.fixed) + 1)
    )


def _of_fixed(count: int, fixed: int, places: int, worst: int) -> float:
    if fixed - count > places - worst:
        return 0.0
    return math.comb(worst, count) * math.comb(places - worst, fixed - count) / math.comb(places, fixed)


def _of_visits(count: int, visits: int, share: float) -> float:
    if share >= 1:
        return float(count == visits)
    if not share:
        return float(count == 0)
    return math.comb(visits, count) * share**count * (1 - share) ** (visits - count)
