"""The machine's own batteries among the power supplies that Linux lists, and what the systems say of mains."""

from __future__ import annotations

from collections import namedtuple

import msgspec
import psutil
import pytest

from agent.inventory.power import Supply, main_battery, read
from agent.protocol.wire import Facts
from agent.system.hardware import Battery, Hardware
from agent.system.machine import System
from tests.support.cases import CASES

AC: Supply = {"type": "Mains", "online": "1"}
NO_AC: Supply = {"type": "Mains", "online": "0"}
USB: Supply = {"type": "USB", "online": "1"}


def battery(status: str, **more: str) -> Supply:
    """One of the machine's own."""
    return {"type": "Battery", "capacity": "80", "status": status, **more}


@pytest.mark.parametrize(
    ("supplies", "found"),
    [
        ([battery("Charging")], Battery(80.0, True)),
        ([battery("Discharging")], Battery(80.0, False)),
        ([battery("Unknown")], Battery(80.0, None)),
        ([battery("Full")], Battery(80.0, True)),
        ([battery("Full", present="0")], None),
        ([AC], None),
        ([{**USB, "online": "0"}], None),  # the socket of a graphics card in a desktop
        ([battery("Discharging", scope="Device")], None),
        ([AC, battery("Discharging"), battery("Discharging", scope="Device")], Battery(80.0, True)),
        ([NO_AC, battery("Charging")], Battery(80.0, True)),
        ([NO_AC, battery("Unknown")], Battery(80.0, False)),
        ([NO_AC, battery("Full")], Battery(80.0, None)),
        ([NO_AC, USB, battery("Discharging")], Battery(80.0, False)),
        ([USB, battery("Discharging")], Battery(80.0, True)),
        ([{**USB, "type": "USB_PD", "online": "0"}, battery("Not charging")], Battery(80.0, True)),
    ],
)
def test_the_battery_of_the_machine(supplies: list[Supply], found: Battery | None) -> None:
    """Told from power supplies as Linux lists them: an adapter decides, then what the battery does; a contradiction is
    not known. A socket counts where no adapter is listed: some say that they feed when a screen hangs on them.
    """
    assert main_battery(supplies) == found


@pytest.mark.parametrize(
    ("batteries", "level"),
    [
        ([{"capacity": "98", "energy_full": "10"}, {"capacity": "10", "energy_full": "30"}], 32.0),
        ([{"capacity": "98"}, {"capacity": "12"}], 12.0),
        ([{"capacity": "98", "energy_full": "10"}, {"capacity": "12"}], 12.0),
        ([{"charge_now": "300", "charge_full": "400"}], 75.0),
        ([{"energy_now": "5", "energy_full": "0"}], None),
        ([{"capacity": "98"}, {}], None),
        ([{"capacity": "104"}], 100.0),
    ],
)
def test_how_full_they_are(batteries: list[Supply], level: float | None) -> None:
    """Together, by how much each holds; the emptiest, where that is not told; worn ones may claim more than all."""
    found = main_battery([{"type": "Battery", "status": "Discharging", **one} for one in batteries])
    assert found == Battery(level, False)


class Case(msgspec.Struct):
    """A machine's power supplies by name, and what is right to say of them."""

    about: str
    supplies: dict[str, Supply]
    right: str
    was: str


CASE_LIST = msgspec.json.decode((CASES / "power-two-batteries.json").read_bytes(), type=list[Case])
LEVELS = [12.0, 12.0, 100.0, 96.0, 50.0]


@pytest.mark.parametrize(
    ("case", "level"), list(zip(CASE_LIST, LEVELS, strict=True)), ids=lambda one: getattr(one, "about", "")
)
def test_cases(case: Case, level: float) -> None:
    """Two batteries, weak chargers, a battery that tells no level."""
    source = next(word for word in ("battery", "mains") if word in case.right)
    assert main_battery(list(case.supplies.values())) == Battery(level, source == "mains")


class Told(System):
    """A machine that is not of Linux, with this battery."""

    def __init__(self, told: Battery | None) -> None:
        super().__init__()
        self._told = told

    def platform_name(self) -> str:
        return "windows"

    def battery(self) -> Battery | None:
        return self._told


@pytest.mark.parametrize(
    ("told", "facts", "missing"),
    [
        (Battery(55.0, False), ("battery", 55.0), {}),
        (Battery(None, True), ("mains", None), {"battery_level_percent": "not_stated"}),
        (Battery(55.0, None), (None, 55.0), {"power_source": "not_stated"}),
        (None, ("mains", None), {"battery_level_percent": "no_battery"}),
    ],
)
def test_facts(told: Battery | None, facts: tuple[str | None, float | None], missing: dict[str, str]) -> None:
    """What is not told is missing with its reason; a machine without a battery is on mains."""
    found: Facts = {}
    why: dict[str, str] = {}
    read(Told(told), found, why)
    assert ((found["power_source"], found["battery_level_percent"]), why) == (facts, missing)


def test_a_level_that_windows_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says 255, of 100."""
    answer = namedtuple("answer", ("percent", "power_plugged"))
    monkeypatch.setattr(psutil, "sensors_battery", lambda: answer(255, True), raising=False)
    assert Hardware().battery() == Battery(None, True)
    monkeypatch.setattr(psutil, "sensors_battery", lambda: answer(99, False), raising=False)
    assert Hardware().battery() == Battery(99.0, False)
