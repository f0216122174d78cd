"""Signal and its distance to noise in a room: what the places of a class reach for certain, never their average."""

from __future__ import annotations

from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import EvidenceSummary, ExplanationStep, Requirement, Status, Text
from collector.readiness.evidence.index import NEVER_MEASURED, STALE
from collector.readiness.explanation.trail import computed, configured, from_profile, measured
from collector.readiness.rooms.counting import places_lacking
from collector.readiness.rooms.fact import NOTHING, Between, RoomWorked, UnknownReason
from collector.readiness.rooms.places import RoomPlaces
from collector.readiness.rooms.samples import FactSource
from collector.readiness.rooms.seating import Seating


def compute_low_end(
    seating: Seating, room: str, requirement: Requirement, sources: tuple[FactSource, ...]
) -> RoomWorked:
    """What all but a share of the class reach for certain. Too few places give no value, but a room can be known to be
    bad before it can be known to be good.
    """
    found = seating.places(room, sources)
    least, most = bounds(seating, room, found)
    enough = found.devices >= seating.machines_needed(room)
    softest = _softest(requirement)
    lacking = enough and softest is not None and found.has_lacking(softest, seating.seated(room))
    return RoomWorked(
        value=Between(least, most) if enough else NOTHING,
        measured=_shown(least if enough else None, found),
        devices=found.devices,
        evidence=EvidenceSummary(count=found.readings, newest_at=found.newest_at),
        steps=_steps(seating, room, requirement.unit, sources, found),
        unknown=_why_unknown(seating, room, found),
        reasons=found.reasons,
        at_most_at_risk=lacking,
        said=_said(seating, room, found, lacking=lacking),
    )


def bounds(seating: Seating, room: str, found: RoomPlaces) -> tuple[float | None, float | None]:
    """What the class's places come to at worst and at best; None where nothing bounds it."""
    share, confidence = seating.profile.evidence.room_quantile.value, seating.profile.capacity.confidence.value
    pupils = seating.seated(room)
    return found.least(pupils, share, confidence), found.most(pupils, seating.seats(room), share, confidence)


def _softest(requirement: Requirement) -> float | None:
    """What a place must reach to be no bad one."""
    asked = requirement.value if requirement.at_risk_value is None else requirement.at_risk_value
    return None if isinstance(asked, list) else number_of(asked)


def _shown(least: float | None, found: RoomPlaces) -> float | None:
    """The bound where there is one in numbers, else the worst that was measured."""
    numbers = found.numbers
    return least if least in numbers else min(numbers, default=None)


def _said(seating: Seating, room: str, found: RoomPlaces, *, lacking: bool) -> dict[Status, Text]:
    name, places, said = seating.name(room), found.drawn.measured, dict[Status, Text]()
    if lacking:
        said[Status.AT_RISK] = Text("why_room_place_lacking", {"room": name, "places": places})
    if found.wired and found.wired == places:
        said[Status.READY] = Text("why_room_wired", {"room": name, "devices": found.wired})
    return said


def _why_unknown(seating: Seating, room: str, found: RoomPlaces) -> UnknownReason | None:
    needed, name, pupils = seating.machines_needed(room), seating.name(room), seating.seated(room)
    if not found.drawn.measured:
        return _not_told(name, found)
    if found.devices < needed:
        return too_few_devices(name, found.devices, needed)
    share, confidence = seating.profile.evidence.room_quantile.value, seating.profile.capacity.confidence.value
    lacking = places_lacking(found.drawn, pupils, share, confidence)
    if not lacking:
        return UnknownReason(
            Text("why_room_places_differ", {"room": name, "places": found.drawn.measured, "pupils": pupils}),
            Text("advice_room_session", {"room": name}),
        )
    return UnknownReason(
        Text("why_room_too_few_places", {"room": name, "places": found.drawn.measured, "pupils": pupils}),
        Text("advice_room_more_places", {"room": name, "lacking": lacking}),
    )


def _not_told(room: str, found: RoomPlaces) -> UnknownReason | None:
    """Devices that measure there and do not tell this: measuring more with the like of them would not help."""
    measuring = [reason for reason in found.reasons if reason not in {NEVER_MEASURED, STALE}]
    if not measuring:
        return None
    return UnknownReason(
        Text("why_room_devices_do_not_tell", {"room": room, "devices": len(measuring)}),
        Text("advice_room_other_devices", {"room": room}),
    )


def too_few_devices(room: str, devices: int, needed: int) -> UnknownReason:
    """A room that too few devices have told of does not count as measured."""
    return UnknownReason(
        Text("why_room_too_few_devices", {"room": room, "devices": devices, "needed": needed}),
        Text("advice_room_more_devices", {"room": room, "devices": max(1, needed - devices)}),
    )


def _steps(
    seating: Seating, room: str, unit: str, sources: tuple[FactSource, ...], found: RoomPlaces
) -> list[ExplanationStep]:
    rule, confidence = seating.profile.evidence, seating.profile.capacity.confidence
    facts = ", ".join(f"{probe}.{name}" for probe, name in sources)
    where, at = f"{facts} in room {room}", found.newest_at
    lacking = places_lacking(found.drawn, seating.seated(room), rule.room_quantile.value, confidence.value)
    bound = bounds(seating, room, found)[0]
    return [
        measured("step_devices_told", found.devices, "devices", where, at),
        measured("step_room_days", found.days, "days", where, at),
        configured("step_room_pupils", seating.seated(room), "pupils", f"room {room}"),
        measured("step_room_places", found.drawn.fixed, "places", "machines that stand, and browsers in a session", at),
        measured("step_room_visits", found.drawn.visits, "visits", "stays of machines that move", at),
        measured("step_room_wired", found.wired, "devices", "machines on cable, which need no air", at),
        measured("step_room_weakest", min(found.numbers, default=None), unit, where, at),
        from_profile("step_room_devices", rule.room_devices),
        from_profile("step_room_quantile", rule.room_quantile),
        from_profile("step_confidence", confidence),
        from_profile("step_device_days", rule.device_days),
        computed("step_room_places_lacking", lacking, "places", "until so many could speak for all pupils"),
        computed("step_room_bound", bound if bound in found.numbers else None, unit,
                 f"lower bound of what all but a share of the pupils in room {room} reach"),
    ]  # fmt: skip
