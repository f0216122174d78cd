"""Signal and its distance to noise in a room: what nine of ten values reach for certain, never their average."""

from __future__ import annotations

from agent.protocol.quantiles import samples_needed
from collector.readiness.domain.model import EvidenceSummary, ExplanationStep, Requirement, Text
from collector.readiness.evidence.index import NEVER_MEASURED, STALE
from collector.readiness.explanation.trail import computed, from_profile, measured
from collector.readiness.rooms.fact import NOTHING, Between, RoomWorked, UnknownReason, exactly
from collector.readiness.rooms.samples import FactSource, RoomSamples
from collector.readiness.rooms.seating import Seating


def compute_low_end(
    seating: Seating, room: str, requirement: Requirement, sources: tuple[FactSource, ...]
) -> RoomWorked:
    """The lower confidence bound of the low quantile. Too few samples give no value, but a room can be known to be bad
    before it can be known to be good.
    """
    found = seating.samples(room, sources)
    quantile = seating.profile.evidence.room_quantile.value
    confidence = seating.profile.capacity.confidence.value
    least, most = found.least(quantile, confidence), found.most(quantile, confidence)
    enough_devices = found.devices >= seating.profile.evidence.room_devices.value
    known = Between(None, most) if least is None else exactly(least)
    return RoomWorked(
        value=known if enough_devices else NOTHING,
        measured=least if enough_devices and least is not None else min(found.values, default=None),
        devices=found.devices,
        evidence=EvidenceSummary(count=found.readings, newest_at=found.newest_at),
        steps=_steps(seating, room, requirement.unit, sources, found),
        unknown=_why_unknown(seating, room, found),
        reasons=found.reasons,
    )


def _why_unknown(seating: Seating, room: str, found: RoomSamples) -> UnknownReason | None:
    least = int(seating.profile.evidence.room_devices.value)
    name = seating.name(room)
    if not found.samples:
        return _not_told(name, found)
    if found.devices < least:
        return too_few_devices(name, found.devices, least)
    needed = samples_needed(seating.profile.evidence.room_quantile.value, seating.profile.capacity.confidence.value)
    lacking = max(1, needed - len(found.samples))
    return UnknownReason(
        Text("why_room_too_few_samples", {"room": name, "samples": len(found.samples), "needed": needed}),
        Text("advice_room_keep_measuring", {"room": name, "samples": lacking}),
    )


def _not_told(room: str, found: RoomSamples) -> UnknownReason | None:
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
    seating: Seating, room: str, unit: str, sources: tuple[FactSource, ...], found: RoomSamples
) -> list[ExplanationStep]:
    rule, confidence = seating.profile.evidence, seating.profile.capacity.confidence
    facts = ", ".join(f"{probe}.{name}" for probe, name in sources)
    where, at = f"{facts} in room {room}", found.newest_at
    needed = samples_needed(rule.room_quantile.value, confidence.value)
    return [
        measured("step_devices_told", found.devices, "devices", where, at),
        measured("step_room_days", found.days, "days", where, at),
        measured("step_room_samples", len(found.samples), "samples", f"{where}, one per device and day", at),
        measured("step_room_weakest", min(found.values, default=None), unit, where, at),
        from_profile("step_room_devices", rule.room_devices),
        from_profile("step_room_quantile", rule.room_quantile),
        from_profile("step_confidence", confidence),
        from_profile("step_device_days", rule.device_days),
        computed("step_room_samples_needed", needed, "samples", "least that quantile and confidence allow"),
        computed(
            "step_room_bound",
            found.least(rule.room_quantile.value, confidence.value),
            unit,
            f"order-statistic lower bound of the low quantile in room {room}",
        ),
    ]
