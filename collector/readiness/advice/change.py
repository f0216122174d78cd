"""What a way of mending is: how it changes what is judged, in which sizes, and how it is told. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.domain.model import Finding, Requirement, Text


@dataclass(frozen=True)
class Change:
    """What would be judged after it: one case, or several where the sitting is held in parts; all must do. `devices`
    are the machines that it is about.
    """

    cases: Sequence[Assessment]
    what: Text
    devices: Sequence[str] = ()


@dataclass(frozen=True)
class SizedFix:
    """One way of mending that comes in sizes from `least` to `most`. `of_size` gives the change, None where there is
    none of that size. `guess` is where the search for the smallest that helps begins. Not `larger_helps_more`: a
    size may help where a larger one does not.
    """

    of_size: Callable[[int], Change | None]
    most: int
    guess: int
    least: int = 1
    larger_helps_more: bool = True


@dataclass(frozen=True)
class Ailing:
    """A finding that is not ready, its requirement, and what it was judged by."""

    finding: Finding
    requirement: Requirement
    case: Assessment


@dataclass(frozen=True)
class FixKind:
    """A way of mending by name. The lower its `rank`, the cheaper it is to whoever acts. `options` are those of its
    ways that may mend a finding.
    """

    name: str
    rank: int
    options: Callable[[Ailing], Iterable[SizedFix]]
