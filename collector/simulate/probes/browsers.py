"""browsers: those that the machine was given."""

from __future__ import annotations

from agent.protocol.wire import Facts
from collector.simulate.probe import Moment, SimulatedProbe


def _draw(moment: Moment) -> Facts:
    return dict(moment.device.browsers)


SIMULATED = SimulatedProbe(usual_s=0.2, draw=_draw, missing="not_installed", turn=2)
