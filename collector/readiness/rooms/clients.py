"""room.clients_per_radio: how many share a radio while the pupils sit: those already there, and the pupils who come.

Pupils spread over the access points as the room's devices do. Those already there may be the same people; who cannot be
told apart counts twice, never not at all. An old radio takes fewer than the profile allows, a new one more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import msgspec

from agent.protocol.wire import FactValue
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import EvidenceSummary, ExplanationStep, Figure, Requirement, Status, Text
from collector.readiness.explanation.trail import computed, configured, from_profile, measured
from collector.readiness.rooms.carriers import Carrier
from collector.readiness.rooms.fact import Between, RoomFact, RoomWorked, UnknownReason
from collector.readiness.rooms.radio_kinds import kind_in_words, part_of_clients
from collector.readiness.rooms.seating import Seating
from collector.readiness.rooms.unclear import carrier_steps, carriers_of, why_no_carriers, why_radio_silent

CLIENTS = "clients"
_NO_GEAR = ("why_room_clients_not_told", "advice_room_connect_gear")
_NOT_TOLD = ("why_room_clients_not_told", "advice_room_look_at_gear")


@dataclass(frozen=True)
class RadioLoad:
    """A radio while the pupils sit. `already` is None where it is not known how many are there; `part` is what a radio
    of its kind takes of what a usual one does, None for a usual one.
    """

    carrier: Carrier
    already: int | None
    pupils: int
    part: Figure | None = None

    @property
    def at_least(self) -> int:
        """All that are known of."""
        return (self.already or 0) + self.pupils

    @property
    def as_if_usual(self) -> float:
        """How many on a usual radio are as many."""
        return self.at_least / (1.0 if self.part is None else self.part.value)

    def takes(self, allowed: float) -> float:
        """How many clients it takes where a usual radio is allowed so many."""
        return allowed if self.part is None else math.floor(round(allowed * self.part.value, 6))


def _compute(seating: Seating, room: str, requirement: Requirement) -> RoomWorked:
    loads = [_load(seating, carrier) for carrier in carriers_of(seating, room)]
    fullest = max(loads, key=lambda load: load.as_if_usual, default=None)
    asked = requirement if fullest is None else _asked(requirement, fullest)
    silent = next((load for load in loads if load.already is None), None)
    most = None if fullest is None else float(fullest.at_least)
    too_many = _too_many(asked, fullest)
    unknown = _why_unknown(seating, room, silent)
    times = [load.carrier.radio.seen.at for load in loads if load.carrier.radio is not None]
    more_to_know = [] if silent is None else [unknown.advice]
    return RoomWorked(
        # A radio whose clients are not known has more than the pupils alone: never none.
        value=Between(most if silent is None else None, most),
        measured=fullest.at_least if fullest is not None and (silent is None or too_many) else None,
        devices=seating.air(room).devices,
        evidence=EvidenceSummary(count=len(times), newest_at=max(times, default=None)),
        steps=[
            *carrier_steps(seating, room),
            *_seats(seating, room),
            *(one for load in loads for one in _steps(load, requirement)),
        ],
        unknown=unknown,
        reasons=seating.air(room).reasons,
        advice=[] if fullest is None or not too_many else [_move(seating, room, fullest, too_many), *more_to_know],
        said={} if fullest is None else _said(fullest, asked),
        asked=asked,
    )


def _asked(requirement: Requirement, load: RadioLoad) -> Requirement:
    """The same of a radio of this kind."""
    value, softer = (_limit_of(one) for one in (requirement.value, requirement.at_risk_value))
    if load.part is None or value is None:
        return requirement
    at_risk = None if softer is None else load.takes(softer)
    return msgspec.structs.replace(requirement, value=load.takes(value), at_risk_value=at_risk)


def _limit_of(value: FactValue | list[str]) -> float | None:
    return None if isinstance(value, list) else number_of(value)


def _said(fullest: RadioLoad, asked: Requirement) -> dict[Status, Text]:
    limit = _limit_of(asked.value)
    if limit is None:
        return {}
    name, kind, clients = fullest.carrier.name, kind_in_words(fullest.carrier), fullest.at_least
    crowded = Text("why_radio_crowded", {"access_point": name, "kind": kind, "clients": clients, "limit": limit})
    enough = Text("why_radio_takes_all", {"access_point": name, "kind": kind, "clients": clients, "limit": limit})
    return {Status.READY: enough, Status.AT_RISK: crowded, Status.NOT_READY: crowded}


def _load(seating: Seating, carrier: Carrier) -> RadioLoad:
    """The pupils of every room that this radio carries; more than all of them cannot come."""
    pupils = sum(
        math.ceil(round(here * one.share, 9))
        for room, here in seating.in_room.items()
        if here
        for one in seating.air(room).carriers
        if one.key == carrier.key
    )
    already = None if carrier.radio is None else carrier.radio.clients
    part = part_of_clients(carrier, seating.profile.air)
    return RadioLoad(carrier, already, min(pupils, sum(seating.in_room.values())), part)


def _seats(seating: Seating, room: str) -> list[ExplanationStep]:
    return [configured("step_room_pupils", seating.seated(room), "pupils", f"room {room}")]


def _steps(load: RadioLoad, requirement: Requirement) -> list[ExplanationStep]:
    radio, name = load.carrier.radio, load.carrier.name
    reason = "no network gear tells" if radio is None else (radio.reason or f"band {radio.seen.band}")
    at = None if radio is None else radio.seen.at
    known = None if load.already is None else load.at_least
    return [
        measured("step_radio_clients", load.already, CLIENTS, f"{name} ({reason})", at),
        computed("step_radio_pupils", load.pupils, "pupils", f"pupils of each room x share of {name}, at most all"),
        computed("step_radio_load", known, CLIENTS, f"clients already on {name} + pupils"),
        *_limit_steps(load, requirement),
    ]


def _limit_steps(load: RadioLoad, requirement: Requirement) -> list[ExplanationStep]:
    allowed = _limit_of(requirement.value)
    if load.part is None or allowed is None:
        return []
    takes = f"{allowed:g} x {load.part.value:g} for {kind_in_words(load.carrier)}"
    return [
        from_profile("step_radio_part", load.part),
        computed("step_radio_takes", load.takes(allowed), CLIENTS, takes),
    ]


def _why_unknown(seating: Seating, room: str, silent: RadioLoad | None) -> UnknownReason:
    if silent is None:
        return why_no_carriers(seating, room)
    otherwise = _NO_GEAR if silent.carrier.radio is None else _NOT_TOLD
    return why_radio_silent(seating, room, silent.carrier, otherwise)


def _too_many(requirement: Requirement, fullest: RadioLoad | None) -> int:
    """How many of those that are known of are more than the requirement allows."""
    limit = _limit_of(requirement.value)
    return 0 if fullest is None or limit is None else max(0, math.ceil(fullest.at_least - limit))


def _move(seating: Seating, room: str, fullest: RadioLoad, more: int) -> Text:
    name, room_name, clients = fullest.carrier.name, seating.name(room), fullest.at_least
    return Text("advice_room_move", {"access_point": name, "clients": clients, "more": more, "room": room_name})


ROOM_FACT = RoomFact(
    "room.clients_per_radio",
    CLIENTS,
    "clients on the fullest of the room's radios, for what it is: those already there, and the pupils who sit",
    _compute,
)
