"""What many judged worlds come to: truth against what was said, how sure that is, and how useful it is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.truth.judging import Judged, StatedBound, is_false_not_ready, is_false_ready

STATUSES = ("ready", "at_risk", "not_ready", "unknown")
SURE = 0.95


@dataclass
class Tally:
    """The worlds of one family. `said` counts by (would succeed, what was said)."""

    said: Counter[tuple[bool, str]] = field(default_factory=Counter)
    false_ready: int = 0
    false_not_ready: int = 0
    bounds: dict[str, list[StatedBound]] = field(default_factory=dict)
    refused: int = 0
    judged_s: float = 0.0
    made_s: float = 0.0

    def add(self, judged: Judged) -> None:
        """One world more."""
        worst = judged.worst
        self.said[worst.succeeds, worst.said[-1]] += 1
        self.false_ready += is_false_ready(worst)
        self.false_not_ready += is_false_not_ready(worst)
        self.refused += judged.refused
        self.judged_s += judged.judged_s
        self.made_s += judged.made_s
        for bound in judged.bounds:
            self.bounds.setdefault(bound.requirement, []).append(bound)

    def count(self, *, succeeds: bool) -> int:
        """How many would, or would not."""
        return sum(self.said[succeeds, status] for status in STATUSES)

    @property
    def worlds(self) -> int:
        """All of them."""
        return self.said.total()


def tallies(judged: Iterable[Judged]) -> dict[str, Tally]:
    """By family, in the order of their names."""
    found: dict[str, Tally] = {}
    for one in judged:
        found.setdefault(one.task.family, Tally()).add(one)
    return dict(sorted(found.items()))


def together(parts: Iterable[Tally]) -> Tally:
    """All families as one."""
    whole = Tally()
    for part in parts:
        whole.said += part.said
        whole.false_ready += part.false_ready
        whole.false_not_ready += part.false_not_ready
        whole.refused += part.refused
        whole.judged_s += part.judged_s
        whole.made_s += part.made_s
    return whole


def at_most(found: int, of: int) -> float:
    """What share the truth is at most, `SURE` that it is not more, where so many were found (Clopper and Pearson)."""
    if found >= of:
        return 1.0
    low, high = found / of, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _as_few(found, of, middle) > 1 - SURE else (low, middle)
    return high


def _as_few(found: int, of: int, share: float) -> float:
    """How probable so many or fewer are."""
    logs = [
        math.lgamma(of + 1) - math.lgamma(k + 1) - math.lgamma(of - k + 1) + k * math.log(share)
        + (of - k) * math.log1p(-share)
        for k in range(found + 1)
    ]  # fmt: skip
    return sum(map(math.exp, logs))


@dataclass(frozen=True)
class Useful:
    """Of typical worlds asked day by day: the share known, and the share of truly ready ones that were called ready.
    `rightly` is the share known on the last day and not wrong.
    """

    days: int
    worlds: int
    truly_ready: int
    known: Sequence[float]
    ready: Sequence[float]
    rightly: float


def usefulness(judged: Iterable[Judged], *, rehearsed: bool = False) -> Useful | None:
    """Of typical worlds, those in which nobody rehearses, or those in which one rehearsal was held; None where there
    are none.
    """
    typical = [one for one in judged if one.is_typical and one.is_rehearsed is rehearsed]
    sittings = [sitting for one in typical for sitting in one.sittings.values()]
    if not sittings:
        return None
    days = len(sittings[0].said)
    truly = [sitting for sitting in sittings if sitting.is_comfortable]
    known = [sum(one.said[day] != "unknown" for one in sittings) / len(sittings) for day in range(days)]
    ready = [sum("ready" in one.said[: day + 1] for one in truly) / max(1, len(truly)) for day in range(days)]
    wrong = sum(is_false_ready(one) or is_false_not_ready(one) for one in sittings) / len(sittings)
    return Useful(days, len(sittings), len(truly), known, ready, known[-1] - wrong)
