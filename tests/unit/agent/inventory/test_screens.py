"""Which screen counts, and what is known of it."""

from __future__ import annotations

import msgspec
import pytest

from agent.inventory.screens import (
    CONNECTIONS_COMMAND,
    Screen,
    believed,
    first_mode,
    macos_screens,
    main_screen,
    read,
    sized,
)
from agent.protocol.wire import Facts
from agent.system.core_graphics import DisplaySize
from agent.system.windows_registry import RegistryValue
from tests.support.cases import CASES, case_names
from tests.support.recorded_system import RecordedSystem

DISPLAYS = r"HKLM\SYSTEM\CurrentControlSet\Enum\DISPLAY"


def sides(width_mm: int | None, height_mm: int | None, inch: float | None) -> Facts:
    """The facts of a size."""
    return {"screen_width_mm": width_mm, "screen_height_mm": height_mm, "screen_diagonal_inch": inch}


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
    full, board = Screen("", 1920, 1080, 344, 194), Screen("", 1920, 1080)
    assert main_screen([board, full, full._replace(width_mm=531, height_mm=299)]) == full
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
        (PANEL, [PANEL], [DisplaySize(True, 0, 0)], (0, 0)),
        (MONITOR, [MONITOR], [DisplaySize(False, 677.3, 381.0)], (None, None)),
    ],
)
def test_a_size_is_given_only_where_it_is_certain_whose_it_is(
    screen: Screen, screens: list[Screen], sizes: list[DisplaySize], size: tuple[int | None, int | None]
) -> None:
    """Two monitors beside each other could be mixed up, and what macOS guesses at 72 pixels an inch is no size."""
    assert sized(screen, screens, sizes)[3:] == size


CASE_FACTS = {
    "interlaced-preferred-tv": {"screen_width_px": 1920, "screen_height_px": 1080, **sides(690, 390, 31.2)},
    "aspect-as-size-samsung": {"screen_width_px": 1920, "screen_height_px": 1080, **sides(None, None, None)},
    "aspect-as-size-beside-laptop": {"screen_width_px": 1920, "screen_height_px": 1080, **sides(None, None, None)},
}


class Plugged(RecordedSystem):
    """A Windows machine with the screens of a case, as its registry keeps them. `connections` is what it says of how
    they are connected.
    """

    def __init__(self, case: str, connections: str | None = None) -> None:
        super().__init__("windows-11-laptop")
        self._connections = connections
        names = sorted(path.name for path in CASES.glob(f"edid-{case}-M*.hex"))
        self._edids = {name: bytes.fromhex((CASES / name).read_text()) for name in names}

    def registry_keys(self, key: str) -> list[str]:
        inside = key.removeprefix(DISPLAYS).strip("\\").split("\\")
        return list(self._edids) if inside == [""] else ["4&2"] if len(inside) == 1 else ["Control"]

    def registry_values(self, key: str) -> dict[str, RegistryValue] | None:
        return {"EDID": self._edids[key.removeprefix(DISPLAYS).split("\\")[1]]}

    def output_of(self, command: list[str], deadline_s: float) -> str:  # type: ignore[override]  # a list is enough here
        if tuple(command) == CONNECTIONS_COMMAND and self._connections is not None:
            return self._connections
        return super().output_of(command, deadline_s)


@pytest.mark.parametrize("case", CASE_FACTS)
def test_cases(case: str) -> None:
    """TVs that tell half of their lines, or their shape in place of their size."""
    facts: Facts = {}
    missing: dict[str, str] = {}
    read(Plugged(case), facts, missing)
    assert facts == CASE_FACTS[case]
    assert set(missing) == {name for name, value in facts.items() if value is None}


BESIDE = "aspect-as-size-beside-laptop"
TV, OWN = (f"DISPLAY\\EDID-{BESIDE}-{one}.HEX\\4&2_0" for one in ("M0", "M1"))


@pytest.mark.parametrize(
    ("connections", "height_px", "inch"),
    [
        (f"5 {TV}\r\n2147483648 {OWN}\r\n", 1200, 24.0),
        (f"11 {OWN}\r\n5 {TV}\r\n", 1200, 24.0),
        (f"-2147483648 {OWN}\n", 1200, 24.0),
        (f"5 {TV}\r\n10 {OWN}\r\n", 1080, None),
        ("", 1080, None),
        ("Get-CimInstance : Access denied\r\n", 1080, None),
        (None, 1080, None),
    ],
)
def test_the_laptops_own_screen_beside_another(connections: str | None, height_px: int, inch: float | None) -> None:
    """Windows tells which one is built in; where it does not, the one with fewer pixels counts."""
    facts: Facts = {}
    read(Plugged(BESIDE, connections), facts, {})
    assert (facts["screen_height_px"], facts["screen_diagonal_inch"]) == (height_px, inch)


def test_a_macs_monitor_that_tells_its_shape() -> None:
    """macOS hands on what the screen says."""
    shape = Screen("", 1920, 1080, 160, 90)
    assert believed(shape) == Screen("", 1920, 1080)
    assert believed(Screen("", 1920, 1080, 527, 296)).width_mm == 527
    assert believed(Screen("", 1920, 1080, 0, 0)).width_mm is None


def test_every_case_has_its_right_value() -> None:
    """A case without one would show nothing."""
    assert case_names("edid", ".txt") == set(CASE_FACTS)
