"""Which screen counts, and what is known of it."""

from __future__ import annotations

import msgspec
import pytest

from agent.inventory.screens import Screen, first_mode, macos_screens, main_screen, sized
from agent.system.core_graphics import DisplaySize


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
    assert main_screen([Screen("eDP-1", 1920, 1080), monitor]) == Screen("eDP-1", 1920, 1080)
    assert main_screen([]) is None
    assert main_screen(None) is None


def macos(*screens: dict[str, str]) -> list[Screen] | None:
    """What is read of these screens on two cards, one of which has none."""
    return macos_screens(msgspec.json.encode({"SPDisplaysDataType": [{}, {"spdisplays_ndrvs": screens}]}).decode())


def test_macos_tells_the_built_in_panel_by_type_or_connection() -> None:
    """Older systems name one, newer ones the other; a screen that is off does not count."""
    pixels = {"_spdisplays_pixels": "2880 x 1800"}
    assert macos({**pixels, "spdisplays_display_type": "spdisplays_built-in_retinaLCD"}) == [Screen("eDP", 2880, 1800)]
    assert macos({**pixels, "spdisplays_connection_type": "spdisplays_internal"}) == [Screen("eDP", 2880, 1800)]
    assert macos({**pixels}) == [Screen("", 2880, 1800)]
    assert macos({**pixels, "spdisplays_online": "spdisplays_no"}, {"_name": "without pixels"}) == []


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"SPDisplaysDataType": [{"spdisplays_ndrvs": ["x"]}]}', "null"])
def test_an_answer_of_another_form_is_no_absent_screen(text: str) -> None:
    """None, not an empty list."""
    assert macos_screens(text) is None


PANEL, MONITOR, OTHER = Screen("eDP", 2560, 1664), Screen("", 1920, 1080), Screen("", 1280, 800)


@pytest.mark.parametrize(
    ("screen", "screens", "sizes", "size"),
    [
        (PANEL, [PANEL, MONITOR], [DisplaySize(False, 527, 296), DisplaySize(True, 290, 188)], (290, 188)),
        (MONITOR, [PANEL, MONITOR], [DisplaySize(False, 527, 296), DisplaySize(True, 290, 188)], (527, 296)),
        (MONITOR, [MONITOR, OTHER], [DisplaySize(False, 527, 296), DisplaySize(False, 100, 80)], (None, None)),
        (PANEL, [PANEL], [], (None, None)),
        (PANEL, [PANEL], [DisplaySize(True, 0, 0)], (None, None)),
    ],
)
def test_a_size_is_given_only_where_it_is_certain_whose_it_is(
    screen: Screen, screens: list[Screen], sizes: list[DisplaySize], size: tuple[int | None, int | None]
) -> None:
    """Two monitors beside each other could be mixed up, and a wrong size would be judged."""
    assert sized(screen, screens, sizes)[3:] == size
