"""The device probe on recorded machines."""

from __future__ import annotations

import pytest

from agent.probe import Task
from agent.probes.device import Screen, architecture, first_mode, main_battery, main_screen, os_release, read
from agent.system import Battery
from tests.recorded_system import RecordedSystem


def test_a_laptop_tells_everything() -> None:
    """The panel, not the projector; the own battery, not the mouse's."""
    reading = read(RecordedSystem("linux-sv-laptop"), Task())
    assert {name: value for name, value in reading.facts.items() if value is not None} == {
        "os_name": "linux",
        "os_version": "24.04",
        "os_title": "Ubuntu 24.04.1 LTS",
        "architecture": "x86_64",
        "memory_total_mib": 7780,
        "disk_free_mib": 51200,
        "screen_width_px": 1920,
        "screen_height_px": 1200,
        "power_source": "battery",
        "battery_level_percent": 64.0,
    }
    assert set(reading.missing.values()) == {"not_supported_yet"}


def test_a_server_says_what_it_lacks() -> None:
    """No screen is no resolution of zero, and no version is no version."""
    reading = read(RecordedSystem("linux-en-server"), Task())
    assert reading.facts["os_title"] == "Arch Linux"
    assert reading.facts["architecture"] == "arm64"
    assert reading.facts["power_source"] == "mains"
    assert reading.facts["screen_width_px"] is None
    assert {name: reason for name, reason in reading.missing.items() if reason != "not_supported_yet"} == {
        "os_version": "not_stated",
        "screen_width_px": "no_screen",
        "screen_height_px": "no_screen",
        "battery_level_percent": "no_battery",
    }


def test_windows_tells_its_version_and_not_yet_its_screen() -> None:
    """What is not read yet says so."""
    reading = read(RecordedSystem("windows-sv-desktop"), Task())
    assert reading.facts["os_version"] == "10.0.22631"
    assert reading.facts["os_title"] == "windows 10.0.22631"
    assert reading.facts["architecture"] == "x86_64"
    assert reading.missing["screen_width_px"] == "not_supported_yet"


def test_a_battery_that_does_not_say_what_it_does_is_not_called_mains() -> None:
    """On Windows and macOS psutil may not know."""
    system = RecordedSystem("windows-sv-desktop")
    system.recorded.battery = (55.0, None)
    reading = read(system, Task())
    assert (reading.facts["power_source"], reading.missing["power_source"]) == (None, "not_stated")
    system.recorded.battery = (55.0, True)
    assert read(system, Task()).facts["power_source"] == "mains"


def test_os_release_reads_quotes_and_skips_comments_and_empty_values() -> None:
    """As the format allows."""
    text = "NAME='A B'\nVERSION_ID=\"\"\n#X=1\nID=debian\nno assignment\n"
    assert os_release(text) == {"NAME": "A B", "ID": "debian"}


@pytest.mark.parametrize(("said", "known"), [("AMD64", "x86_64"), ("aarch64", "arm64"), ("riscv64", "riscv64")])
def test_architectures_go_by_one_name(said: str, known: str) -> None:
    """Systems call them differently."""
    assert architecture(said) == known


@pytest.mark.parametrize(
    ("modes", "size"), [("1366x768\n1024x768\n", (1366, 768)), ("1920x1080i\n", (1920, 1080)), ("", None)]
)
def test_the_first_mode_is_the_screens_own(modes: str, size: tuple[int, int] | None) -> None:
    """Modes are listed best first."""
    assert first_mode(modes) == size


def test_without_a_panel_the_smaller_screen_counts() -> None:
    """Beside a projector, the pupil sits at the other one."""
    monitor, projector = Screen("HDMI-A-1", 1280, 1024), Screen("DP-1", 3840, 2160)
    assert main_screen([projector, monitor]) == monitor
    assert main_screen([]) is None


@pytest.mark.parametrize(
    ("supply", "battery"),
    [
        ({"type": "Battery", "capacity": "80", "status": "Charging"}, Battery(80.0, True)),
        ({"type": "Battery", "capacity": "80", "status": "Discharging"}, Battery(80.0, False)),
        ({"type": "Battery", "capacity": "80", "status": "Unknown"}, Battery(80.0, None)),
        ({"type": "Battery", "capacity": "80", "status": "Full", "present": "0"}, None),
        ({"type": "Mains", "online": "1"}, None),
        ({"type": "Battery", "scope": "Device", "capacity": "5", "status": "Discharging"}, None),
    ],
)
def test_the_battery_of_the_machine(supply: dict[str, str], battery: Battery | None) -> None:
    """Told from power supplies as Linux lists them."""
    assert main_battery([supply]) == battery
