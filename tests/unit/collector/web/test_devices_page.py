"""The page of devices as plain values."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from collector.readiness.domain.model import DeviceSeen, Role
from collector.web.pages.devices import DeviceRow, DevicesPage, devices_page
from tests.support.verdicts import NOW, device, school, snapshot

EK, ASP = school(), school("10000002", "Aspskolan")


def shown(*devices: DeviceSeen, of: str | None = None) -> DevicesPage:
    """The Swedish page."""
    return devices_page(snapshot(devices=devices, schools=[EK, ASP]), NOW, "sv", of)


def only(made: DeviceSeen) -> DeviceRow:
    """The row of one device."""
    [row] = shown(made, of=EK.code).devices
    return row


def test_schools_by_name_with_counts() -> None:
    """A school without devices is there too: silence is what IT looks for."""
    old = device("d-2", last_seen_at=NOW - timedelta(hours=25))
    page = shown(device("d-1"), old, device("d-3", last_seen_at=None))
    assert [(r.school.words, r.enrolled, r.heard, r.silent, r.all_silent) for r in page.schools] == [
        ("Aspskolan", "0", "0", "0", True),
        ("Ekskolan", "3", "1", "2", False),
    ]
    assert page.schools[1].school.path == "/devices?school=10000001"
    assert page.summary == "1 av 3 enheter hördes det senaste dygnet."
    assert page.devices == []


def test_a_device_that_is_heard() -> None:
    """Its label, its room by name, when it was heard."""
    row = only(device())
    assert msgspec.structs.asdict(row) == {
        "name": "Vagn 1, dator 1",
        "room": "Sal A1",
        "whose": "Inte sagt",
        "heard": "för 2 minuter sedan",
        "heard_at": "16 nov. 2026 08:58",
        "silent": False,
        "agent_version": "0.1.0",
        "clock": "rätt",
        "clock_off": False,
        "simulated": False,
        "kind": "agent",
    }


@pytest.mark.parametrize(
    ("role", "group", "said"),
    [("pupil", "9A", "Elever, 9A"), ("staff", None, "Personal"), (None, "Vagn 3", "Vagn 3"), ("spare", None, "Reserv")],
)
def test_for_whom_a_device_is(role: Role | None, group: str | None, said: str) -> None:
    """As far as somebody has said so."""
    assert only(msgspec.structs.replace(device(), role=role, group=group)).whose == said


def test_browsers_are_not_missed() -> None:
    """One that is silent is no trouble; a school with nothing but such ones is not marked."""
    browser = msgspec.structs.replace(device("b-1", last_seen_at=NOW - timedelta(days=3)), kind="web")
    page = shown(browser)
    assert [(r.enrolled, r.heard, r.silent, r.all_silent) for r in page.schools] == [
        ("0", "0", "0", True),
        ("1", "0", "0", False),
    ]
    row = only(browser)
    assert (row.silent, row.kind, row.heard) == (False, "web", "för 3 dagar sedan")
    signs = shown(browser, of=EK.code).signs
    assert signs is not None
    assert signs.path == f"/prob/skylt?skola={EK.code}"
    assert page.signs is None


def test_a_device_that_was_never_heard() -> None:
    """Its id where it has no label, and what is not known is said."""
    row = only(device(label=None, room=None, last_seen_at=None))
    assert (row.name, row.room, row.heard, row.heard_at) == ("d-1", "ingen sal", "aldrig", "")
    assert (row.silent, row.agent_version, row.clock) == (True, "okänt", "okänt")


@pytest.mark.parametrize(
    ("offset_s", "words", "off"),
    [
        (59.0, "rätt", False),
        (-60.0, "rätt", False),
        (61.0, "går 1 minut före", True),
        (-86_400.0, "går 1\u00a0440 minuter efter", True),
    ],
)
def test_a_clock_that_is_off(offset_s: float, words: str, off: bool) -> None:
    """More than a minute counts, and the direction is told."""
    row = only(device(clock_offset_s=offset_s))
    assert (row.clock, row.clock_off) == (words, off)


def test_devices_in_the_order_that_people_count() -> None:
    """2 before 10, whatever the letters' case, and labels beside bare ids."""
    names = ["vagn 1, dator 10", "Vagn 1, dator 2", None, "9"]
    page = shown(*(device(f"d-{at}", label=name) for at, name in enumerate(names)), of=EK.code)
    assert [row.name for row in page.devices] == ["9", "d-2", "Vagn 1, dator 2", "vagn 1, dator 10"]


def test_one_school_only() -> None:
    """Other schools' devices are not shown, and there is a way back."""
    page = shown(device("d-1"), device("d-2", of=ASP, simulated=True), of=EK.code)
    assert (page.heading, len(page.devices), page.schools) == ("Enheter: Ekskolan", 1, [])
    assert page.back is not None
    assert (page.back.path, page.frame.notices) == ("/devices", [])
    assert page.frame.other_languages[0].path == "/en/devices?school=10000001"


def test_simulated_devices_are_marked() -> None:
    """On the page, on the school and on the device."""
    made = device(simulated=True)
    assert shown(made).schools[1].simulated
    assert [notice.kind for notice in shown(made).frame.notices] == ["simulated"]
    assert only(made).simulated


@pytest.mark.parametrize(
    ("of", "title"),
    [(None, "Ingen enhet är ansluten"), (EK.code, "Ingen enhet är ansluten"), ("99999999", "Skolan finns inte")],
)
def test_empty_states(of: str | None, title: str) -> None:
    """No device yet is another thing than no such school."""
    empty = shown(of=of).empty
    assert empty is not None
    assert empty.title == title
