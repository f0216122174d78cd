"""Hand-made air for the tests of rooms: devices that heard access points, and radios as network gear tells them.

The requirements are those of the profile that comes with the product.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import msgspec

from agent.protocol.wire import Facts
from collector.configuration.load import load_configuration
from collector.readiness.domain.model import (
    DeviceSeen,
    Evidence,
    Finding,
    Observation,
    Profile,
    RadioSeen,
    School,
    Sitting,
    Verdict,
)
from collector.readiness.verdict.room_reports import RoomReport, SchoolRooms, school_rooms
from tests.support.judging import judge_alone
from tests.unit.collector.readiness.cases import RELEASES, SCHOOL, device, observation, school

NOW = datetime(2026, 11, 16, 11, 0, tzinfo=UTC)
"""A Monday, noon in Stockholm: lessons go on."""
AP_A1, AP_A2 = "02:00:00:00:a1:00", "02:00:00:00:a2:00"
USUAL_LINK: Facts = {
    "band": "5",
    "channel": 36,
    "tx_rate_mbit_s": 300.0,
    "retries_ratio": 0.05,
    "phy_type": "ac",
}
"""A good one, which carries a class."""


@lru_cache(maxsize=1)
def profile() -> Profile:
    """The mission's profile, with its requirements on rooms alone."""
    folder = Path(__file__).parents[2] / "config"
    whole = load_configuration(folder, NOW, environ={}).profiles["skoldigiguide-2023"]
    return msgspec.structs.replace(whole, requirements=[r for r in whole.requirements if r.applies_to == "room"])


def heard(
    of: str,
    room: str,
    *,
    signal_dbm: float | None = -55.0,
    snr_db: float | None = 40.0,
    bssid: str | None = AP_A1,
    at: datetime = NOW - timedelta(hours=1),
    missing: Facts | None = None,
    rows: Sequence[Facts] = (),
    link: Facts = USUAL_LINK,
) -> Observation:
    """One reading of a device's Wi-Fi, an hour old."""
    facts: Facts = {"signal_dbm": signal_dbm, "snr_db": snr_db, "bssid": bssid, **link}
    why = {name: str((missing or {}).get(name, "not_stated")) for name, value in facts.items() if value is None}
    return observation(of, "wifi", facts, room=room, at=at, missing=why, rows=[dict(row) for row in rows])


def days_of(
    room: str,
    signals_dbm: Iterable[float],
    *,
    days: int = 8,
    bssid: str = AP_A1,
    snr_db: float | None = 40.0,
    now: datetime = NOW,
) -> list[Observation]:
    """One device per signal, and one reading of each on every one of so many days."""
    return [
        heard(f"{room}-{number}", room, signal_dbm=signal, snr_db=snr_db, bssid=bssid,
              at=now - timedelta(days=back, hours=1))
        for number, signal in enumerate(signals_dbm)
        for back in range(days)
    ]  # fmt: skip


def radio(
    mac: str = AP_A1,
    *,
    name: str = "AP-A1",
    clients: int | None = 4,
    utilisation: float | None = 20.0,
    room: str | None = None,
    at: datetime = NOW - timedelta(minutes=5),
    unclear: str | None = None,
) -> RadioSeen:
    """A 5 GHz radio with few clients on a calm channel, read five minutes ago."""
    return RadioSeen("wlc", name, at, mac, room, "5", 36, clients, utilisation, unclear)


def evidence(
    observations: Iterable[Observation],
    radios: Iterable[RadioSeen] = (),
    devices: Iterable[DeviceSeen] | None = None,
) -> Evidence:
    """These observations, of enrolled devices, and what the gear told."""
    listed = list(observations)
    known = devices if devices is not None else [device(one) for one in dict.fromkeys(o.device_id for o in listed)]
    return Evidence(school=SCHOOL, devices=list(known), observations=listed, radios=list(radios))


def judged(
    observations: Iterable[Observation],
    radios: Iterable[RadioSeen] = (),
    *,
    rooms: Sequence[str] = ("a1",),
    pupils: int = 20,
    by: Profile | None = None,
    now: datetime = NOW,
    of: School | None = None,
    devices: Iterable[DeviceSeen] | None = None,
) -> Verdict:
    """The verdict on a sitting in those rooms, by the requirements on rooms."""
    start = datetime(2026, 11, 19, 8, 0, tzinfo=UTC)
    sitting = Sitting("ek-9-ma", SCHOOL, "Matematik", "9", pupils, list(rooms), start)
    return judge_alone(sitting, of or school(), by or profile(), evidence(observations, radios, devices), RELEASES, now)


def school_with_seats(seats: int) -> School:
    """So many in every room."""
    known = school()
    return msgspec.structs.replace(known, rooms=[msgspec.structs.replace(one, seats=seats) for one in known.rooms])


def found(
    requirement: str,
    observations: Iterable[Observation],
    radios: Iterable[RadioSeen] = (),
    *,
    rooms: Sequence[str] = ("a1",),
    pupils: int = 20,
    now: datetime = NOW,
    seats: int = 30,
    devices: Iterable[DeviceSeen] | None = None,
) -> Finding:
    """The finding of one requirement."""
    at = school_with_seats(seats)
    verdict = judged(observations, radios, rooms=rooms, pupils=pupils, now=now, of=at, devices=devices)
    return next(one for one in verdict.findings if one.requirement == requirement)


def reports(
    observations: Iterable[Observation],
    radios: Iterable[RadioSeen] = (),
    *,
    of: School | None = None,
    now: datetime = NOW,
) -> SchoolRooms:
    """The reports of all rooms of a school."""
    return school_rooms(of or school(), profile(), evidence(observations, radios), RELEASES, now)


def report(found_rooms: SchoolRooms, room: str) -> RoomReport:
    """That of one room."""
    return next(one for one in found_rooms.rooms if one.room == room)
