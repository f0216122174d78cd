"""Keyboards and sound, told from what each system lists."""

from __future__ import annotations

import pytest

from agent.inventory.peripherals import alsa_outputs, has_keyboard, is_real_keyboard, keyboard, mm_outputs
from agent.system.windows_registry import RegistryValue
from tests.support.recorded_system import RecordedSystem

ALL_KEYS = "402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe"


def input_device(keys: str, sysfs: str = "/devices/platform/i8042/serio0/input/input3") -> str:
    """An entry of /proc/bus/input/devices."""
    return f'I: Bus=0011\nN: Name="x"\nS: Sysfs={sysfs}\nH: Handlers=sysrq kbd event3 \nB: EV=120013\nB: KEY={keys}\n'


@pytest.mark.parametrize(
    ("devices", "present"),
    [
        ([input_device("10000000000000 0"), input_device(ALL_KEYS)], True),
        ([input_device("10000000000000 0")], False),
        ([input_device("ffff0000 0 0 0 0")], False),
        ([input_device(ALL_KEYS, "/devices/virtual/input/input9")], False),
        (['I: Bus=0019\nN: Name="Lid Switch"\nB: SW=1\n'], False),
    ],
)
def test_a_keyboard_has_all_letters_and_is_no_program(devices: list[str], present: bool) -> None:
    """Power buttons, mice and remote desktops have keys too."""
    assert has_keyboard("\n".join(devices)) is present


@pytest.mark.parametrize("text", [None, "", "\n"])
def test_a_linux_that_lists_no_device_at_all_does_not_tell(text: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container, not a tablet."""
    system = RecordedSystem("linux-sv-laptop")
    monkeypatch.setattr(system, "read_text", lambda _path: text)
    assert keyboard(system) == (None, "not_stated")


@pytest.mark.parametrize(
    ("found", "real"),
    [
        ({"0": r"ACPI\IDEA0102\4&1f3f8ad&0", "Count": 1}, True),
        ({"0": r"HID\VID_045E&PID_0745&MI_00\7&1&0&0000", "Count": 1}, True),
        ({"0": r"TERMINPUT_BUS\UMB\2&1&0&SESSION1KEYBOARD0", "Count": 1}, False),
        ({"0": r"HID\ConvertedDevice&Col01\5&2cd2c2ba&0&0000", "Count": 1}, False),
        ({"0": r"ROOT\RDP_KBD\0000", "Count": 1}, False),
        ({"Count": 0}, False),
    ],
)
def test_windows_counts_stand_ins_as_keyboards_too(found: dict[str, RegistryValue], real: bool) -> None:
    """Remote desktops and a tablet's buttons are none."""
    assert is_real_keyboard(found) is real


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        (["00-00: ALC257 Analog : ALC257 Analog : playback 1 : capture 1"], (True, "")),
        (["00-03: HDMI 0 : HDMI 0 : playback 1"], (None, "only_through_screen")),
        (["00-03: HDMI 0 : HDMI 0 : playback 1", "01-00: USB Audio : USB Audio : playback 1"], (True, "")),
        (["01-00: USB Audio : USB Audio : capture 1"], (False, "")),
        ([], (False, "")),
    ],
)
def test_sound_on_linux(lines: list[str], answer: tuple[bool | None, str]) -> None:
    """A microphone is no loudspeaker, and a screen may be mute."""
    assert alsa_outputs("\n".join(lines)) == answer


@pytest.mark.parametrize(
    ("outputs", "answer"),
    [
        ([(1, 1)], (True, "")),
        ([(8, 3)], (True, "")),
        ([(2, 1), (4, 1)], (False, "")),
        ([(1, 9)], (None, "only_through_screen")),
        ([(1, None)], (True, "")),
        ([], (False, "")),
    ],
)
def test_sound_on_windows(outputs: list[tuple[int, object]], answer: tuple[bool | None, str]) -> None:
    """Active, or a socket that nothing is plugged into; not what is switched off or gone."""
    assert mm_outputs(outputs) == answer
