"""latency: a busy line queues packets; a weak signal repeats them and loses some, on the way to the gateway already."""

from __future__ import annotations

from agent.protocol.wire import Facts
from collector.simulate.probe import HOSTS, POINT_AWAY, Moment, SimulatedProbe

_SAMPLES = 20
_WEAK_DBM = -72.0


def _draw(moment: Moment) -> Facts:
    rng, link = moment.rng, moment.device.wireless
    weak = link is not None and link.signal_dbm < _WEAK_DBM
    air_ms = 0.0 if link is None else 2.0
    least = moment.school.rtt_ms * rng.uniform(1.0, 1.1) + air_ms
    median = least * (1.1 + moment.busy) + (rng.uniform(3, 15) if weak else 0.0)
    worst = median * rng.uniform(1.2, 1.8) + (rng.uniform(20, 120) if weak else 0.0)
    lost = rng.choice((0, 0, 1, 2)) if weak else 0
    near, further = air_ms + rng.uniform(0.3, 0.8), rng.uniform(1.0, 6.0)
    return (
        _round_trips("", (least, median, worst), lost)
        | _round_trips("gateway_", (near, near * 1.3, near * 1.3 + worst - median), lost)
        | _round_trips("service_", (least + further, median + further, worst + further), lost)
        | {"service_host": HOSTS[0]}
    )


def _round_trips(target: str, times_ms: tuple[float, float, float], lost: int) -> Facts:
    """From the shortest, the median and the 95th percentile; twenty round trips are too few for a 99th."""
    least, median, worst = times_ms
    facts: Facts = {
        "rtt_min_ms": round(least, 2),
        "rtt_median_ms": round(median, 2),
        "rtt_p95_ms": round(worst, 2),
        "rtt_p99_ms": None,
        "jitter_ms": round((worst - least) * 0.3, 2),
        "loss_ratio": lost / _SAMPLES,
        "samples_count": _SAMPLES,
        "method": "tcp" if target == "service_" else "icmp",
    }
    return {target + name: value for name, value in facts.items()}


SIMULATED = SimulatedProbe(
    usual_s=4.5, draw=_draw, missing="too_few_samples", failure=POINT_AWAY, flaky=True, breaks=True, turn=5
)
