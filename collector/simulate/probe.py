"""What a simulated probe is: how its findings are drawn at one moment. Pure; fact names are those of facts.json."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from agent.protocol.wire import Facts, ProbeError
from collector.simulate.model import SimulatedDevice, SimulatedSchool

HOSTS = (
    "prov.provplattform.example",
    "inloggning.provplattform.example",
    "film.provplattform.example",
    "administration.provplattform.example",
)
BLOCKED_HOST = HOSTS[2]
"""The one that a school with that trouble does not reach."""

NO_ANSWER = ProbeError("probe_failed", "the simulated probe gave no answer")
POINT_AWAY = ProbeError("measurement_point_unreachable", "the simulated measurement point did not answer")


class Moment(msgspec.Struct, frozen=True):
    """Everything that a probe's findings depend on. `busy` is the share of the line that teaching takes now."""

    school: SimulatedSchool
    device: SimulatedDevice
    busy: float
    rng: random.Random

    @property
    def is_blocked(self) -> bool:
        """Whether one of the test's hosts is not reached from this school."""
        return self.school.trouble == "blocked_host"


@dataclass(frozen=True, kw_only=True)
class SimulatedProbe:
    """`usual_s` is how long it takes, `draw` what it finds and `rows` the rows beside. `unsupported` says why a machine
    can not run it. A fact without a value is missing for the reason in `reasons`, else for `missing`.

    `failure` is how it fails: now and then on any machine where it is `flaky`, always on some where it `breaks`.

    `turn` is for those that were here first: they draw from one source of chance in this order, so that a seed gives
    the same municipality as ever. One without a turn comes after them with a source of its own, and disturbs no other.
    """

    usual_s: float
    draw: Callable[[Moment], Facts]
    rows: Callable[[Moment], list[Facts]] = lambda _: []
    unsupported: Callable[[SimulatedDevice], ProbeError | None] = lambda _: None
    missing: str = "not_told_by_system"
    reasons: Mapping[str, str] = field(default_factory=dict)
    failure: ProbeError = NO_ANSWER
    flaky: bool = False
    breaks: bool = False
    turn: int | None = None
