"""How the airtime of a room came about, so that whoever divides and adds gets the same. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from collector.readiness.domain.model import ExplanationStep
from collector.readiness.explanation.trail import computed, configured, from_profile, measured
from collector.readiness.rooms.channels import AirChannel
from collector.readiness.rooms.class_air import Basis, ClassAir, Pupil, pupil_takes
from collector.readiness.rooms.links import PACKET_BITS, RoomLink, overhead_of
from collector.readiness.rooms.seating import Seating
from collector.readiness.rooms.unclear import carrier_steps

SHOWN_LINKS = 5
"""So many of the slowest links are shown one by one."""
PERCENT, MBIT_S = "%", "Mbit/s"
_WHOLE = 100.0
_OF_BASIS: Mapping[Basis, str] = {
    "told": "step_air_told",
    "wired": "step_air_wired",
    "untold": "step_air_untold",
    "unmeasured": "step_air_unmeasured",
    "slowest": "step_air_slowest",
}


def steps_of(
    seating: Seating, room: str, channel: AirChannel, classes: Mapping[str, ClassAir], best_percent: float
) -> list[ExplanationStep]:
    """Of the fullest channel: what its pupils take, what others take, both together, and what it is at least."""
    air, takes = seating.profile.air, pupil_takes(seating.profile)
    pupils = sum(classes[name].of_costliest(count) for name, count in channel.pupils.items())
    total = channel.busy(air) + pupils
    return [
        *carrier_steps(seating, room),
        configured("step_room_pupils", seating.seated(room), "pupils", f"room {room}"),
        computed(
            "step_air_takes", takes.unkind, MBIT_S, "down (or at the start, if that is more) + up, by the profile"
        ),
        *_links(seating, classes[room].links),
        *(step for name in channel.pupils for step in _pupils(name, channel.pupils[name], classes[name])),
        computed("step_air_pupils", _WHOLE * pupils, PERCENT, f"the pupils who come to {channel.name}, together"),
        _busy(seating, channel),
        computed("step_air_worst", _WHOLE * total, PERCENT, "what pupils take + what others take, at the unkind end"),
        computed("step_air_best", best_percent, PERCENT, "the same at the kind end: good links, spread evenly"),
    ]


def _links(seating: Seating, links: Sequence[RoomLink]) -> Iterator[ExplanationStep]:
    """The slowest, with what each carries and why."""
    air = seating.profile.air
    for link in links[:SHOWN_LINKS]:
        reading, overhead = link.bad, overhead_of(link.bad.rate_mbit_s, link.bad.phy, air)
        yield measured(
            "step_air_link", reading.rate_mbit_s, MBIT_S, f"wifi.tx_rate_mbit_s of {link.device}", reading.at
        )
        repeats = air.repeats_untold.value if reading.repeats is None else reading.repeats
        sum_in_words = (
            f"{PACKET_BITS} bits / ({PACKET_BITS} / {reading.rate_mbit_s:g} + {overhead.value:g} µs)"
            f" x {air.contention.value:g} x (1 - {repeats:g} repeated)"
        )
        yield computed("step_air_carries", reading.carried(air).unkind, MBIT_S, sum_in_words)
    yield from_profile("step_air_packet", air.packet_overhead)
    yield from_profile("step_air_contention", air.contention)


def _pupils(room: str, count: int, found: ClassAir) -> Iterator[ExplanationStep]:
    """What those take who come from the room, by how it is known."""
    costliest: Sequence[Pupil] = found.unkind[:count]
    for basis, pupils in Counter(pupil.basis for pupil in costliest).items():
        taken = _WHOLE * sum(pupil.share for pupil in costliest if pupil.basis == basis)
        yield computed(_OF_BASIS[basis], taken, PERCENT, f"{pupils} of {count} from room {room}, each takes / carries")


def _busy(seating: Seating, channel: AirChannel) -> ExplanationStep:
    air, told = seating.profile.air, channel.told_percent
    if told is None:
        return from_profile("step_air_busy_assumed", channel.untold_busy(air))
    times = [one.radio.seen.at for one in channel.carriers if one.radio is not None]
    source = f"{channel.name}, the most of its lessons x {air.busy_share.value:g}"
    return measured("step_air_busy", told * air.busy_share.value, PERCENT, source, max(times, default=None))
