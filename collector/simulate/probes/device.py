"""device: the machine itself; it is charged by day and never at its desk."""

from __future__ import annotations

from hashlib import sha256

from agent.protocol.wire import Facts
from collector.simulate.probe import Moment, SimulatedProbe


def _draw(moment: Moment) -> Facts:
    if moment.device.measures_line:
        power: Facts = {"power_source": "mains", "battery_level_percent": None}
    elif moment.device.on_battery:
        power = {"power_source": "battery", "battery_level_percent": float(moment.rng.randrange(20, 100, 10))}
    else:
        power = {"power_source": "mains", "battery_level_percent": 100.0}
    own = f"{moment.device.school} {moment.device.label}"
    return moment.device.device | power | {"machine_id": sha256(own.encode()).hexdigest()[:32]}


SIMULATED = SimulatedProbe(usual_s=0.05, draw=_draw, reasons={"battery_level_percent": "no_battery"}, turn=1)
