"""throughput: what teaching leaves of the line, a second or two a direction, until it is known well enough."""

from __future__ import annotations

from agent.protocol.wire import Facts
from collector.simulate.probe import POINT_AWAY, Moment, SimulatedProbe

_RUN_S = 4.0
_RUN_MAX_BYTES = 200_000_000


def _draw(moment: Moment) -> Facts:
    rng = moment.rng
    idle_ms = moment.school.rtt_ms * (1.1 + moment.busy)
    facts: Facts = {"connections_count": 4, "idle_rtt_ms": round(idle_ms, 2)}
    for direction, line_mbit_s in (("down", moment.school.down_mbit_s), ("up", moment.school.up_mbit_s)):
        left = line_mbit_s * (1.0 - moment.busy * rng.uniform(0.6, 1.4))
        mbit_s = round(max(0.1, left * min(1.0, rng.gauss(0.98, 0.02))), 2)
        seconds, added_ms = rng.uniform(0.8, 2.0), rng.uniform(10, 90)
        facts |= {
            f"{direction}_mbit_s": mbit_s,
            f"{direction}_half_width_mbit_s": round(mbit_s * rng.uniform(0.005, 0.03), 2),
            f"{direction}_bytes": min(_RUN_MAX_BYTES, int(mbit_s * 1_000_000 / 8 * seconds)),
            f"{direction}_duration_s": round(seconds, 2),
            f"{direction}_stop_reason": "steady",
            f"{direction}_held_back": False,
            f"{direction}_responsiveness_rpm": round(60_000 / (idle_ms + added_ms / 2), 1),
            f"{direction}_added_delay_p95_ms": round(added_ms, 2),
        }
    return facts


SIMULATED = SimulatedProbe(usual_s=2 * _RUN_S, draw=_draw, failure=POINT_AWAY, flaky=True, turn=7)
