"""lockdown: Safe Exam Browser where there is one to install, a kiosk on ChromeOS."""

from __future__ import annotations

from agent.protocol.wire import Facts
from collector.simulate.probe import Moment, SimulatedProbe


def _draw(moment: Moment) -> Facts:
    os_name = moment.device.device["os_name"]
    has_program = os_name in {"windows", "macos", "ipados"}
    return {
        "seb_installed": True if has_program else None,
        "seb_version": "3.10.0" if has_program else None,
        "seb_in_use": None,
        "kiosk": True if os_name == "chromeos" else None,
    }


SIMULATED = SimulatedProbe(usual_s=0.1, draw=_draw, turn=3)
