"""The machine's own battery among the power supplies that Linux lists."""

from __future__ import annotations

import pytest

from agent.inventory.power import main_battery
from agent.system.hardware import Battery


@pytest.mark.parametrize(
    ("supply", "battery"),
    [
        ({"type": "Battery", "capacity": "80", "status": "Charging"}, Battery(80.0, True)),
        ({"type": "Battery", "capacity": "80", "status": "Discharging"}, Battery(80.0, False)),
        ({"type": "Battery", "capacity": "80", "status": "Unknown"}, Battery(80.0, None)),
        ({"type": "Battery", "capacity": "80", "status": "Full", "present": "0"}, None),
        ({"type": "Mains", "online": "1"}, None),
        ({"type": "Battery", "scope": "Device", "capacity": "5", "status": "Discharging"}, None),
    ],
)
def test_the_battery_of_the_machine(supply: dict[str, str], battery: Battery | None) -> None:
    """Told from power supplies as Linux lists them."""
    assert main_battery([supply]) == battery
