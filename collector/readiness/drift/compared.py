"""What is compared: a sitting as it was when it was ready last, and as it is. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import msgspec

from agent.protocol.wire import FactValue
from collector.readiness.domain.model import DriftChange, Observation, Releases, Requirement, Room, Sitting, Verdict
from collector.readiness.evidence.index import EvidenceIndex

LOOKED_BACK = timedelta(days=14)
"""How things were then is told by what was seen in the days before."""


class SchoolThen(msgspec.Struct, frozen=True):
    """What of a school's configuration a sitting hangs on."""

    rooms: list[Room]
    devices: int | None = None
    staff: int = 0


class ReadyVerdict(msgspec.Struct, frozen=True):
    """Of a verdict of the past, what is compared: whatever else it had then."""

    sitting: Sitting
    starts_at: datetime
    school: SchoolThen
    profile: str


@dataclass(frozen=True)
class Compared:
    """The last `ready` verdict, which stood until `until`, and the one that stands `now`, with all that was seen of the
    school and the requirements that are asked now.
    """

    ready: ReadyVerdict
    until: datetime
    now: Verdict
    observed: EvidenceIndex
    releases: Releases
    requirements: Sequence[Requirement]

    @cached_property
    def before(self) -> Mapping[str, list[Observation]]:
        """What was seen, by probe, while it was ready or shortly before."""
        return self._of(lambda one: self.until - LOOKED_BACK <= one.last_at and one.first_at < self.until)

    @cached_property
    def since(self) -> Mapping[str, list[Observation]]:
        """What was seen since."""
        return self._of(lambda one: one.first_at >= self.until)

    def _of(self, wanted: Callable[[Observation], bool]) -> dict[str, list[Observation]]:
        found = {probe: [one for one in ones if wanted(one)] for probe, ones in self.observed.by_probe.items()}
        return {probe: sorted(ones, key=_by_time) for probe, ones in found.items()}


def _by_time(one: Observation) -> tuple[datetime, str]:
    return one.first_at, one.device_id


Differs = Callable[[Compared], Iterator[DriftChange]]
Told = tuple[datetime, str]
"""When something was seen first, and what it was."""


def rows_of(observations: Iterable[Observation], kind: str) -> Iterator[tuple[datetime, Mapping[str, FactValue]]]:
    """The rows of ladders about one kind of rung, with when they were seen."""
    return ((one.first_at, row) for one in observations for row in one.rows if row.get("kind") == kind)


def new_values(
    before: Iterable[tuple[str, str]], since: Iterable[tuple[datetime, str, str]]
) -> Iterator[tuple[datetime, str, str, str]]:
    """Of values by key: each key whose newest value is one that it did not have before, with when that was seen first,
    what it was last, and what it is.
    """
    had: dict[str, list[str]] = defaultdict(list)
    for key, value in before:
        had[key].append(value)
    newest: dict[str, Told] = {}
    for at, key, value in since:
        seen = newest.get(key)
        newest[key] = (at, value) if seen is None or seen[1] != value else seen
    for key, (at, value) in sorted(newest.items()):
        if had[key] and value not in had[key]:
            yield at, key, had[key][-1], value
