"""What a metric is: its entry in the catalogue, a sample of it, and the group that it is told in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from collector.judgement.snapshot import Snapshot
from collector.readiness.alerts.causes import worst
from collector.readiness.alerts.delivery import Delivery
from collector.readiness.domain.model import Finding, Status

BYTES_PER_MBIT = 125_000
SITTING = ("school", "sitting")
"""The labels of all that is told of a sitting."""

NamedSample = tuple[str, tuple[str, ...], float]
"""A metric's name, label values in the catalogue's order, and the value."""


class Metric(msgspec.Struct, frozen=True):
    """One metric: `name` as queries write it, `unit` as the end of the name says it ("" for counts and states)."""

    name: str
    type: Literal["gauge", "counter", "info"]
    unit: str
    help: str
    labels: tuple[str, ...] = ()


class Scrape(msgspec.Struct, frozen=True):
    """What one scrape shows: the newest snapshot, and how the last round of warnings went, if there was one."""

    snapshot: Snapshot
    delivery: Delivery | None
    now: datetime


class MetricGroup(msgspec.Struct, frozen=True):
    """Metrics that tell of one thing, and where their samples come from. Groups are told in the order of `place`."""

    place: int
    metrics: Sequence[Metric]
    samples: Callable[[Scrape], Iterator[NamedSample]]


def states(name: str, key: tuple[str, ...], current: Status) -> Iterator[NamedSample]:
    """A state set: every status is always there, so that a query can tell "not so" from "not known"."""
    for status in Status:
        yield name, (*key, status.value), status is current


def one_per_series(findings: Iterable[Finding]) -> list[Finding]:
    """One finding per requirement and room, the worst: two values for one series would lose one at random."""
    together: dict[tuple[str, str | None], list[Finding]] = {}
    for finding in findings:
        together.setdefault((finding.requirement, finding.room), []).append(finding)
    return [found for group in together.values() if (found := worst(group))]


def boolean(value: bool) -> str:
    """As a label says it."""
    return "true" if value else "false"
