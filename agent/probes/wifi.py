"""The Wi-Fi link that this machine uses now, and what else is heard: the own network's access points, and of others
nothing but channel and strength. No network names.
"""

from __future__ import annotations

from agent.measuring.contract import Probe, ProbeFailureError, ProbeReading, ProbeUnsupportedError, Task
from agent.protocol.facts import DefaultPlan
from agent.system.machine import System
from agent.system.programs import CommandFailedError
from agent.wifi import linux, macos, windows
from agent.wifi.link import FACTS
from agent.wifi.roaming import ROAMED, with_roaming


def read(system: System, task: Task) -> ProbeReading:
    """Asks nl80211 on Linux, the WLAN API on Windows, system_profiler on macOS; and remembers the access point."""
    match system.platform_name():
        case "linux":
            found = linux.parse(system.wireless_interfaces() or [])
        case "windows":
            found = windows.parse(interfaces) if (interfaces := system.wlan_interfaces()) else None
        case "macos":
            found = macos.parse(_system_profiler(system, task.deadline_s))
        case other:
            raise ProbeUnsupportedError("not_supported_yet", f"not yet on {other}")
    if found is None:
        raise ProbeUnsupportedError("no_wifi_interface", "this machine has no wireless interface")
    return with_roaming(found, task.folder, system.now())


def _system_profiler(system: System, deadline_s: float) -> str:
    try:
        return system.output_of(macos.COMMAND, deadline_s)
    except CommandFailedError as error:
        raise ProbeFailureError("command_failed", str(error)) from error


PROBE = Probe(
    name="wifi",
    version=2,
    read=read,
    about="network",
    shows_room="air",
    plan=DefaultPlan(every_s=300, jitter_s=60, deadline_s=20),
    steady=("bssid", "band", "frequency_mhz", "channel", "width_mhz", "phy_type", ROAMED.name),
    facts=(*FACTS, ROAMED),
)
