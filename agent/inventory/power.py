"""Mains or battery, and how full it is."""

from __future__ import annotations

from agent.protocol.wire import Facts
from agent.system.hardware import Battery
from agent.system.machine import System

_POWER = "/sys/class/power_supply"


def read(system: System, facts: Facts, missing: dict[str, str]) -> None:
    """Fills in both facts. A machine without a battery is on mains."""
    battery = _linux(system) if system.platform_name() == "linux" else system.battery()
    facts["power_source"] = "battery" if battery and battery.on_mains is False else "mains"
    facts["battery_level_percent"] = battery.level_percent if battery else None
    if battery is None:
        missing["battery_level_percent"] = "no_battery"
    elif battery.on_mains is None:
        facts["power_source"] = None
        missing["power_source"] = "not_stated"


def _linux(system: System) -> Battery | None:
    supplies = []
    for folder in system.paths(f"{_POWER}/*"):
        names = ("type", "scope", "status", "capacity", "present")
        texts = {name: system.read_text(f"{folder}/{name}") for name in names}
        supplies.append({name: text.strip() for name, text in texts.items() if text is not None})
    return main_battery(supplies)


def main_battery(supplies: list[dict[str, str]]) -> Battery | None:
    """The machine's own battery among the power supplies; those of mice and pens (`scope` Device) are left out."""
    for supply in supplies:
        own = supply.get("type") == "Battery" and supply.get("scope") != "Device" and supply.get("present") != "0"
        if own and supply.get("capacity", "").isdigit():
            status = supply.get("status", "Unknown")
            on_mains = None if status == "Unknown" else status != "Discharging"
            return Battery(float(supply["capacity"]), on_mains)
    return None
