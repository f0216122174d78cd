"""What the probes of a simulated machine find at one moment, as the wire's results. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from agent.protocol.wire import ProbeResult
from collector.facts.catalogue import PLANNABLE
from collector.simulate.model import SimulatedDevice, SimulatedSchool
from collector.simulate.probe import Moment, SimulatedProbe
from collector.simulate.probes import in_turn, latecomers

LESSON_LOAD = {8: 0.6, 9: 0.9, 10: 1.0, 11: 0.8, 12: 0.6, 13: 0.9, 14: 0.7, 15: 0.3}
"""How busy teaching makes the line in each hour of local time, as a share of the school's busiest hour."""

_QUIET = 0.05
_CHANCE_OF_FAILURE = 0.01


def results_at(
    school: SimulatedSchool, device: SimulatedDevice, *, at: datetime, hour: int, rng: random.Random
) -> list[ProbeResult]:
    """One result per probe, started one after another from `at`, stamped by the machine's own clock.

    `hour` is that of local time, for how busy the line is.
    """
    busy = school.lesson_load * LESSON_LOAD.get(hour, _QUIET)
    started_at = at + timedelta(seconds=device.clock_offset_s)
    results: list[ProbeResult] = []
    for name, probe, chance in _probes(rng):
        if PLANNABLE[name].loads_line and not device.measures_line:
            continue
        moment = Moment(school, device, busy, chance)
        duration_s = round(probe.usual_s * chance.uniform(0.8, 1.3), 3)
        results.append(_result(moment, name, probe, started_at, duration_s))
        started_at += timedelta(seconds=duration_s)
    return results


def _probes(rng: random.Random) -> Iterator[tuple[str, SimulatedProbe, random.Random]]:
    """Every probe, with the source of chance that it draws from."""
    for name, probe in in_turn().items():
        yield name, probe, rng
    seed = rng.getrandbits(64)
    for name, probe in latecomers().items():
        yield name, probe, random.Random(f"{seed}/{name}")


def _result(moment: Moment, name: str, probe: SimulatedProbe, started_at: datetime, duration_s: float) -> ProbeResult:
    """What the probe found, or why it found nothing."""
    version = PLANNABLE[name].version
    unsupported = probe.unsupported(moment.device)
    if unsupported is not None:
        return ProbeResult(name, version, "unsupported", started_at, duration_s, error=unsupported)
    if moment.device.failing_probe == name or (probe.flaky and moment.rng.random() < _CHANCE_OF_FAILURE):
        return ProbeResult(name, version, "failed", started_at, duration_s, error=probe.failure)
    facts, rows = probe.draw(moment), probe.rows(moment)
    missing = {fact: probe.reasons.get(fact, probe.missing) for fact, value in facts.items() if value is None}
    return ProbeResult(name, version, "ok", started_at, duration_s, facts, missing, rows)
