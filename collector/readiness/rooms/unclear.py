"""What to say where it is not known which access points carry a room, or what their radios are like."""

from __future__ import annotations

from collector.readiness.domain.model import ExplanationStep, Text
from collector.readiness.explanation.trail import from_profile, measured
from collector.readiness.rooms.carriers import Carrier
from collector.readiness.rooms.fact import UnknownReason
from collector.readiness.rooms.seating import Seating

_REASONS = {
    "radio_unclear": ("why_radio_unclear", "advice_radio_unclear"),
    "radio_stale": ("why_radio_stale", "advice_radio_stale"),
    "radio_out_of_hours": ("why_radio_out_of_hours", "advice_radio_out_of_hours"),
    "radio_down": ("why_radio_down", "advice_radio_down"),
}
"""By the reason of a reading: why nothing is known, and what to do."""


def carriers_of(seating: Seating, room: str) -> list[Carrier]:
    """The carriers that matter; none while fewer devices than the profile asks for have told which they use.

    One that carries less than the profile's `room_quantile` of the room is left out, as is so small a share of values.
    """
    air, rule = seating.air(room), seating.profile.evidence
    if air.devices < seating.machines_needed(room):
        return []
    return [one for one in air.carriers if one.share >= rule.room_quantile.value] or list(air.carriers)


def why_no_carriers(seating: Seating, room: str) -> UnknownReason:
    """Why it is not known which access points the room's devices use."""
    needed = seating.machines_needed(room)
    name, devices = seating.name(room), seating.air(room).devices
    return UnknownReason(
        Text("why_room_access_points_unknown", {"room": name, "devices": devices, "needed": needed}),
        Text("advice_room_more_devices", {"room": name, "devices": max(1, needed - devices)}),
    )


def why_radio_silent(seating: Seating, room: str, carrier: Carrier, otherwise: tuple[str, str]) -> UnknownReason:
    """Why nothing is known of a radio and what to do; `otherwise` is said where no network gear tells of it."""
    reason = None if carrier.radio is None else carrier.radio.reason
    why, advice = _REASONS.get(reason or "", otherwise)
    values = {"room": seating.name(room), "access_point": carrier.name}
    return UnknownReason(Text(why, {**values}), Text(advice, {**values}))


def carrier_steps(seating: Seating, room: str) -> list[ExplanationStep]:
    """Which access points carry the room and how much each."""
    air, rule = seating.air(room), seating.profile.evidence
    where = f"wifi.bssid in room {room}"
    return [
        measured("step_devices_told", air.devices, "devices", where, air.newest_at),
        from_profile("step_room_devices", rule.room_devices),
        from_profile("step_device_days", rule.device_days),
        *(
            measured("step_carrier_share", round(one.share, 3), "ratio", f"{one.name} ({one.bssid}), {where}",
                     air.newest_at)
            for one in air.carriers
        ),
    ]  # fmt: skip
