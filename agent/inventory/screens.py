"""The screen that a pupil sits at: its own resolution, and its size where the screen says it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from agent.inventory import edid
from agent.protocol.wire import Facts
from agent.system.machine import System
from agent.system.programs import CommandFailedError

if TYPE_CHECKING:
    from agent.system.core_graphics import DisplaySize

_DRM = "/sys/class/drm"
_BUILT_IN = ("eDP", "LVDS", "DSI")
_DISPLAYS = r"HKLM\SYSTEM\CurrentControlSet\Enum\DISPLAY"
DISPLAYS_COMMAND = ("/usr/sbin/system_profiler", "SPDisplaysDataType", "-json")
_CONNECTIONS = "Get-CimInstance -Namespace root/wmi -ClassName WmiMonitorConnectionParams"
_PRINTED = "ForEach-Object { '{0} {1}' -f $_.VideoOutputTechnology, $_.InstanceName }"
CONNECTIONS_COMMAND = ("powershell", "-NoProfile", "-Command", f"{_CONNECTIONS} | {_PRINTED}")
_INTERNAL = {"6", "11", "13", "2147483648", "-2147483648"}
"""D3DKMDT_VIDEO_OUTPUT_TECHNOLOGY: LVDS, embedded DisplayPort, embedded UDI, internal (signed in some versions)."""
DEADLINE_S = 10.0
_GUESS_MM_PER_PIXEL = 25.4 / 72
"""What Core Graphics takes for the size of a pixel when a screen does not tell its own."""
_FACTS = ("screen_width_px", "screen_height_px", "screen_width_mm", "screen_height_mm", "screen_diagonal_inch")


class Screen(NamedTuple):
    """A connected screen, its own (preferred) resolution in pixels, and its size in mm where it is known."""

    connector: str
    width_px: int
    height_px: int
    width_mm: int | None = None
    height_mm: int | None = None


def read(system: System, facts: Facts, missing: dict[str, str]) -> None:
    """Fills in the facts of the main screen, or why there are none."""
    screens, no_size = _READERS.get(system.platform_name(), _none)(system)
    screen = main_screen(screens and [believed(one) for one in screens])
    facts.update(dict.fromkeys(_FACTS))
    if screen is None:
        missing.update(dict.fromkeys(_FACTS, no_size if screens is None else "no_screen"))
        return
    facts["screen_width_px"] = max(screen.width_px, screen.height_px)
    facts["screen_height_px"] = min(screen.width_px, screen.height_px)
    if screen.width_mm is None or screen.height_mm is None:
        missing.update(dict.fromkeys(_FACTS[2:], no_size))
        return
    facts["screen_width_mm"] = max(screen.width_mm, screen.height_mm)
    facts["screen_height_mm"] = min(screen.width_mm, screen.height_mm)
    facts["screen_diagonal_inch"] = edid.diagonal_inch(screen.width_mm, screen.height_mm)


def believed(screen: Screen) -> Screen:
    """The screen without a size that can be none."""
    width, height = screen.width_mm, screen.height_mm
    if width and height and edid.can_be_size(width, height, screen.width_px, screen.height_px):
        return screen
    return screen._replace(width_mm=None, height_mm=None)


def main_screen(screens: list[Screen] | None) -> Screen | None:
    """The built-in screen, else the smallest: with a projector or a TV beside it, the pupil sits at the other one."""
    built_in = [screen for screen in screens or [] if screen.connector.startswith(_BUILT_IN)]
    return min(built_in or screens or [], key=_extent, default=None)


def _extent(screen: Screen) -> tuple[int, float]:
    """Of two with as many pixels the one with the smaller size; one without a size is more likely a projector or TV."""
    size = screen.width_mm * screen.height_mm if screen.width_mm and screen.height_mm else math.inf
    return screen.width_px * screen.height_px, size


def _none(system: System) -> tuple[list[Screen] | None, str]:
    del system
    return None, "not_told_by_system"


def _linux(system: System) -> tuple[list[Screen] | None, str]:
    """From the graphics drivers. They list the modes best first; the EDID lies beside them."""
    found = []
    for folder in system.paths(f"{_DRM}/card*-*"):
        if (system.read_text(f"{folder}/status") or "").strip() == "connected":
            size = first_mode(system.read_text(f"{folder}/modes") or "")
            said = edid.parse(system.read_bytes(f"{folder}/edid") or b"")
            if size:
                sides = (said.width_mm, said.height_mm) if said else (None, None)
                found.append(Screen(folder.rpartition("/")[2].partition("-")[2], *size, *sides))
    return found, "not_stated"


def first_mode(modes: str) -> tuple[int, int] | None:
    """The first line of a connector's modes, which is the screen's own resolution: width and height in pixels."""
    found = re.match(r"(\d+)x(\d+)", modes.strip())
    return (int(found[1]), int(found[2])) if found else None


def _windows(system: System) -> tuple[list[Screen] | None, str]:
    """From the registry, which keeps the EDID of every screen that was ever connected: those that are now have a
    subkey `Control`.
    """
    found, silent = dict[str, Screen](), False
    for model in system.registry_keys(_DISPLAYS):
        for instance in system.registry_keys(rf"{_DISPLAYS}\{model}"):
            place = rf"{_DISPLAYS}\{model}\{instance}"
            if "Control" not in system.registry_keys(place):
                continue
            raw = (system.registry_values(rf"{place}\Device Parameters") or {}).get("EDID")
            said = edid.parse(raw) if isinstance(raw, bytes) else None
            if said and said.width_px and said.height_px:
                one = Screen("", said.width_px, said.height_px, said.width_mm, said.height_mm)
                found[rf"display\{model}\{instance}".lower()] = one
            else:
                silent = True
    screens = _told_apart(system, found) if len(found) > 1 else list(found.values())
    # A screen without an EDID is no absent screen: a virtual one has none.
    return (screens or None) if silent else screens, "not_stated"


def _told_apart(system: System, screens: Mapping[str, Screen]) -> list[Screen]:
    """The same, with the built-in one called so, where Windows tells."""
    try:
        built_in = built_in_screens(system.output_of(CONNECTIONS_COMMAND, DEADLINE_S))
    except CommandFailedError:
        built_in = set()
    return [one._replace(connector=_BUILT_IN[0]) if name in built_in else one for name, one in screens.items()]


def built_in_screens(text: str) -> set[str]:
    """The screens whose connection does not leave the machine, by their place in the registry in lower case. Each line
    has the number of a kind of connection and a name that ends in a number.
    """
    pairs = (line.strip().partition(" ") for line in text.splitlines())
    return {re.sub(r"_\d+$", "", name).lower() for kind, _, name in pairs if kind in _INTERNAL}


def _macos(system: System) -> tuple[list[Screen] | None, str]:
    """From system_profiler, which knows pixels, and Core Graphics, which knows millimetres."""
    try:
        screens = macos_screens(system.output_of(DISPLAYS_COMMAND, DEADLINE_S))
    except CommandFailedError:
        return None, "command_failed"
    sizes = system.display_sizes()
    return screens and [sized(screen, screens, sizes) for screen in screens], "not_told_by_system"


def sized(screen: Screen, screens: list[Screen], sizes: list[DisplaySize]) -> Screen:
    """The screen with its size, where it is certain which size is its: that of the built-in one, or of the only one."""
    own = [size for size in sizes if size.is_built_in == bool(screen.connector)]
    alike = [one for one in screens if bool(one.connector) == bool(screen.connector)]
    if len(own) != 1 or len(alike) != 1 or abs(own[0].width_mm - screen.width_px * _GUESS_MM_PER_PIXEL) < 1:
        return screen
    return screen._replace(width_mm=round(own[0].width_mm), height_mm=round(own[0].height_mm))


def macos_screens(text: str) -> list[Screen] | None:
    """The screens that are on; None for text of another form."""
    try:
        cards = msgspec.json.decode(text, type=dict[str, list[dict[str, Any]]])["SPDisplaysDataType"]
        screens = [screen for card in cards for screen in card.get("spdisplays_ndrvs", [])]
        return [found for screen in screens if (found := _macos_screen(screen))]
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
        return None


def _macos_screen(screen: dict[str, Any]) -> Screen | None:
    size = re.match(r"(\d+) x (\d+)", str(screen.get("_spdisplays_pixels", "")))
    if size is None or screen.get("spdisplays_online") == "spdisplays_no":
        return None
    built_in = screen.get("spdisplays_connection_type") == "spdisplays_internal" or "built-in" in str(
        screen.get("spdisplays_display_type", "")
    )
    return Screen(_BUILT_IN[0] if built_in else "", int(size[1]), int(size[2]))


_READERS = {"linux": _linux, "windows": _windows, "macos": _macos}
