"""Every room of a school as its own report: what is known of its air, judged as if the room were full. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from collector.readiness.domain.model import Evidence, Finding, Profile, Releases, Room, School, Status, Text
from collector.readiness.domain.verdicts import soften_recommended, with_causes, worst
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.machines.count import machines
from collector.readiness.rooms.carriers import Carrier
from collector.readiness.rooms.coverage import bounds
from collector.readiness.rooms.placement import Misplaced, misplaced
from collector.readiness.rooms.samples import OF_ROOMS, FactSource, days_of_strand, fresh_in_room
from collector.readiness.rooms.seating import Seating
from collector.readiness.rooms.signal_p10 import SOURCES as SIGNAL
from collector.readiness.rooms.snr_p10 import SOURCES as SNR
from collector.readiness.rooms.utilisation import busy_percent
from collector.readiness.rooms.whereabouts import with_moving_placed
from collector.readiness.verdict.laid_out import LaidOut, laid_out
from collector.readiness.verdict.room_findings import finding_of_rooms, room_answer


class AccessPointUse(msgspec.Struct, frozen=True):
    """An own access point's radio that carries a room: `share` of the room's devices and days, by `devices` devices.

    `clients` and `utilisation_percent` are None where they are not known; `unclear` then says why, as a code, where
    network gear was asked.
    """

    name: str
    bssid: str
    share: float
    devices: int
    band: str | None
    channel: int | None
    clients: int | None
    utilisation_percent: float | None
    unclear: str | None


class RoomReport(msgspec.Struct, frozen=True):
    """A room. `devices` (machines for certain) have measured there lately, on `days` days; `newest_at` is the newest
    measurement of any age, None if there never was one. `signal_p10_dbm` and `snr_p10_db` are confidence bounds, None
    while too little is known.
    """

    room: str
    status: Status
    measured: bool
    devices: int
    days: int
    newest_at: datetime | None
    signal_p10_dbm: float | None
    snr_p10_db: float | None
    utilisation_percent: float | None
    access_points: list[AccessPointUse]
    findings: list[Finding]


class SchoolRooms(msgspec.Struct, frozen=True):
    """All rooms of a school as judged at `judged_at` by `profile`; `misplaced` says which access points do not stand
    where they are said to.
    """

    school: str
    profile: str
    judged_at: datetime
    simulated: bool
    rooms: list[RoomReport]
    misplaced: list[Text]


def school_rooms(
    school: School, profile: Profile, evidence: Evidence | LaidOut, releases: Releases, now: datetime
) -> SchoolRooms:
    """Every room of the school at `now`, in the order of the configuration."""
    known = laid_out(evidence, now)
    placed = known.observed.once(with_moving_placed, profile.evidence)
    rooms = [_report(room, school, profile, placed, releases) for room in school.rooms]
    named = {room.id: room.name or room.id for room in school.rooms}
    return SchoolRooms(
        school=school.code,
        profile=profile.id,
        judged_at=now,
        simulated=school.simulated or any(device.simulated for device in known.evidence.devices),
        rooms=rooms,
        misplaced=[_elsewhere(one, named) for one in misplaced(known.observed, profile.evidence)],
    )


def _report(room: Room, school: School, profile: Profile, observed: EvidenceIndex, releases: Releases) -> RoomReport:
    seating = Seating(school, profile, observed, releases, {room.id: room.seats})
    asked = [one for one in profile.requirements if one.applies_to == "room"]
    answers = [(one, room_answer(one, seating, room.id)) for one in asked]
    judged = [soften_recommended(finding_of_rooms(one, seating, [answer])) for one, answer in answers]
    findings = with_causes(judged, asked)
    fresh = [one for probe in OF_ROOMS for one in fresh_in_room(observed, probe, room.id, profile.evidence).parts]
    patience = timedelta(days=profile.evidence.device_days.value)
    devices = machines(observed, {one.device_id for one in fresh}, profile.evidence.device_days).certain
    measured = devices >= seating.machines_needed(room.id)
    carriers = seating.air(room.id).carriers
    return RoomReport(
        room=room.id,
        status=worst(findings) if measured else Status.UNKNOWN,
        measured=measured,
        devices=devices,
        days=len({day for one in fresh for day in days_of_strand(one, observed.now - patience)}),
        newest_at=_newest(observed, room.id),
        signal_p10_dbm=_bound(seating, room.id, SIGNAL),
        snr_p10_db=_bound(seating, room.id, SNR),
        utilisation_percent=max((busy for one in carriers if (busy := busy_percent(one)) is not None), default=None),
        access_points=[_use(one) for one in carriers],
        findings=findings,
    )


def _bound(seating: Seating, room: str, sources: tuple[FactSource, ...]) -> float | None:
    found = seating.places(room, sources)
    least, _ = bounds(seating, room, found)
    return least if found.devices >= seating.machines_needed(room) and least in found.numbers else None


def _newest(observed: EvidenceIndex, room: str) -> datetime | None:
    found = (observed.newest_in_room.get((probe, room), {}) for probe in OF_ROOMS)
    return max((one.last_at for newest in found for one in newest.values() if one.status == "ok"), default=None)


def _use(carrier: Carrier) -> AccessPointUse:
    reading = carrier.radio
    return AccessPointUse(
        name=carrier.name,
        bssid=carrier.bssid,
        share=carrier.share,
        devices=carrier.devices,
        band=carrier.band,
        channel=carrier.channel,
        clients=None if reading is None else reading.clients,
        utilisation_percent=busy_percent(carrier),
        unclear=None if reading is None else reading.reason,
    )


def _elsewhere(one: Misplaced, named: dict[str, str]) -> Text:
    placed, heard = named.get(one.placed, one.placed), named.get(one.heard, one.heard)
    values: dict[str, str | int | float | datetime] = {
        "access_point": one.access_point,
        "placed": placed,
        "heard": heard,
        "heard_dbm": one.heard_dbm,
    }
    if one.placed_dbm is None:
        return Text("why_access_point_not_heard", values)
    return Text("why_access_point_elsewhere", values | {"placed_dbm": one.placed_dbm})
