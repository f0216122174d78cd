"""Mains or battery, and how full it is."""

from __future__ import annotations

from collections.abc import Sequence

from agent.protocol.wire import Facts
from agent.system.hardware import Battery
from agent.system.machine import System

_POWER = "/sys/class/power_supply"
_FILES = (
    *("type", "scope", "online", "status", "present"),
    *("capacity", "energy_now", "energy_full", "charge_now", "charge_full"),
)
_NOT_TOLD = "Unknown"

Supply = dict[str, str]
"""What Linux tells of one power supply: an adapter, a socket, or a battery."""


def read(system: System, facts: Facts, missing: dict[str, str]) -> None:
    """Fills in both facts. A machine without a battery is on mains."""
    battery = _linux(system) if system.platform_name() == "linux" else system.battery()
    facts["power_source"] = "battery" if battery and battery.on_mains is False else "mains"
    facts["battery_level_percent"] = battery.level_percent if battery else None
    if battery is None:
        missing["battery_level_percent"] = "no_battery"
        return
    if battery.level_percent is None:
        missing["battery_level_percent"] = "not_stated"
    if battery.on_mains is None:
        facts["power_source"] = None
        missing["power_source"] = "not_stated"


def _linux(system: System) -> Battery | None:
    supplies = []
    for folder in system.paths(f"{_POWER}/*"):
        texts = {name: system.read_text(f"{folder}/{name}") for name in _FILES}
        supplies.append({name: text.strip() for name, text in texts.items() if text is not None})
    return main_battery(supplies)


def main_battery(supplies: Sequence[Supply]) -> Battery | None:
    """The machine's own batteries taken together; those of mice and pens (`scope` Device) are left out."""
    own = [one for one in supplies if one.get("scope") != "Device"]
    batteries = [one for one in own if one.get("type") == "Battery" and one.get("present") != "0"]
    if not batteries:
        return None
    adapters = [one for one in own if one.get("type") == "Mains"]
    sockets = [one for one in own if one.get("type", "").startswith("USB")]
    return Battery(_level_percent(batteries), _on_mains(adapters or sockets, batteries))


def _on_mains(adapters: Sequence[Supply], batteries: Sequence[Supply]) -> bool | None:
    """What an adapter says that is online, however weak it is; else what the batteries do. One of two may be full, or
    wait, while the other one carries the machine. A full battery beside an adapter that is offline is a contradiction.
    """
    states = {one.get("status", _NOT_TOLD) for one in batteries} - {_NOT_TOLD}
    if any(one.get("online") in {"1", "2"} for one in adapters):
        return True
    if states & {"Charging", "Discharging"}:
        return "Discharging" not in states
    if any(one.get("type") == "Mains" for one in adapters):
        return None if states else False
    return True if states else None


def _level_percent(batteries: Sequence[Supply]) -> float | None:
    """Each battery's level, weighed by how much it holds; the lowest, where they do not tell that."""
    levels = [level for one in batteries if (level := _level_of(one)) is not None]
    if len(levels) < len(batteries):
        return None
    sizes = [_number(one, "energy_full") or _number(one, "charge_full") for one in batteries]
    known = [size for size in sizes if size]
    if len(known) < len(batteries):
        return min(levels)
    return round(sum(level * size for level, size in zip(levels, known, strict=True)) / sum(known), 1)


def _level_of(battery: Supply) -> float | None:
    """Its own word, else what is left of what it holds."""
    told = _number(battery, "capacity")
    if told is not None:
        return min(told, 100.0)
    for kind in ("energy", "charge"):
        now, full = _number(battery, f"{kind}_now"), _number(battery, f"{kind}_full")
        if now is not None and full:
            return min(round(100 * now / full, 1), 100.0)
    return None


def _number(supply: Supply, name: str) -> float | None:
    text = supply.get(name, "")
    return float(text) if text.isdigit() else None
