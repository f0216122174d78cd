"""What a probe declares: its facts with type, unit and bounds, and what they are about. The catalogue that both sides
know is made of these.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from agent.protocol.wire import FactValue

FactType = Literal["bool", "int", "float", "str"]
About = Literal["device", "network"]
RoomEvidence = Literal["air", "line"]

ALL_FACTS = ("*",)


class FactSpec(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One fact that a probe gives: its name (with unit suffix), type, unit, meaning and plausible bounds."""

    name: str
    type: FactType
    unit: str
    help: str
    minimum: float | None = None
    maximum: float | None = None

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
    `steady` names the facts that tell one state from another, where all others, and the rows, waver from reading to
    reading: of an hour in one state the first reading is kept, with the time of each. None: every reading differs.
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
