"""room.airtime_percent: how much of a channel's time is taken while the pupils sit, by them and by others.

What a pupil takes is rate / what the link carries, and a slow link takes the time of all who share its channel, however
strong its signal. The fullest of the room's channels counts. At the unkind end the costliest pupils come to it, at the
kind one all spread evenly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import EvidenceSummary, Requirement, Status, Text
from collector.readiness.evidence.compliance import Standard
from collector.readiness.rooms.airtime_steps import steps_of
from collector.readiness.rooms.channels import AirChannel, channels_of, count_of_channels
from collector.readiness.rooms.class_air import ClassAir, Pupil, class_air, pupil_takes
from collector.readiness.rooms.counting import Drawn, may_be_worse
from collector.readiness.rooms.coverage import too_few_devices
from collector.readiness.rooms.fact import NOTHING, Between, RoomFact, RoomWorked, UnknownReason, exactly, status_of
from collector.readiness.rooms.places import RoomPlaces
from collector.readiness.rooms.seating import Seating
from collector.readiness.rooms.signal_p10 import SOURCES as PLACES

PERCENT = "%"
_WHOLE = 100.0
_MANY_REPEATS = 0.2


@dataclass(frozen=True)
class RoomAirtime:
    """The fullest of a room's `channels`, with what the classes take that come to it, by room."""

    seating: Seating
    room: str
    found: RoomPlaces
    channels: Sequence[AirChannel]
    classes: Mapping[str, ClassAir]

    @property
    def is_wired(self) -> bool:
        """Whether all that was met there is on cable: then nothing is asked of the air."""
        return 0 < self.found.wired == self.found.drawn.measured

    @property
    def fullest(self) -> AirChannel:
        """At the unkind end."""
        return max(self.channels, key=self._taken)

    @property
    def worst_percent(self) -> float:
        """What is taken of it then."""
        return self._percent(self._taken(self.fullest))

    @property
    def best_percent(self) -> float:
        """What is taken of the fullest at least, however they spread; 0 where nobody knows over how many channels."""
        count, air = count_of_channels(self.seating, self.room), self.seating.profile.air
        if count is None:
            return 0.0
        busy = sum(channel.least_busy(air) for channel in self.channels)
        return self._percent((busy + sum(self.classes[self.room].kind)) / count)

    def percent_if(self, *, all_places_met: bool = False, channel_read: bool = False) -> float:
        """What the worst could come to, if no place were worse than those that were met, or the channel as calm as it
        may be.
        """
        air = self.seating.profile.air
        return self._percent(
            max(
                (one.least_busy(air) if channel_read and one.told_percent is None else one.busy(air))
                + self._by_pupils(one, all_met=all_places_met)
                for one in self.channels
            )
        )

    def _taken(self, channel: AirChannel) -> float:
        return channel.busy(self.seating.profile.air) + self._by_pupils(channel, all_met=False)

    def _by_pupils(self, channel: AirChannel, *, all_met: bool) -> float:
        return sum(self.classes[name].of_costliest(count, all_met=all_met) for name, count in channel.pupils.items())

    @staticmethod
    def _percent(share: float) -> float:
        return round(_WHOLE * share, 1)


def _compute(seating: Seating, room: str, requirement: Requirement) -> RoomWorked:
    found = seating.places(room, PLACES)
    known = _airtime(seating, room, found)
    value = _value(known, is_enough=found.devices >= seating.machines_needed(room))
    status = status_of(requirement, value, Standard(seating.releases, seating.observed.now))
    return RoomWorked(
        value=value,
        measured=_shown(value, status),
        devices=found.devices,
        evidence=EvidenceSummary(count=found.readings, newest_at=found.newest_at),
        steps=[] if known is None else steps_of(seating, room, known.fullest, known.classes, known.best_percent),
        unknown=_why_unknown(requirement, known, found, seating, room),
        reasons=found.reasons if known is None else (),
        advice=[] if known is None else _advice(requirement, known),
        said={} if known is None else _said(known),
    )


def _value(known: RoomAirtime | None, *, is_enough: bool) -> Between:
    if known is None or not is_enough:
        return NOTHING
    return exactly(0.0) if known.is_wired else Between(known.worst_percent, known.best_percent)


def _airtime(seating: Seating, room: str, found: RoomPlaces) -> RoomAirtime | None:
    """None where nothing is known of a class that comes to one of the channels."""
    channels = channels_of(seating, room)
    names = {room, *(name for channel in channels for name in channel.pupils)}
    classes = {name: one for name in sorted(names) if (one := class_air(seating, name)) is not None}
    return RoomAirtime(seating, room, found, channels, classes) if len(classes) == len(names) else None


def _shown(value: Between, status: Status) -> float | None:
    """At worst where it holds or is at the limit; at least where it does not."""
    return {Status.UNKNOWN: None, Status.NOT_READY: value.best}.get(status, value.worst)


def _said(known: RoomAirtime) -> dict[Status, Text]:
    seating, room, found = known.seating, known.room, known.found
    name, takes = seating.name(room), pupil_takes(seating.profile)
    if known.is_wired:
        return {Status.READY: Text("why_room_wired", {"room": name, "devices": found.wired})}
    most, least, pupils = known.worst_percent, known.best_percent, seating.seated(room)
    kind = sum(known.classes[room].kind)
    rate = round(pupils * takes.kind / kind, 1) if kind else 0.0
    return {
        Status.READY: Text("why_air_enough", {"room": name, "percent": most}),
        Status.AT_RISK: Text("why_air_tight", {"room": name, "percent": most}),
        Status.NOT_READY: Text("why_air_full", {"room": name, "percent": least, "pupils": pupils, "rate": rate}),
    }


def _why_unknown(
    requirement: Requirement, known: RoomAirtime | None, found: RoomPlaces, seating: Seating, room: str
) -> UnknownReason | None:
    if not found.drawn.measured:
        return None
    name, needed = seating.name(room), seating.machines_needed(room)
    if known is None or found.devices < needed:
        return too_few_devices(name, found.devices, needed)
    why = Text("why_air_between", {"room": name, "least": known.best_percent, "most": known.worst_percent})
    return UnknownReason(why, _settles(requirement, known))


def _settles(requirement: Requirement, known: RoomAirtime) -> Text:
    """The cheapest that may settle it: another machine or more places cost some minutes, reading the radio an hour, a
    rehearsal a lesson.
    """
    slow = _slow_machine(requirement, known)
    if slow:
        return slow[0]
    limit = _limit(requirement)
    name, pupils = known.seating.name(known.room), known.seating.seated(known.room)
    lacking = _places_lacking(known.found.drawn, pupils, known.seating.profile.capacity.confidence.value)
    if limit is not None and lacking and known.percent_if(all_places_met=True) <= limit:
        return Text("advice_air_more_places", {"room": name, "lacking": lacking})
    if limit is not None and known.percent_if(all_places_met=True, channel_read=True) <= limit:
        unread = any(channel.told_percent is None for channel in known.channels)
        if unread and not lacking:
            return Text("advice_air_read_channel", {"room": name})
        if unread:
            return Text("advice_air_places_and_channel", {"room": name, "lacking": lacking})
    return Text("advice_air_rehearse", {"room": name, "pupils": pupils})


def _places_lacking(drawn: Drawn, pupils: int, confidence: float) -> int:
    """How many more different places it takes until none is likely to be worse than all that were met."""
    more = 0
    while may_be_worse(Drawn(drawn.fixed + more, drawn.visits), pupils, confidence):
        more += 1
    return more


def _limit(requirement: Requirement) -> float | None:
    return None if isinstance(requirement.value, list) else number_of(requirement.value)


def _slow_machine(requirement: Requirement, known: RoomAirtime) -> list[Text]:
    """The one machine without which there would be time enough, if there is one."""
    here, limit = known.classes[known.room], _limit(requirement)
    costliest, others = here.unkind[0], [*here.unkind[1:], Pupil(0.0, "told")]
    percent = round(_WHOLE * costliest.share, 1)
    is_alone = costliest.basis == "told" and known.room in known.fullest.pupils
    if not is_alone or limit is None or known.worst_percent - percent + _WHOLE * others[0].share > limit:
        return []
    link = here.links[0]
    seen, name = known.seating.observed.devices[link.device], known.seating.name(known.room)
    device, rate = seen.label or link.device, link.bad.rate_mbit_s
    return [Text("advice_air_slow_machine", {"room": name, "device": device, "rate": rate, "percent": percent})]


def _advice(requirement: Requirement, known: RoomAirtime) -> list[Text]:
    """What to do about the air itself, beside what is proved by judging again."""
    name, links = known.seating.name(known.room), known.classes[known.room].links
    found = _slow_machine(requirement, known)
    if any(one.band == "2.4" for one in known.fullest.carriers):
        found.append(Text("advice_air_to_5_ghz", {"room": name}))
    repeats = max((link.bad.repeats or 0.0 for link in links), default=0.0)
    if repeats >= _MANY_REPEATS:
        found.append(Text("advice_air_repeats", {"room": name, "percent": round(_WHOLE * repeats)}))
    return found


ROOM_FACT = RoomFact(
    "room.airtime_percent",
    PERCENT,
    "how much of the time of the room's fullest channel is taken while the pupils sit, by them and by others",
    _compute,
)
