"""What the pupils who sit at once take of a line. Pure arithmetic, in Mbit/s."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from collector.readiness.domain.model import ExplanationStep
from collector.readiness.line.series import Direction


class PupilRate(NamedTuple):
    """What one pupil takes, in Mbit/s: at the unkind end of what nobody measured, and at the kind one."""

    unkind: float
    kind: float


@dataclass(frozen=True)
class DirectionSpec:
    """One way of loading the line: the traffic's direction, what a pupil takes of it with the figures that it comes
    from, and the contract's rate in Mbit/s where it is known.
    """

    direction: Direction
    per_pupil: PupilRate
    figures: list[ExplanationStep]
    contract: float | None


@dataclass(frozen=True)
class Demand:
    """`pupils` take a test on the line at once, `own_pupils` of them in this sitting; the line must leave `target`
    times what they take.
    """

    pupils: int
    own_pupils: int
    per_pupil: PupilRate
    target: float

    @property
    def needed(self) -> float:
        """What they take at the unkind end."""
        return self.pupils * self.per_pupil.unkind

    @property
    def needed_kind(self) -> float:
        """What they take at the kind end."""
        return self.pupils * self.per_pupil.kind
