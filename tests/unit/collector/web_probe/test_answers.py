"""What the web probe's page is answered, in plain words; what headers show; the page and the signs as plain values."""

from __future__ import annotations

import json
import re

import msgspec
import pytest

from agent.protocol.wire import FactValue
from collector.configuration.model import WebProbe
from collector.readiness.devices.one_device import DeviceFinding, DeviceVerdict
from collector.readiness.domain.model import Requirement, Room, Severity, Status
from collector.readiness.domain.room_names import room_of
from collector.readiness.evidence.compliance import NOT_CONCERNED
from collector.web_probe.answers import DeviceFindingAnswer, surroundings, verdict_answer
from collector.web_probe.views import ProbePlace, loaded_first, probe_page, qr_svg, script_files, sheet_page
from tests.support.verdicts import NOW, configuration, school
from tests.unit.collector.readiness.cases import requirement

HASH = "0123456789abcdef" * 4
EK = school()


def finding(
    status: Status, value: FactValue = 4096, reason: str = "", *, named: str = "memory", severity: Severity = "required"
) -> DeviceFinding:
    """What a requirement of memory came to."""
    asked: Requirement = requirement(named=named, severity=severity)
    return DeviceFinding(asked, status, "device.memory_total_mib", value, reason)


def told(*findings: DeviceFinding, status: Status = Status.READY) -> list[DeviceFindingAnswer]:
    """What the page is answered, in Swedish."""
    return verdict_answer("d", DeviceVerdict(status, list(findings)), "p", NOW, "sv").findings


@pytest.mark.parametrize(
    ("status", "sv", "en"),
    [
        (Status.READY, "Den här datorn är redo", "This device is ready"),
        (Status.AT_RISK, "Den här datorn är på gränsen", "This device is at the limit"),
        (Status.NOT_READY, "Den här datorn är inte redo", "This device is not ready"),
        (Status.UNKNOWN, "Vet inte än om den här datorn är redo", "Not known yet whether this device is ready"),
    ],
)
def test_headlines(status: Status, sv: str, en: str) -> None:
    """One for each status, in both languages."""
    verdict = DeviceVerdict(status, [])
    assert verdict_answer("d", verdict, "p", NOW, "sv").headline == sv
    assert verdict_answer("d", verdict, "p", NOW, "en").headline == en


def test_what_is_wrong_comes_first() -> None:
    """Then what is not known, what is at risk, what is in order, and last what has no say."""
    answers = told(
        finding(Status.UNKNOWN, None, "not_seen", named="e", severity="if_known"),
        finding(Status.READY, named="d"),
        finding(Status.AT_RISK, named="c"),
        finding(Status.UNKNOWN, None, "not_seen", named="b"),
        finding(Status.NOT_READY, named="a"),
    )
    assert [(one.requirement, one.counts) for one in answers] == [
        *(("a", True), ("b", True), ("c", True), ("d", True), ("e", False)),
    ]


def test_a_value_and_what_to_do() -> None:
    """The profile's remedy where something is wrong, and none where nothing is."""
    wrong, right = told(finding(Status.NOT_READY, 2048), finding(Status.READY, 8192))
    assert (wrong.found, wrong.remedy) == ("Uppmätt: 2\u00a0048\u00a0MiB.", "Åtgärda.")
    assert (right.found, right.remedy) == ("Uppmätt: 8\u00a0192\u00a0MiB.", None)


def test_versions_carry_no_unit() -> None:
    """A version is no number of releases or months."""
    [one] = told(finding(Status.READY, "142.0.1"))
    assert one.found == "Uppmätt: 142.0.1."


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("not_heard", "Ljudet hördes inte. Höj ljudet, kontrollera hörlurarna och gör om kontrollen."),
        ("what_is_this", "Det gick inte att ta reda på (what_is_this). Be skolans it att titta på datorn."),
    ],
)
def test_why_it_is_not_known(reason: str, sentence: str) -> None:
    """In words that say what to do; a code without words is shown for IT."""
    [one] = told(finding(Status.UNKNOWN, None, reason))
    assert (one.found, one.remedy) == (sentence, None)


def test_a_value_that_can_not_be_compared() -> None:
    """Is not told as if it had been."""
    [one] = told(finding(Status.UNKNOWN, "strange", "not_comparable"))
    assert one.found.startswith("Värdet går inte att jämföra")


def test_aging_release_lists_are_said() -> None:
    """Beside the value, as it was judged by them."""
    [one] = told(finding(Status.AT_RISK, "142", "releases_aging"))
    assert one.found.startswith("Uppmätt: 142. Listan över webbläsarnas versioner")


def test_what_does_not_concern_the_device() -> None:
    """Says just that."""
    [one] = told(finding(Status.READY, "windows", NOT_CONCERNED))
    assert one.found == "Gäller inte den här datorn."


@pytest.mark.parametrize(
    ("headers", "seen", "version"),
    [
        ({}, False, None),
        ({"user-agent": "Mozilla/5.0 Chrome/142.0.0.0"}, False, None),
        ({"user-agent": "Mozilla/5.0 SEBASTIAN/1.0"}, False, None),
        ({"user-agent": "Mozilla/5.0 SEB/3.9.0"}, True, "3.9.0"),
        ({"user-agent": "Mozilla/5.0 SEB"}, True, None),
        ({"x-safeexambrowser-configkeyhash": HASH}, True, None),
        ({"x-safeexambrowser-requesthash": HASH.upper()}, True, None),
        ({"x-safeexambrowser-configkeyhash": HASH[1:]}, False, None),
        ({"x-safeexambrowser-configkeyhash": "true"}, False, None),
    ],
)
def test_safe_exam_browser(headers: dict[str, str], seen: bool, version: str | None) -> None:
    """By a hash as long as it must be, or by its name."""
    found = surroundings(headers, NOW)
    assert (found.now, found.safe_exam_browser, found.safe_exam_browser_version) == (NOW, seen, version)


@pytest.mark.parametrize(
    ("written", "room"), [("a1", "a1"), (" A1 ", "a1"), ("sal  a1", "a1"), ("a2", "a2"), ("a3", None), ("", None)]
)
def test_rooms_as_people_write_them(written: str, room: str | None) -> None:
    """By id or name, in capitals or not, spaces or not."""
    found = room_of(EK, written)
    assert (found.id if found else None) == room


def test_a_name_that_two_rooms_have_is_no_room() -> None:
    """A guess would put the device in the wrong one."""
    twins = msgspec.structs.replace(EK, rooms=[Room("a1", 30, "Sal"), Room("a2", 30, "Sal")])
    assert room_of(twins, "Sal") is None


def test_the_page_tells_its_script_what_it_needs() -> None:
    """The school, the room's own id, the language, and every sentence that the script says."""
    asked = {"school": EK.code, "room": "SAL A1"}
    page = probe_page(configuration(EK), "en", asked, ProbePlace(EK, EK.rooms[0]), files="/files", modules=["page.js"])
    told_script = json.loads(page.told)
    assert {name: told_script[name] for name in ("school", "room", "language")} == {
        "school": EK.code,
        "room": "a1",
        "language": "en",
    }
    assert re.fullmatch(r"web/\d+\.\d+\.\d+", told_script["version"])
    assert told_script["words"]["state_done"] == "done"
    assert page.place == "Ekskolan, Sal A1"
    assert page.frame.navigation == []
    assert page.frame.other_languages[0].path == f"/prob?skola={EK.code}&sal=SAL+A1"


@pytest.mark.parametrize(
    ("code", "room", "enabled", "fault"),
    [
        ("", "", True, None),
        ("99", "", True, "school"),
        (EK.code, "", True, None),
        (EK.code, "z", True, "room"),
        (EK.code, "a1", False, "closed"),
    ],
)
def test_without_a_place_there_is_nothing_for_a_script(code: str, room: str, enabled: bool, fault: str | None) -> None:
    """The form, or what is wrong."""
    made = configuration(EK)
    settings = msgspec.structs.replace(made.settings, web_probe=WebProbe(enabled=enabled))
    made = msgspec.structs.replace(made, settings=settings)
    place = ProbePlace(EK, room_of(EK, room)) if code == EK.code else ProbePlace(None, None)
    page = probe_page(made, "sv", {"school": code, "room": room}, place, files="/f", modules=[])
    assert (page.fault, page.told) == (fault, "")


def test_signs_for_every_room() -> None:
    """Each with its own address and code, and told when the addresses lead nowhere else."""
    made = configuration(EK)
    sheet = sheet_page(made, EK, "sv", "/files")
    assert [(one.room, one.codes) for one in sheet.signs] == [
        ("Sal A1", "Skolkod 10000001 · sal a1"),
        ("a2", "Skolkod 10000001 · sal a2"),
    ]
    assert [one.code == qr_svg(one.link) for one in sheet.signs] == [True, True]
    assert sheet.only_here
    settings = msgspec.structs.replace(made.settings, public_url="https://provklar.example/")
    public = sheet_page(msgspec.structs.replace(made, settings=settings), EK, "en", "/files")
    assert public.signs[0].link == "https://provklar.example/en/prob?skola=10000001&sal=a1"
    assert not public.only_here


def test_a_code_is_dark_on_white() -> None:
    """Also on a dark page, with the quiet zone that the standard asks for."""
    code = qr_svg("https://provklar.example/prob?skola=10000001&sal=a1")
    assert code.startswith("<svg")
    assert 'fill="#fff"' in code
    assert 'stroke="#000"' in code
    assert "M4 4.5h7" in code


def test_modules_are_asked_for_at_once() -> None:
    """All that the page begins with, and nothing of what only measures."""
    first = loaded_first()
    assert {"page.js", "visit.js", "browser.js", "collector.js"} <= set(first)
    assert set(first) <= {path.name for path in script_files()}
    assert "measure.js" not in first
