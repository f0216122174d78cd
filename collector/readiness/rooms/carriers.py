"""Which access points carry a room: those that its devices use, by the BSSIDs that they tell, with their radios."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce

from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import EvidenceRule, Observation, RadioSeen
from collector.readiness.domain.strands import Strand
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.rooms.radios import UsableRadio, reading_of, same_radio
from collector.readiness.rooms.samples import FactSource, days_of_strand, fresh_in_room, why_silent

BSSID: FactSource = ("wifi", "bssid")
KINDS = ("b", "a", "g", "n", "ac", "ax", "be")
"""Of 802.11, the oldest first."""
_SURVEY_UTILISATION = "utilisation_median_percent"


@dataclass(frozen=True)
class Carrier:
    """An own access point's radio that devices in the room use. `share` is its part of the room's device-days,
    and `phy` the newest kind of link that any of them has with it.

    `radio` is what network gear tells of it, None where no gear is known to have it; `surveyed_percent` is how busy it
    said its channel is when the room was surveyed, at `surveyed_at`.
    """

    bssid: str
    share: float
    devices: int
    band: str | None
    channel: int | None
    phy: str | None
    radio: UsableRadio | None
    surveyed_percent: float | None
    surveyed_at: datetime | None

    @property
    def name(self) -> str:
        """What people call the access point, else the radio's address."""
        return self.bssid if self.radio is None else self.radio.seen.access_point

    @property
    def key(self) -> str:
        """The same for every BSSID of one radio."""
        if self.radio is None:
            return self.bssid
        seen = self.radio.seen
        return f"{seen.device}/{seen.access_point}/{seen.mac}/{seen.band}"


@dataclass(frozen=True)
class RoomAir:
    """The carriers of a room, the largest share first; `devices` have told which one they use, and `reasons` are the
    codes of why others have not.
    """

    carriers: Sequence[Carrier]
    devices: int
    newest_at: datetime | None
    reasons: Sequence[str]


@dataclass
class _Used:
    """A BSSID's devices and days, what the newest reading said of its channel, and the newest kind of link."""

    device_days: set[tuple[str, date]] = field(default_factory=set)
    newest: Observation | None = None
    phy: str | None = None

    @property
    def band(self) -> str | None:
        """As it was told last."""
        band = self.newest.facts.get("band") if self.newest is not None else None
        return band if isinstance(band, str) else None

    @property
    def channel(self) -> int | None:
        """As it was told last."""
        channel = self.newest.facts.get("channel") if self.newest is not None else None
        return channel if isinstance(channel, int) else None


def _by_bssid(strand: Strand) -> Sequence[tuple[str, Strand]]:
    """What one device said of each BSSID that it used, in the order of time."""
    found: dict[str, list[Observation]] = {}
    for one in sorted(strand, key=lambda heard: heard.last_at):
        bssid = one.facts.get("bssid")
        if isinstance(bssid, str):
            found.setdefault(bssid, []).append(one)
    return [(bssid, Strand(ones)) for bssid, ones in found.items()]


def room_air(observed: EvidenceIndex, room: str, rule: EvidenceRule) -> RoomAir:
    """Which access points the room's devices used within the last `device_days`, and how much each."""
    fresh, since = fresh_in_room(observed, "wifi", room, rule), observed.now - timedelta(days=rule.device_days.value)
    told = [(bssid, strand) for part in fresh.parts for bssid, strand in part.once(_by_bssid)]
    used = {bssid: _Used() for bssid, _ in sorted(told, key=lambda one: one[1][0].last_at)}
    for bssid, strand in told:
        found = used[bssid]
        found.device_days.update((strand.device_id, day) for day in days_of_strand(strand, since))
        if found.newest is None or strand[-1].last_at >= found.newest.last_at:
            found.newest = strand[-1]
        found.phy = newer_kind(found.phy, strand.once(_newest_kind))
    newest = max((strand[-1].last_at for _, strand in told), default=None)
    surveyed = _surveyed(observed, room, rule)
    total = sum(len(one.device_days) for one in used.values())
    carriers = [
        _carrier(bssid, one, total, _reading(bssid, one, observed, rule), surveyed.get(bssid))
        for bssid, one in used.items()
    ]
    devices = {device for one in used.values() for device, _ in one.device_days}
    largest_first = sorted(_joined(carriers), key=lambda one: (-one.share, one.bssid))
    return RoomAir(largest_first, len(devices), newest, why_silent(observed, room, BSSID, rule, devices))


def _newest_kind(strand: Strand) -> str | None:
    return reduce(newer_kind, (phy for one in strand if isinstance(phy := one.facts.get("phy_type"), str)), None)


def newer_kind(one: str | None, other: str | None) -> str | None:
    """Which of two kinds of 802.11 is the newer; whatever is none of them is older than all."""
    return max(one, other, key=lambda kind: KINDS.index(kind) if kind in KINDS else -1)


def _carrier(
    bssid: str, used: _Used, total: int, radio: UsableRadio | None, surveyed: tuple[float, datetime] | None
) -> Carrier:
    percent, at = surveyed or (None, None)
    return Carrier(
        bssid=bssid,
        share=len(used.device_days) / total,
        devices=len({device for device, _ in used.device_days}),
        band=used.band,
        channel=used.channel,
        phy=used.phy,
        radio=radio,
        surveyed_percent=percent,
        surveyed_at=at,
    )


def _reading(bssid: str, used: _Used, observed: EvidenceIndex, rule: EvidenceRule) -> UsableRadio | None:
    seen = _radio(bssid, used, observed.radios)
    return None if seen is None else reading_of(seen, observed.now, rule)


def _radio(bssid: str, used: _Used, radios: Sequence[RadioSeen]) -> RadioSeen | None:
    """The radio behind a BSSID; None where there is none, or where it could be one of several."""
    alike = [one for one in radios if one.mac is not None and same_radio(one.mac, bssid)]
    on_band = [one for one in alike if used.band is not None and one.band == used.band] or alike
    exact = [one for one in on_band if one.mac == bssid.lower()]
    found = exact or on_band
    if len({(one.device, one.access_point) for one in found}) != 1:
        return None
    if len({one.mac for one in found}) > 1:
        below = [one for one in found if (one.mac or "") <= bssid.lower()]
        found = [max(below or found, key=lambda one: one.mac or "")]
    newest = [one for one in found if one.at == max(other.at for other in found)]
    if len(newest) > 1:
        # Some gear has one address for all radios of an access point.
        newest = [one for one in newest if one.channel is not None and one.channel == used.channel]
    return newest[0] if len(newest) == 1 else None


def _joined(carriers: Sequence[Carrier]) -> list[Carrier]:
    """BSSIDs of the same radio are one carrier: an access point has one for each of its networks."""
    by_key: dict[str, list[Carrier]] = defaultdict(list)
    for one in carriers:
        by_key[one.key].append(one)
    return [_one_of(alike) for alike in by_key.values()]


def _one_of(alike: Sequence[Carrier]) -> Carrier:
    largest = max(alike, key=lambda one: (one.share, one.bssid))
    if len(alike) == 1:
        return largest
    busiest = max(alike, key=lambda one: -1.0 if one.surveyed_percent is None else one.surveyed_percent)
    return Carrier(
        bssid=largest.bssid,
        share=sum(one.share for one in alike),
        devices=max(one.devices for one in alike),
        band=largest.band,
        channel=largest.channel,
        phy=reduce(newer_kind, (one.phy for one in alike)),
        radio=largest.radio,
        surveyed_percent=busiest.surveyed_percent,
        surveyed_at=busiest.surveyed_at,
    )


def _surveyed(observed: EvidenceIndex, room: str, rule: EvidenceRule) -> dict[str, tuple[float, datetime]]:
    """By BSSID: how busy it said its channel is in the newest survey of the room that heard it."""
    found: dict[str, tuple[float, datetime]] = {}
    for one in sorted(fresh_in_room(observed, "survey", room, rule), key=lambda survey: survey.last_at):
        for row in one.rows:
            percent, bssid = number_of(row.get(_SURVEY_UTILISATION)), row.get("bssid")
            if percent is not None and isinstance(bssid, str):
                found[bssid] = (percent, one.last_at)
    return found
