"""The values that were measured in a room, as samples that can be counted: one per device and day.

Readings of one device on one day are of one place and hardly independent, so they make one sample together: the value
that a tenth of them (the profile's `room_quantile`) lie at or below.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from agent.protocol.quantiles import lower_bound, tail_rank, upper_bound
from collector.facts.catalogue import that_show_rooms
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import EvidenceRule, Figure, Observation
from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.readiness.evidence.index import EvidenceIndex, read

_SECONDS_PER_HOUR = 3_600
FactSource = tuple[str, str]
"""A probe and one of its facts."""

AIR, LINE = that_show_rooms("air"), that_show_rooms("line")
OF_ROOMS = (*AIR, *LINE)
"""What says something about the network of the room in which it was measured."""


def ages_in_rooms(rule: EvidenceRule) -> dict[str, Figure]:
    """How old each of those may be."""
    return dict.fromkeys(AIR, rule.device_days) | dict.fromkeys(LINE, rule.line_days)


@dataclass(frozen=True)
class RoomSample:
    """What one device came to on one day of local time."""

    device: str
    day: date
    value: float


@dataclass(frozen=True)
class RoomSamples:
    """All samples of a room. `reasons` says of every other device there why it told nothing."""

    samples: Sequence[RoomSample]
    reasons: Sequence[str]
    readings: int
    newest_at: datetime | None

    @property
    def devices(self) -> int:
        """How many devices told something."""
        return len({sample.device for sample in self.samples})

    @property
    def days(self) -> int:
        """On how many days."""
        return len({sample.day for sample in self.samples})

    @property
    def values(self) -> list[float]:
        """Of all samples."""
        return [sample.value for sample in self.samples]

    def least(self, quantile: float, confidence: float) -> float | None:
        """What all but `quantile` of the samples reach for certain; None: too few samples to say."""
        return lower_bound(self.values, quantile, confidence)

    def most(self, quantile: float, confidence: float) -> float | None:
        """What that can come to at best; None: too few samples to say."""
        return upper_bound(self.values, quantile, confidence)


def room_samples(observed: EvidenceIndex, room: str, sources: Sequence[FactSource], rule: EvidenceRule) -> RoomSamples:
    """What devices in the room told of any of the `sources` within the last `device_days`."""
    values: dict[tuple[str, date], list[float]] = defaultdict(list)
    newest: datetime | None = None
    readings, since = 0, observed.now - timedelta(days=rule.device_days.value)
    for probe, name in sources:
        for one in fresh_in_room(observed, probe, room, rule):
            value = number_of(one.facts.get(name))
            if value is None:
                continue
            readings += one.count
            newest = one.last_at if newest is None else max(newest, one.last_at)
            for day in days_of(one, since):
                values[one.device_id, day].append(value)
    samples = [RoomSample(device, day, _low_end(found, rule)) for (device, day), found in sorted(values.items())]
    told = {device for device, _ in values}
    return RoomSamples(samples, why_silent(observed, room, sources[0], rule, told), readings, newest)


def fresh_in_room(observed: EvidenceIndex, probe: str, room: str, rule: EvidenceRule) -> list[Observation]:
    """What the probe found in the room and still counts."""
    since = observed.now - timedelta(days=rule.device_days.value)
    found = observed.in_room.get((probe, room), [])
    return [one for one in found if one.status == "ok" and one.last_at >= since]


def days_of(one: Observation, since: datetime) -> set[date]:
    """The days on which it is certain that it held: those of the first time and of the last."""
    last = _day(int(one.last_at.timestamp()) // _SECONDS_PER_HOUR)
    if one.first_at == one.last_at or one.first_at < since:
        return {last}
    return {last, _day(int(one.first_at.timestamp()) // _SECONDS_PER_HOUR)}


@lru_cache(maxsize=4_096)
def _day(hour: int) -> date:
    """The local day of an hour since 1970: asked of the same few hours again and again."""
    return datetime.fromtimestamp(hour * _SECONDS_PER_HOUR, SCHOOL_TIME).date()


def _low_end(values: Sequence[float], rule: EvidenceRule) -> float:
    return sorted(values)[tail_rank(len(values), rule.room_quantile.value) - 1]


def why_silent(observed: EvidenceIndex, room: str, source: FactSource, rule: EvidenceRule, told: set[str]) -> list[str]:
    """The reason codes of the room's devices that have not `told` the fact."""
    probe, name = source
    newest = observed.newest_in_room.get((probe, room), {})
    silent = [device for device in newest if device not in told]
    return [read(newest, device, name, observed.now, rule.device_days).reason for device in silent]
