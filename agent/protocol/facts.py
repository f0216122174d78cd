"""What a probe declares: its facts with type, unit and bounds, and what they are about. The catalogue that both sides
know is made of these.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Literal

import msgspec

from agent.protocol.wire import Facts, FactValue

FactType = Literal["bool", "int", "float", "str"]
About = Literal["device", "network"]
RoomEvidence = Literal["air", "line"]

ALL_FACTS = ("*",)


class Levels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Readings of a number that are alike: those that meet `operator` for the same ones of the `edges`, which rise.

    So a requirement that asks for an edge by that operator says the same of all readings of a level, whichever is kept.
    What another number asks may be said of a kept reading and not of one beside it: between two edges of a level lies
    how far off the one may be from the other, and beyond the first and the last edge there is no such bound.
    """

    operator: Literal["at_least", "at_most"]
    edges: tuple[float, ...]

    def of(self, value: FactValue) -> int | None:
        """Which level the value is of, the lowest is 0; None for what is no number, such as what is not known."""
        if value is None or isinstance(value, bool | str):
            return None
        return bisect_right(self.edges, value) if self.operator == "at_least" else bisect_left(self.edges, value)


def at_least(*edges: float) -> Levels:
    """Levels of what is the better the more it is: each edge is the least value of one."""
    return Levels("at_least", edges)


def at_most(*edges: float) -> Levels:
    """Levels of what is the better the less it is: each edge is the greatest value of one."""
    return Levels("at_most", edges)


class FactSpec(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One fact that a probe gives: its name (with unit suffix), type, unit, meaning and plausible bounds; and, where it
    wavers from reading to reading, its levels.
    """

    name: str
    type: FactType
    unit: str
    help: str
    minimum: float | None = None
    maximum: float | None = None
    levels: Levels | None = None

    @property
    def is_number(self) -> bool:
        """Whether it can be laid against a number."""
        return self.type in {"int", "float"}

    def accepts(self, value: FactValue) -> bool:
        """Whether `value` has this fact's type and lies within its bounds. None always does: it says "not known"."""
        if value is None:
            return True
        if self.type == "str":
            return isinstance(value, str)
        if self.type == "bool" or isinstance(value, bool | str):
            return self.type == "bool" and isinstance(value, bool)
        if self.type == "int" and not isinstance(value, int):
            return False
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)


class DefaultPlan(msgspec.Struct, frozen=True):
    """How often a probe runs where nobody says otherwise, in seconds: a `ProbePlan` that has no name yet."""

    every_s: int
    jitter_s: int
    deadline_s: float


class Declaration(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """All that is known of a probe before it runs: what others want to know of probes they ask of this, by no list.

    `version` is raised when a fact's meaning changes. `about` has no default: what is about the network counts only
    from the school's own, and a home's measurements must not count because somebody forgot to say so.

    `counts_late`: what it measured of a network counts however late it arrives, because it can only have been measured
    at the school, or is how a broken line is known. `loads_line`: it fills the line, so it runs last and under a lease.
    `transfers`: so many transfers of the policy's `throughput` bounds are all that it needs of a lease; with 0 it may
    have its whole deadline. `shows_room`: it tells of the room's network, of the air there or of the line from there.
    `plan` is how often it runs unless the operator says otherwise; without one, only where an operator asks for it.
    `page_knows` names the facts that a page in a browser can find out too, `ALL_FACTS` stands for all of them: a
    browser that sends others makes them up.
    `steady` names the facts that are the same from reading to reading, where all others, and the rows, waver. They and
    the levels of the others are a state: of an hour in one state the first reading is kept, with the time of each.
    None: every reading differs.
    """

    version: int
    about: About
    loads_line: bool = False
    counts_late: bool = False
    transfers: int = 0
    shows_room: RoomEvidence | None = None
    plan: DefaultPlan | None = None
    page_knows: tuple[str, ...] = ()
    steady: tuple[str, ...] | None = None
    facts: tuple[FactSpec, ...]

    def state(self, facts: Facts) -> tuple[FactValue, ...]:
        """What tells the state that these facts are of from any other; nothing where every reading differs."""
        levels = (spec.levels.of(facts.get(spec.name)) for spec in self.facts if spec.levels is not None)
        return () if self.steady is None else (*(facts.get(name) for name in self.steady), *levels)
