"""The device probe on recorded machines."""

from __future__ import annotations

import pytest

from agent.measuring.contract import Task
from agent.probes.device import architecture, read
from tests.support.recorded_system import RecordedSystem


def test_a_laptop_tells_everything() -> None:
    """The panel, not the projector; the own battery, not the mouse's; an update that waits."""
    reading = read(RecordedSystem("linux-sv-laptop"), Task())
    assert reading.facts == {
        "machine_id": None,
        "os_name": "linux",
        "os_version": "24.04",
        "os_title": "Ubuntu 24.04.1 LTS",
        "os_edition": None,
        "os_release": "noble",
        "os_build": None,
        "restart_pending": True,
        "architecture": "x86_64",
        "memory_total_mib": 7780,
        "disk_free_mib": 51200,
        "screen_width_px": 1600,
        "screen_height_px": 900,
        "screen_width_mm": 382,
        "screen_height_mm": 215,
        "screen_diagonal_inch": 17.3,
        "keyboard_present": True,
        "audio_output_present": True,
        "clock_synchronised": True,
        "power_source": "battery",
        "battery_level_percent": 64.0,
    }
    assert reading.missing == {"machine_id": "no_machine_key", "os_edition": "not_stated", "os_build": "not_stated"}


def test_a_server_says_what_it_lacks() -> None:
    """No screen is no resolution of zero, no version is no version, and a power button is no keyboard."""
    reading = read(RecordedSystem("linux-en-server"), Task())
    assert reading.facts["os_title"] == "Arch Linux"
    assert reading.facts["architecture"] == "arm64"
    assert reading.facts["power_source"] == "mains"
    assert (reading.facts["keyboard_present"], reading.facts["audio_output_present"]) == (False, False)
    assert reading.missing == {
        "machine_id": "no_machine_key",
        "os_version": "not_stated",
        "os_edition": "not_stated",
        "os_release": "not_stated",
        "restart_pending": "not_told_by_system",
        "screen_width_px": "no_screen",
        "screen_height_px": "no_screen",
        "screen_width_mm": "no_screen",
        "screen_height_mm": "no_screen",
        "screen_diagonal_inch": "no_screen",
        "clock_synchronised": "not_told_by_system",
        "battery_level_percent": "no_battery",
    }


def test_a_windows_laptop_tells_everything() -> None:
    """Windows 11 by its build, the screen that is connected and not the one that once was, sound, keyboard, clock."""
    reading = read(RecordedSystem("windows-11-laptop"), Task())
    assert {name: value for name, value in reading.facts.items() if value is not None} == {
        "os_name": "windows",
        "os_version": "10.0.26100.2314",
        "os_title": "Windows 11 Education 24H2",
        "os_edition": "Education",
        "os_release": "24H2",
        "os_build": "26100.2314",
        "restart_pending": True,
        "architecture": "x86_64",
        "memory_total_mib": 8192,
        "disk_free_mib": 61440,
        "screen_width_px": 1600,
        "screen_height_px": 900,
        "screen_width_mm": 382,
        "screen_height_mm": 215,
        "screen_diagonal_inch": 17.3,
        "keyboard_present": True,
        "audio_output_present": True,
        "clock_synchronised": True,
        "power_source": "battery",
        "battery_level_percent": 81.0,
    }
    assert reading.missing == {"machine_id": "no_machine_key"}


def test_a_windows_desktop_says_what_it_does_not_know() -> None:
    """A screen without an EDID is no absent screen, buttons on the edge are no keyboard, HDMI may be mute."""
    reading = read(RecordedSystem("windows-sv-desktop"), Task())
    assert reading.facts["os_title"] == "Windows 11 Pro 23H2"
    assert (reading.facts["restart_pending"], reading.facts["keyboard_present"]) == (False, False)
    screen = dict.fromkeys(("width_px", "height_px", "width_mm", "height_mm", "diagonal_inch"), "not_stated")
    assert reading.missing == {
        "machine_id": "no_machine_key",
        **{f"screen_{name}": reason for name, reason in screen.items()},
        "battery_level_percent": "no_battery",
        "audio_output_present": "only_through_screen",
        "clock_synchronised": "time_service_not_running",
    }


def test_a_mac_tells_what_its_own_tools_tell() -> None:
    """The built-in panel in its own pixels and its size; no word of updates or time servers."""
    reading = read(RecordedSystem("macos-sv-laptop"), Task())
    assert {name: value for name, value in reading.facts.items() if value is not None} == {
        "os_name": "macos",
        "os_version": "14.5",
        "os_title": "macOS 14.5",
        "os_build": "23F79",
        "architecture": "arm64",
        "memory_total_mib": 8192,
        "disk_free_mib": 102400,
        "screen_width_px": 2560,
        "screen_height_px": 1664,
        "screen_width_mm": 290,
        "screen_height_mm": 188,
        "screen_diagonal_inch": 13.6,
        "keyboard_present": True,
        "audio_output_present": True,
        "power_source": "mains",
        "battery_level_percent": 64.0,
    }
    not_told = ("restart_pending", "clock_synchronised")
    assert reading.missing == {
        "machine_id": "no_machine_key",
        "os_edition": "not_stated",
        "os_release": "not_stated",
        **dict.fromkeys(not_told, "not_told_by_system"),
    }


def test_a_mac_whose_tools_do_not_answer() -> None:
    """What could not be asked is not known."""
    system = RecordedSystem("macos-sv-laptop")
    system.recorded.commands = {}
    reading = read(system, Task())
    assert reading.missing["screen_width_px"] == "command_failed"
    assert reading.missing["audio_output_present"] == "command_failed"
    assert reading.missing["keyboard_present"] == "not_told_by_system"


def test_a_battery_that_does_not_say_what_it_does_is_not_called_mains() -> None:
    """On Windows and macOS psutil may not know."""
    system = RecordedSystem("windows-sv-desktop")
    system.recorded.battery = (55.0, None)
    reading = read(system, Task())
    assert (reading.facts["power_source"], reading.missing["power_source"]) == (None, "not_stated")
    system.recorded.battery = (55.0, True)
    assert read(system, Task()).facts["power_source"] == "mains"


@pytest.mark.parametrize(("said", "known"), [("AMD64", "x86_64"), ("aarch64", "arm64"), ("riscv64", "riscv64")])
def test_architectures_go_by_one_name(said: str, known: str) -> None:
    """Systems call them differently."""
    assert architecture(said) == known


def test_which_machine_it_is_only_under_the_authoritys_key() -> None:
    """Without a key nothing of the hardware's ids leaves the machine, not even hashed."""
    machine = RecordedSystem("windows-sv-desktop")
    unasked = read(machine, Task())
    assert (unasked.facts["machine_id"], unasked.missing["machine_id"]) == (None, "no_machine_key")
    reading = read(machine, Task(machine_key="key"))
    assert (reading.facts["machine_id"], reading.missing["machine_id"]) == (None, "no_hardware_id")


def test_one_machine_is_told_by_its_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the module for ids of hardware makes it."""
    machine = RecordedSystem("windows-sv-desktop")
    monkeypatch.setattr("agent.probes.device.machine_id", lambda system, key: f"{system is machine} {key}")
    assert read(machine, Task(machine_key="key")).facts["machine_id"] == "True key"
