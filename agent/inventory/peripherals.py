"""Is there a physical keyboard, and something to hear sound by? `(None, reason)` where it is not known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from agent.system.machine import System
from agent.system.programs import CommandFailedError
from agent.system.windows_registry import RegistryValue

KnownOrWhy = tuple[bool | None, str]

DEADLINE_S = 10.0
HARDWARE_COMMAND = ("/usr/sbin/system_profiler", "-detailLevel", "mini", "SPHardwareDataType", "-json")
"""`mini` leaves serial number and owner out."""

AUDIO_COMMAND = ("/usr/sbin/system_profiler", "SPAudioDataType", "-json")
_KEYBOARDS = r"HKLM\SYSTEM\CurrentControlSet\Services\kbdclass\Enum"
_OUTPUTS = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\MMDevices\Audio\Render"
_FORM_FACTOR = "{1da5d803-d492-4edd-8c23-e0c0ffee7f0e},0"
_IN_THE_SCREEN = 9
"""EndpointFormFactor DigitalAudioDisplayDevice: a screen's loudspeakers, if it has any."""

_ACTIVE, _UNPLUGGED = 1, 8
_NO_REAL_KEYBOARD = ("TERMINPUT_BUS\\", "ROOT\\", "HID\\CONVERTEDDEVICE")
"""Remote desktops, and the buttons on a tablet's edge."""

_LETTERS = (*range(16, 26), *range(30, 39), *range(44, 51))
"""KEY_Q to KEY_P, KEY_A to KEY_L, KEY_Z to KEY_M."""


def keyboard(system: System) -> KnownOrWhy:
    """Whether a physical keyboard is connected."""
    return _KEYBOARD.get(system.platform_name(), _not_told)(system)


def audio_output(system: System) -> KnownOrWhy:
    """Whether there are speakers, headphones or a socket for them."""
    return _AUDIO.get(system.platform_name(), _not_told)(system)


def _not_told(system: System) -> KnownOrWhy:
    del system
    return None, "not_told_by_system"


def _linux_keyboard(system: System) -> KnownOrWhy:
    # No device at all, not even a power button, is a machine that does not tell: a container, say.
    text = system.read_text("/proc/bus/input/devices")
    return (has_keyboard(text), "") if text and text.strip() else (None, "not_stated")


def has_keyboard(devices: str) -> bool:
    """Whether some input device that is not made by a program has all letters: buttons and mice have a few keys too."""
    return any(_has_letters(device) for device in devices.split("\n\n") if "Sysfs=/devices/virtual/" not in device)


def _has_letters(device: str) -> bool:
    keys = re.search(r"^B: KEY=([0-9a-f ]+)$", device, re.MULTILINE)
    lowest = int(keys[1].split()[-1], 16) if keys else 0
    return all(lowest >> letter & 1 for letter in _LETTERS)


def _windows_keyboard(system: System) -> KnownOrWhy:
    found = system.registry_values(_KEYBOARDS)
    return (None, "not_stated") if found is None else (is_real_keyboard(found), "")


def is_real_keyboard(found: dict[str, RegistryValue]) -> bool:
    """Of the keyboards that the driver has now, by number: whether one is no mere stand-in."""
    places = (place for name, place in found.items() if name.isdigit() and isinstance(place, str))
    return any(not place.upper().startswith(_NO_REAL_KEYBOARD) for place in places)


def _macos_keyboard(system: System) -> KnownOrWhy:
    """A laptop has one; what is plugged into other Macs nobody tells without rights."""
    names = [str(one.get("machine_name", "")) for one in _profiled(system, HARDWARE_COMMAND, "SPHardwareDataType")]
    return (True, "") if any(name.startswith("MacBook") for name in names) else (None, "not_told_by_system")


def _linux_audio(system: System) -> KnownOrWhy:
    cards, outputs = system.read_text("/proc/asound/cards"), system.read_text("/proc/asound/pcm")
    if cards is None:
        return None, "not_stated"
    return alsa_outputs(outputs or "")


def alsa_outputs(text: str) -> KnownOrWhy:
    """From ALSA's list, a line each. A screen's sound alone does not say whether the screen has loudspeakers."""
    outputs = [line for line in text.splitlines() if re.search(r":\s*playback \d", line)]
    if any("HDMI" not in line and "DisplayPort" not in line for line in outputs):
        return True, ""
    return (None, "only_through_screen") if outputs else (False, "")


def _windows_audio(system: System) -> KnownOrWhy:
    outputs = []
    for name in system.registry_keys(_OUTPUTS):
        state = (system.registry_values(rf"{_OUTPUTS}\{name}") or {}).get("DeviceState")
        form = (system.registry_values(rf"{_OUTPUTS}\{name}\Properties") or {}).get(_FORM_FACTOR)
        # The upper bits of the state are Windows' own.
        outputs.append((state & 0xF if isinstance(state, int) else 0, form))
    return mm_outputs(outputs)


def mm_outputs(outputs: Iterable[tuple[int, object]]) -> KnownOrWhy:
    """From state and form of every output that Windows remembers; an empty socket counts, a disabled one does not."""
    usable = [form for state, form in outputs if state in (_ACTIVE, _UNPLUGGED)]
    if any(form != _IN_THE_SCREEN for form in usable):
        return True, ""
    return (None, "only_through_screen") if usable else (False, "")


def _macos_audio(system: System) -> KnownOrWhy:
    found = _profiled(system, AUDIO_COMMAND, "SPAudioDataType")
    devices = [device for one in found for device in one.get("_items", []) if isinstance(device, dict)]
    if not devices:
        return None, "command_failed" if not found else "not_stated"
    return any(device.get("coreaudio_device_output") for device in devices), ""


def _profiled(system: System, command: tuple[str, ...], section: str) -> list[dict[str, Any]]:
    try:
        return msgspec.json.decode(system.output_of(command, DEADLINE_S), type=dict[str, list[dict[str, Any]]])[section]
    except (CommandFailedError, msgspec.DecodeError, KeyError):
        return []


_KEYBOARD: dict[str, Callable[[System], KnownOrWhy]] = {
    "linux": _linux_keyboard,
    "windows": _windows_keyboard,
    "macos": _macos_keyboard,
}
_AUDIO: dict[str, Callable[[System], KnownOrWhy]] = {
    "linux": _linux_audio,
    "windows": _windows_audio,
    "macos": _macos_audio,
}
