"""The machine itself: operating system, memory, disk, screen and power."""

from __future__ import annotations

import re
from typing import NamedTuple

from agent.probe import FactSpec, Probe, Reading, Task
from agent.system import Battery, System
from agent.wire import Facts

_MIB = 2**20
_DRM = "/sys/class/drm"
_POWER = "/sys/class/power_supply"
_BUILT_IN = ("eDP", "LVDS", "DSI")
_ARCHITECTURES = {"amd64": "x86_64", "aarch64": "arm64", "i386": "x86", "i686": "x86"}


class Screen(NamedTuple):
    """A connected screen and its own (preferred) resolution in pixels."""

    connector: str
    width_px: int
    height_px: int


def read(system: System, task: Task) -> Reading:
    """Asks the system for everything; what it does not tell is None with the reason."""
    del task
    facts: Facts = {
        "os_name": system.platform_name(),
        "architecture": architecture(system.machine()),
        "memory_total_mib": system.memory_total_bytes() // _MIB,
        "disk_free_mib": system.disk_free_bytes(system.user_files_folder()) // _MIB,
    }
    missing: dict[str, str] = {}
    _operating_system(system, facts, missing)
    _screen(system, facts, missing)
    _power(system, facts, missing)
    for name in (spec.name for spec in PROBE.facts if spec.name not in facts):
        facts[name], missing[name] = None, "not_supported_yet"
    return Reading(facts, missing)


def _operating_system(system: System, facts: Facts, missing: dict[str, str]) -> None:
    if system.platform_name() == "linux":
        release = os_release(system.read_text("/etc/os-release") or system.read_text("/usr/lib/os-release") or "")
        version, title = release.get("VERSION_ID"), release.get("PRETTY_NAME")
    else:
        version = system.platform_version() or None
        title = f"{system.platform_name()} {version}" if version else None
    facts["os_version"], facts["os_title"] = version, title
    missing.update({name: "not_stated" for name in ("os_version", "os_title") if facts[name] is None})


def _screen(system: System, facts: Facts, missing: dict[str, str]) -> None:
    screen = main_screen(_screens(system)) if system.platform_name() == "linux" else None
    facts["screen_width_px"] = max(screen.width_px, screen.height_px) if screen else None
    facts["screen_height_px"] = min(screen.width_px, screen.height_px) if screen else None
    if screen is None:
        reason = "no_screen" if system.platform_name() == "linux" else "not_supported_yet"
        missing.update(screen_width_px=reason, screen_height_px=reason)


def _screens(system: System) -> list[Screen]:
    found = []
    for folder in system.paths(f"{_DRM}/card*-*"):
        if (system.read_text(f"{folder}/status") or "").strip() == "connected":
            size = first_mode(system.read_text(f"{folder}/modes") or "")
            if size:
                found.append(Screen(folder.rpartition("/")[2].partition("-")[2], *size))
    return found


def _power(system: System, facts: Facts, missing: dict[str, str]) -> None:
    battery = _linux_battery(system) if system.platform_name() == "linux" else system.battery()
    facts["power_source"] = "battery" if battery and battery.on_mains is False else "mains"
    facts["battery_level_percent"] = battery.level_percent if battery else None
    if battery is None:
        missing["battery_level_percent"] = "no_battery"
    elif battery.on_mains is None:
        facts["power_source"] = None
        missing["power_source"] = "not_stated"


def _linux_battery(system: System) -> Battery | None:
    supplies = []
    for folder in system.paths(f"{_POWER}/*"):
        names = ("type", "scope", "status", "capacity", "present")
        texts = {name: system.read_text(f"{folder}/{name}") for name in names}
        supplies.append({name: text.strip() for name, text in texts.items() if text is not None})
    return main_battery(supplies)


def os_release(text: str) -> dict[str, str]:
    """The assignments of an os-release file."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs if value.strip().strip("\"'")}


def architecture(machine: str) -> str:
    """The architecture by one name, whatever the system calls it."""
    return _ARCHITECTURES.get(machine.lower(), machine.lower())


def first_mode(modes: str) -> tuple[int, int] | None:
    """The first line of a connector's modes, which is the screen's own resolution: width and height in pixels."""
    found = re.match(r"(\d+)x(\d+)", modes.strip())
    return (int(found[1]), int(found[2])) if found else None


def main_screen(screens: list[Screen]) -> Screen | None:
    """The built-in screen, else the smallest: with a projector beside it, the pupil sits at the other one."""
    built_in = [screen for screen in screens if screen.connector.startswith(_BUILT_IN)]
    return min(built_in or screens, key=lambda screen: screen.width_px * screen.height_px, default=None)


def main_battery(supplies: list[dict[str, str]]) -> Battery | None:
    """The machine's own battery among the power supplies; those of mice and pens (`scope` Device) are left out."""
    for supply in supplies:
        own = supply.get("type") == "Battery" and supply.get("scope") != "Device" and supply.get("present") != "0"
        if own and supply.get("capacity", "").isdigit():
            status = supply.get("status", "Unknown")
            on_mains = None if status == "Unknown" else status != "Discharging"
            return Battery(float(supply["capacity"]), on_mains)
    return None


PROBE = Probe(
    name="device",
    version=1,
    read=read,
    facts=(
        FactSpec("os_name", "str", "", "linux, windows, macos, chromeos, ipados, android"),
        FactSpec("os_version", "str", "", "version of the operating system, as a dotted version"),
        FactSpec("os_title", "str", "", "name and version as the system calls itself"),
        FactSpec("os_edition", "str", "", "edition as the system calls it, such as Education or Professional"),
        FactSpec("os_release", "str", "", "release as the system calls it, such as 24H2 or bookworm"),
        FactSpec("os_build", "str", "", "build as the system writes it, such as 26100.2314 or 23F79"),
        FactSpec("restart_pending", "bool", "", "whether an update waits for a restart"),
        FactSpec("architecture", "str", "", "such as x86_64 or arm64"),
        FactSpec("memory_total_mib", "int", "MiB", "memory that the system can use", 0, 16_777_216),
        FactSpec("disk_free_mib", "int", "MiB", "free space where the user's files live", 0, 17_179_869_184),
        FactSpec("screen_width_px", "int", "px", "longer side of the main screen's own resolution", 1, 100_000),
        FactSpec("screen_height_px", "int", "px", "shorter side of the main screen's own resolution", 1, 100_000),
        FactSpec("screen_width_mm", "int", "mm", "longer side of the main screen's visible area", 1, 10_000),
        FactSpec("screen_height_mm", "int", "mm", "shorter side of the main screen's visible area", 1, 10_000),
        FactSpec("screen_diagonal_inch", "float", "inch", "diagonal of the main screen's visible area", 0.1, 600),
        FactSpec("keyboard_present", "bool", "", "whether a physical keyboard is connected"),
        FactSpec("audio_output_present", "bool", "", "whether there are speakers, headphones or a socket for them"),
        FactSpec("clock_synchronised", "bool", "", "whether the system keeps its clock by a time server"),
        FactSpec("power_source", "str", "", "mains or battery; a machine without a battery is on mains"),
        FactSpec("battery_level_percent", "float", "%", "charge of the battery", 0, 100),
    ),
)
