"""The devices: per school how many are heard, and per device when it was last heard."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import msgspec

from collector.configuration.links import PROBE_SIGNS
from collector.i18n.formatting import age, counted, phrase
from collector.i18n.messages import Language, moment, number
from collector.i18n.rooms import room_name
from collector.judgement.snapshot import Snapshot
from collector.readiness.domain.model import DeviceKind, DeviceSeen, School
from collector.web.page import Asked, Page
from collector.web.views.empty import Empty, empty
from collector.web.views.layout import Link, PageFrame, address, frame, notices

HEARD_LATELY = timedelta(days=1)
CLOCK_OFF_S = 60.0


class SchoolDevicesRow(msgspec.Struct, frozen=True):
    """How many devices of a school are enrolled, and how many of them were heard in the last day."""

    school: Link
    enrolled: str
    heard: str
    silent: str
    all_silent: bool
    simulated: bool


class DeviceRow(msgspec.Struct, frozen=True):
    """One device. `whose` says for whom it is and of which group, where somebody has said so; `heard` is in words;
    `silent` says that it was not heard in the last day.
    """

    name: str
    room: str
    whose: str
    heard: str
    heard_at: str
    silent: bool
    agent_version: str
    clock: str
    clock_off: bool
    simulated: bool
    kind: DeviceKind


class DevicesPage(msgspec.Struct, frozen=True):
    """Either all schools, or the devices of one."""

    frame: PageFrame
    heading: str
    summary: str
    back: Link | None
    schools: list[SchoolDevicesRow]
    devices: list[DeviceRow]
    empty: Empty | None
    signs: Link | None


def devices_page(snapshot: Snapshot, now: datetime, language: Language, school_code: str | None) -> DevicesPage:
    """The devices of one school, or of every school when none is asked for."""
    shown = [device for device in snapshot.devices if not school_code or device.school == school_code]
    school = snapshot.configuration.schools.get(school_code or "")
    title = phrase(language, "page_devices_title")
    heading = f"{title}: {school.name}" if school else title
    heard = sum(_lately(device, now) for device in shown)
    return DevicesPage(
        frame=frame(
            language,
            heading,
            section="devices",
            page="devices",
            query={"school": school_code},
            authority=snapshot.configuration.settings.authority,
            notices=notices(snapshot, now, language, simulated=[device.simulated for device in shown]),
        ),
        heading=heading,
        summary=counted(language, "page_devices_heard", len(shown), heard=heard),
        back=Link(address(language, "devices"), phrase(language, "page_all_schools")) if school_code else None,
        schools=[] if school_code else _schools(snapshot, now, language),
        devices=[_device(device, school, now, language) for device in sorted(shown, key=_as_people_count)]
        if school_code
        else [],
        signs=Link(address(language, PROBE_SIGNS, skola=school.code), phrase(language, "page_devices_signs"))
        if school
        else None,
        empty=None if shown else empty("devices" if school is not None or not school_code else "school", language),
    )


def _is_missed(device: DeviceSeen, now: datetime) -> bool:
    """Whether it should have been heard. A browser is heard when somebody opens the page: its silence is in order."""
    return device.kind == "agent" and not _lately(device, now)


def _lately(device: DeviceSeen, now: datetime) -> bool:
    return device.last_seen_at is not None and now - device.last_seen_at <= HEARD_LATELY


def _name(device: DeviceSeen) -> str:
    return device.label or device.device_id


def _as_people_count(device: DeviceSeen) -> list[str | int]:
    """'dator 2' before 'dator 10': every second part is a number, so parts of a place are of one kind."""
    return [int(part) if part.isdigit() else part.casefold() for part in re.split(r"([0-9]+)", _name(device))]


def _schools(snapshot: Snapshot, now: datetime, language: Language) -> list[SchoolDevicesRow]:
    by_school: dict[str, list[DeviceSeen]] = {}
    for device in snapshot.devices:
        by_school.setdefault(device.school, []).append(device)
    schools = sorted(snapshot.configuration.schools.values(), key=lambda school: school.name)
    return [_school(school, by_school.get(school.code, []), now, language) for school in schools]


def _school(school: School, devices: list[DeviceSeen], now: datetime, language: Language) -> SchoolDevicesRow:
    heard = sum(_lately(device, now) for device in devices)
    missed = sum(_is_missed(device, now) for device in devices)
    return SchoolDevicesRow(
        school=Link(address(language, "devices", school=school.code), school.name),
        enrolled=number(len(devices), language),
        heard=number(heard, language),
        silent=number(missed, language),
        all_silent=heard == 0 and (missed > 0 or not devices),
        simulated=school.simulated or any(device.simulated for device in devices),
    )


def _device(device: DeviceSeen, school: School | None, now: datetime, language: Language) -> DeviceRow:
    seen, offset = device.last_seen_at, device.clock_offset_s
    room = phrase(language, "page_device_no_room")
    if device.room:
        room = room_name(school, device.room) if school else device.room
    return DeviceRow(
        name=_name(device),
        room=room,
        whose=_whose(device, language),
        heard=age(seen, now, language) if seen else phrase(language, "page_device_never"),
        heard_at=moment(seen, language) if seen else "",
        silent=_is_missed(device, now),
        agent_version=device.agent_version or phrase(language, "page_value_unknown"),
        clock=_clock(offset, language),
        clock_off=offset is not None and abs(offset) > CLOCK_OFF_S,
        simulated=device.simulated,
        kind=device.kind,
    )


def _whose(device: DeviceSeen, language: Language) -> str:
    """For whom it is by its role, and its group (a class, a cart)."""
    role = None if device.role is None else phrase(language, f"page_role_{device.role}")
    told = [one for one in (role, device.group) if one]
    return ", ".join(told) or phrase(language, "page_device_nobodys")


def _clock(offset_s: float | None, language: Language) -> str:
    """How far the device's clock is off, in the direction that tells what to do."""
    if offset_s is None:
        return phrase(language, "page_value_unknown")
    if abs(offset_s) <= CLOCK_OFF_S:
        return phrase(language, "page_clock_right")
    minutes = round(abs(offset_s) / 60)
    return counted(language, "page_clock_ahead" if offset_s > 0 else "page_clock_behind", minutes)


def _view(asked: Asked) -> DevicesPage:
    return devices_page(asked.snapshot, asked.now, asked.language, asked.query.get("school") or None)


def _samples(snapshot: Snapshot) -> list[str]:
    return [address("sv", "devices", school=school) for school in (None, *snapshot.configuration.schools)]


PAGE = Page(path="devices", view=_view, samples=_samples, navigation=30)
