"""What the links of a room's machines really carry: their rate, less what goes beside the bits and what is sent again.

The rate that a link talks at is no speed. Each packet takes air beside its bits, on old radios more than its bits do;
of what many send at once some collides; and what is repeated is sent for nothing. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from agent.protocol.quantiles import tail_rank
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.figures import kind_end
from collector.readiness.domain.model import AirRule, EvidenceRule, Figure, Observation
from collector.readiness.domain.strands import Strand
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.rooms.samples import begun_before, days_of_each, fresh_in_room

PACKET_BITS = 12_000
"""A packet of 1 500 bytes, as long as they usually are at most."""
RATES_OF_B = frozenset((1.0, 2.0, 5.5, 11.0))
RATES_OF_G = frozenset((6.0, 9.0, 12.0, 18.0, 24.0, 36.0, 48.0, 54.0))
"""In Mbit/s. Some systems do not name kinds older than n: then the rate tells."""
_MOST_REPEATS = 0.99


class LinkCarries(NamedTuple):
    """What a link carries, in Mbit/s, with the air to itself, at both ends of what nobody measured."""

    unkind: float
    kind: float


@dataclass(frozen=True)
class LinkReading:
    """A link as a machine told of it once. `repeats` is the share of its frames that were sent again, None where it
    does not tell.
    """

    rate_mbit_s: float
    repeats: float | None
    phy: str | None
    at: datetime

    @property
    def quality(self) -> float:
        """By which two readings of one machine are compared."""
        return self.rate_mbit_s * (1 - (self.repeats or 0.0))

    def carried(self, air: AirRule, rate_mbit_s: float | None = None) -> LinkCarries:
        """What it carries by these assumptions; or would, if it talked at another rate."""
        overhead = overhead_of(self.rate_mbit_s, self.phy, air)
        return carried(self.rate_mbit_s if rate_mbit_s is None else rate_mbit_s, self.repeats, overhead, air)


@dataclass(frozen=True)
class RoomLink:
    """A machine's link in a room: as it mostly is on its bad days, and on its best."""

    device: str
    bad: LinkReading
    good: LinkReading


def carried(rate_mbit_s: float, repeats: float | None, overhead: Figure, air: AirRule) -> LinkCarries:
    """What a link of that rate carries, where so much is repeated."""
    return LinkCarries(
        _carried(rate_mbit_s, overhead.value, air.contention.value, _known(repeats, air.repeats_untold.value)),
        _carried(
            rate_mbit_s,
            kind_end(overhead),
            kind_end(air.contention),
            _known(repeats, kind_end(air.repeats_untold)),
        ),
    )


def _carried(rate_mbit_s: float, overhead_us: float, left: float, repeats: float) -> float:
    """Bits by microseconds are Mbit/s."""
    return PACKET_BITS / (PACKET_BITS / rate_mbit_s + overhead_us) * left * (1 - min(_MOST_REPEATS, repeats))


def _known(repeats: float | None, otherwise: float) -> float:
    return otherwise if repeats is None else repeats


def overhead_of(rate_mbit_s: float, phy: str | None, air: AirRule) -> Figure:
    """How long a packet takes beside its bits, by the kind of the link."""
    if rate_mbit_s in RATES_OF_B:
        return air.oldest_packet_overhead
    if phy in {"a", "b", "g"} or (phy is None and rate_mbit_s in RATES_OF_G):
        return air.old_packet_overhead
    return air.packet_overhead


def links_in(observed: EvidenceIndex, room: str, rule: EvidenceRule) -> Mapping[str, RoomLink]:
    """The link of every machine that told its rate in the room within the last `device_days`."""
    since, share = observed.now - timedelta(days=rule.device_days.value), rule.room_quantile.value
    told = fresh_in_room(observed, "wifi", room, rule).parts
    links = (strand.once(_link, begun_before(strand, since), share) for strand in told)
    return {link.device: link for link in links if link is not None}


def _link(strand: Strand, older: int, share: float) -> RoomLink | None:
    """The middle of each day, as one reading may be that of a machine that has nothing to say; None: it told no rate.
    The `older` that began first began before any day that counts.
    """
    days: dict[date, list[LinkReading]] = defaultdict(list)
    for one, held_on in zip(strand, days_of_each(strand, older), strict=True):
        reading = _reading(one)
        if reading is not None:
            for day in held_on:
                days[day].append(reading)
    middles = _worst_first([_worst_first(readings)[(len(readings) - 1) // 2] for readings in days.values()])
    return RoomLink(strand.device_id, middles[tail_rank(len(middles), share) - 1], middles[-1]) if middles else None


def _reading(one: Observation) -> LinkReading | None:
    rate, repeats, phy = (one.facts.get(name) for name in ("tx_rate_mbit_s", "retries_ratio", "phy_type"))
    rate_mbit_s = number_of(rate)
    if not rate_mbit_s:
        return None
    return LinkReading(rate_mbit_s, number_of(repeats), phy if isinstance(phy, str) else None, one.last_at)


def _worst_first(readings: Sequence[LinkReading]) -> list[LinkReading]:
    return sorted(readings, key=lambda one: (one.quality, one.at))
