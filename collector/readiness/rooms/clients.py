"""room.clients_per_radio: how many share a radio while the pupils sit: those already there, and the pupils who come.

Pupils spread over the access points as the room's devices do. Those already there may be the same people; who cannot be
told apart counts twice, never not at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import EvidenceSummary, ExplanationStep, Requirement, Text
from collector.readiness.explanation.trail import computed, configured, measured
from collector.readiness.rooms.carriers import Carrier
from collector.readiness.rooms.fact import Between, RoomFact, RoomWorked, UnknownReason
from collector.readiness.rooms.seating import Seating
from collector.readiness.rooms.unclear import carrier_steps, carriers_of, why_no_carriers, why_radio_silent

CLIENTS = "clients"
_NO_GEAR = ("why_room_clients_not_told", "advice_room_connect_gear")
_NOT_TOLD = ("why_room_clients_not_told", "advice_room_look_at_gear")


@dataclass(frozen=True)
class RadioLoad:
    """A radio while the pupils sit. `already` is None where it is not known how many are there."""

    carrier: Carrier
    already: int | None
    pupils: int

    @property
    def at_least(self) -> int:
        """All that are known of."""
        return (self.already or 0) + self.pupils


def _compute(seating: Seating, room: str, requirement: Requirement) -> RoomWorked:
    loads = [_load(seating, carrier) for carrier in carriers_of(seating, room)]
    fullest = max(loads, key=lambda load: load.at_least, default=None)
    silent = next((load for load in loads if load.already is None), None)
    most = None if fullest is None else float(fullest.at_least)
    too_many = _too_many(requirement, fullest)
    unknown = _why_unknown(seating, room, silent)
    times = [load.carrier.radio.seen.at for load in loads if load.carrier.radio is not None]
    more_to_know = [] if silent is None else [unknown.advice]
    return RoomWorked(
        # A radio whose clients are not known has more than the pupils alone: never none.
        value=Between(most if silent is None else None, most),
        measured=fullest.at_least if fullest is not None and (silent is None or too_many) else None,
        devices=seating.air(room).devices,
        evidence=EvidenceSummary(count=len(times), newest_at=max(times, default=None)),
        steps=[*carrier_steps(seating, room), *_seats(seating, room), *(one for load in loads for one in _steps(load))],
        unknown=unknown,
        reasons=seating.air(room).reasons,
        advice=[] if fullest is None or not too_many else [_move(seating, room, fullest, too_many), *more_to_know],
    )


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
    return RadioLoad(carrier, already, min(pupils, sum(seating.in_room.values())))


def _seats(seating: Seating, room: str) -> list[ExplanationStep]:
    return [configured("step_room_pupils", seating.seated(room), "pupils", f"room {room}")]


def _steps(load: RadioLoad) -> list[ExplanationStep]:
    radio, name = load.carrier.radio, load.carrier.name
    reason = "no network gear tells" if radio is None else (radio.reason or f"band {radio.seen.band}")
    at = None if radio is None else radio.seen.at
    known = None if load.already is None else load.at_least
    return [
        measured("step_radio_clients", load.already, CLIENTS, f"{name} ({reason})", at),
        computed("step_radio_pupils", load.pupils, "pupils", f"pupils of each room x share of {name}, at most all"),
        computed("step_radio_load", known, CLIENTS, f"clients already on {name} + pupils"),
    ]


def _why_unknown(seating: Seating, room: str, silent: RadioLoad | None) -> UnknownReason:
    if silent is None:
        return why_no_carriers(seating, room)
    otherwise = _NO_GEAR if silent.carrier.radio is None else _NOT_TOLD
    return why_radio_silent(seating, room, silent.carrier, otherwise)


def _too_many(requirement: Requirement, fullest: RadioLoad | None) -> int:
    """How many of those that are known of are more than the requirement allows."""
    limit = None if isinstance(requirement.value, list) else number_of(requirement.value)
    return 0 if fullest is None or limit is None else max(0, math.ceil(fullest.at_least - limit))


def _move(seating: Seating, room: str, fullest: RadioLoad, more: int) -> Text:
    name, room_name, clients = fullest.carrier.name, seating.name(room), fullest.at_least
    return Text("advice_room_move", {"access_point": name, "clients": clients, "more": more, "room": room_name})


ROOM_FACT = RoomFact(
    "room.clients_per_radio",
    CLIENTS,
    "clients on the fullest of the room's radios: those already there, and the pupils who sit",
    _compute,
)
