"""Holds worlds against the product: each goes through the door (docs/replay.md), its truth beside what is said."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from collector.readiness.domain.model import Finding, Status, Verdict
from collector.replay.files import configuration_for
from collector.replay.replay import Replay
from tests.truth.worlds.mending import outcomes_after
from tests.truth.worlds.world import World, make

LOWER_BOUNDS = {"line-down": ("down_q10", "down_left"), "line-up": ("up_q10", "up_left")}
"""Requirements whose `measured` is a bound, and what of: where runs say so much is left at least; and what a rehearsal
carried without the margin is of what is left at the sitting, as is what is left at most.
"""
MARGIN = 1.3
REHEARSED = "step_line_rehearsed"

MARGINS = {"line-down": "down", "start-burst": "down", "line-up": "up", "devices-enough": "machines"}


class Task(msgspec.Struct, frozen=True, array_like=True):
    """Which world."""

    family: str
    number: int
    seed: int


class StatedBound(msgspec.Struct, frozen=True):
    """A bound that a finding states, and the truth that lies above it if the bound holds; below, where `is_upper`."""

    requirement: str
    bound: float
    truth: float
    is_upper: bool = False

    @property
    def holds(self) -> bool:
        """Whether the truth lies on the side that was stated; what was written down was rounded."""
        least, most = (self.truth, self.bound) if self.is_upper else (self.bound, self.truth)
        return least <= most * 1.0005


class ProposedFix(msgspec.Struct, frozen=True):
    """A way out that was proposed, and the worst margin of what it is to mend, once it is done."""

    kind: str
    mends: list[str]
    margin: float

    @property
    def flips(self) -> bool:
        """Whether the world is so then."""
        return self.margin >= 1.0


class JudgedSitting(msgspec.Struct, frozen=True):
    """What is true of a sitting, and what was said of it at each time that was asked."""

    succeeds: bool
    is_comfortable: bool
    margins: dict[str, float]
    said: list[str]
    binding: str | None
    fixes: list[ProposedFix] = []


class Judged(msgspec.Struct, frozen=True):
    """A world held against the product. Seconds are of a processor: to make it, and to judge it."""

    task: Task
    is_typical: bool
    is_rehearsed: bool
    sittings: dict[str, JudgedSitting]
    bounds: list[StatedBound]
    refused: int
    made_s: float
    judged_s: float

    @property
    def worst(self) -> JudgedSitting:
        """The sitting that is judged most wrongly: a false ready, else a false not ready, else one that would fail."""
        return min(self.sittings.values(), key=_order)


def is_false_ready(sitting: JudgedSitting) -> bool:
    """Said to be ready and would fail."""
    return sitting.said[-1] == "ready" and not sitting.succeeds


def is_false_not_ready(sitting: JudgedSitting) -> bool:
    """Said to be not ready and would succeed."""
    return sitting.said[-1] == "not_ready" and sitting.succeeds


def _order(sitting: JudgedSitting) -> tuple[bool, bool, bool]:
    return not is_false_ready(sitting), not is_false_not_ready(sitting), sitting.succeeds


def judge(task: Task) -> Judged:
    """Makes a world, writes it down as anyone would, and judges it."""
    began_s = time.process_time()
    world = make(task.family, task.number, task.seed)
    with tempfile.TemporaryDirectory(prefix="provklar-world-") as folder:
        world.write(Path(folder))
        made_s = time.process_time()
        said, refused = _said(world, Path(folder))
    judged_s = time.process_time()
    outcomes = world.outcomes()
    sittings = {
        name: JudgedSitting(
            succeeds=outcome.succeeds,
            is_comfortable=outcome.is_comfortable,
            margins={name: round(margin, 3) for name, margin in outcome.margins.items()},
            said=[verdicts[name].status.value if name in verdicts else "gone" for verdicts in said],
            binding=said[-1][name].binding,
            fixes=_fixes(world, said[-1][name]),
        )
        for name, outcome in outcomes.items()
    }
    bounds = _bounds(world, said[-1])
    return Judged(
        task, world.is_typical, world.is_rehearsed, sittings, bounds, refused, made_s - began_s, judged_s - made_s
    )


def _said(world: World, folder: Path) -> tuple[list[dict[str, Verdict]], int]:
    """The verdicts by sitting at each time that is asked, and how many lines were refused."""
    file = folder / "replay.jsonl"
    replay = Replay(configuration_for(folder / "config", file, datetime.now(UTC), {}))
    try:
        replay.feed(file.read_bytes().splitlines())
        said = [{verdict.sitting.id: verdict for verdict in replay.verdicts(at)} for at in world.asked]
        return said, len(replay.receipts.refused)
    finally:
        replay.close()


def _fixes(world: World, verdict: Verdict) -> list[ProposedFix]:
    """What the last verdict proposes, done in the world."""
    found = []
    for fix in verdict.fixes:
        told = {name: _place(verdict, value) for name, value in fix.what.values.items()}
        kind = fix.what.code.removeprefix("fix_").removesuffix("_beside")
        outcomes = outcomes_after(world, verdict.sitting.id, kind, told, fix.devices)
        about = {margin for one in fix.mends for margin in [_margin_of(one)] if margin is not None}
        if outcomes and about:
            worst = min(outcome.margins[name] for outcome in outcomes for name in about)
            found.append(ProposedFix(kind, fix.mends, round(worst, 3)))
    return found


def _place(verdict: Verdict, value: object) -> object:
    """A room's id, where its name is told."""
    return next((room.id for room in verdict.school.rooms if room.name == value), value)


def _margin_of(requirement: str) -> str | None:
    """What the world calls that which the requirement asks for."""
    return "air" if requirement.startswith("wifi-") else MARGINS.get(requirement)


def _bounds(world: World, verdicts: dict[str, Verdict]) -> list[StatedBound]:
    truths = world.quantities()
    found = []
    for finding in verdicts[world.sittings[0].id].findings:
        measured = _stated(finding)
        if finding.requirement in LOWER_BOUNDS and measured is not None:
            by_runs, by_rehearsal = LOWER_BOUNDS[finding.requirement]
            is_rehearsed = any(one.name == REHEARSED and one.value == round(measured, 6) for one in finding.steps)
            if finding.status is Status.NOT_READY:
                found.append(
                    StatedBound(f"{finding.requirement}: at most", measured, truths[by_rehearsal], is_upper=True)
                )
            elif is_rehearsed:
                name = f"{finding.requirement}: rehearsed / {MARGIN}"
                found.append(StatedBound(name, measured / MARGIN, truths[by_rehearsal]))
            else:
                found.append(StatedBound(finding.requirement, measured, truths[by_runs]))
    return found


def _stated(finding: Finding) -> float | None:
    """The bound, where the finding has one to state."""
    known = finding.headroom is not None and isinstance(finding.measured, int | float)
    return float(finding.measured) if known and finding.measured is not None else None
