"""The machine itself: operating system, memory, disk, screen, keyboard, sound, clock and power."""

from __future__ import annotations

from agent.inventory import clock, operating_system, peripherals, power, screens
from agent.inventory.hardware_ids import NO_HARDWARE_ID, machine_id
from agent.measuring.contract import Probe, ProbeReading, Task
from agent.protocol.facts import DefaultPlan, FactSpec
from agent.protocol.wire import Facts
from agent.system.machine import System

_MIB = 2**20
_ARCHITECTURES = {"amd64": "x86_64", "aarch64": "arm64", "i386": "x86", "i686": "x86"}

NO_MACHINE_KEY = "no_machine_key"


def read(system: System, task: Task) -> ProbeReading:
    """Asks the system for everything; what it does not tell is None with the reason."""
    facts: Facts = {
        "os_name": system.platform_name(),
        "architecture": architecture(system.machine()),
        "memory_total_mib": system.memory_total_bytes() // _MIB,
        "disk_free_mib": system.disk_free_bytes(system.user_files_folder()) // _MIB,
    }
    missing: dict[str, str] = {}
    for part in (operating_system, screens, power):
        part.read(system, facts, missing)
    for name, (answer, reason) in (
        ("keyboard_present", peripherals.keyboard(system)),
        ("audio_output_present", peripherals.audio_output(system)),
        ("clock_synchronised", clock.synchronised(system)),
    ):
        facts[name] = answer
        if answer is None:
            missing[name] = reason
    facts["machine_id"] = machine_id(system, task.machine_key) if task.machine_key else None
    if facts["machine_id"] is None:
        missing["machine_id"] = NO_HARDWARE_ID if task.machine_key else NO_MACHINE_KEY
    return ProbeReading(facts, missing)


def architecture(machine: str) -> str:
    """The architecture by one name, whatever the system calls it."""
    return _ARCHITECTURES.get(machine.lower(), machine.lower())


PROBE = Probe(
    name="device",
    version=1,
    about="device",
    plan=DefaultPlan(every_s=21_600, jitter_s=1_800, deadline_s=30),
    page_knows=(
        *("os_name", "os_version", "os_title", "architecture", "screen_width_px", "screen_height_px"),
        *("keyboard_present", "audio_output_present", "power_source", "battery_level_percent"),
    ),
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
        FactSpec("machine_id", "str", "", "which machine it is: its hardware's id, hashed under the authority's key"),
    ),
)
