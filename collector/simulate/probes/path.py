"""path: all hosts of the test, or all but the one that a filter stops.

It breaks on no machine: one that cannot try it leaves its whole school in doubt, and all schools would be.
"""

from __future__ import annotations

from agent.protocol.wire import Facts
from collector.simulate.probe import BLOCKED_HOST, HOSTS, Moment, SimulatedProbe


def _draw(moment: Moment) -> Facts:
    tried = len(HOSTS)
    reached = tried - 1 if moment.is_blocked else tried
    return {"hosts_count": tried, "hosts_reached_count": reached, "hosts_reached_ratio": reached / tried}


def _rows(moment: Moment) -> list[Facts]:
    """The host that was not reached. Hosts that were are left out: nobody judges by them."""
    failed: Facts = {"error_code": "no_answer", "error": "no answer within 5 s"}
    return [{"host": BLOCKED_HOST, "port": 443, "purpose": "film and sound", **failed}] if moment.is_blocked else []


SIMULATED = SimulatedProbe(usual_s=0.4, draw=_draw, rows=_rows, turn=6)
