"""Draws what each probe of a simulated machine finds at one moment. Pure; fact names are those of facts.json."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from agent.protocol.wire import Facts, ProbeError, ProbeResult
from collector.simulate.hardware import lockdown_facts
from collector.simulate.ladder import ladder_facts, ladder_rows
from collector.simulate.model import SimulatedDevice, SimulatedSchool

LESSON_LOAD = {8: 0.6, 9: 0.9, 10: 1.0, 11: 0.8, 12: 0.6, 13: 0.9, 14: 0.7, 15: 0.3}
"""How busy teaching makes the line in each hour of local time, as a share of the school's busiest hour."""

_QUIET = 0.05
_HOSTS = (
    "prov.provplattform.example",
    "inloggning.provplattform.example",
    "film.provplattform.example",
    "administration.provplattform.example",
)
_BLOCKED_HOST = _HOSTS[2]
_SAMPLES = 20
_RUN_S = 4.0
_RUN_MAX_BYTES = 200_000_000
_WEAK_DBM = -72.0
_CHANCE_OF_FAILURE = 0.01
_NO_WIFI = ProbeError("no_wifi_interface", "this simulated machine is on cable")


class _Moment(msgspec.Struct, frozen=True):
    """Everything that a probe's findings depend on. `busy` is the share of the line that teaching takes now."""

    school: SimulatedSchool
    device: SimulatedDevice
    busy: float
    rng: random.Random


_Draw = Callable[[_Moment], Facts]


def results_at(
    school: SimulatedSchool, device: SimulatedDevice, *, at: datetime, hour: int, rng: random.Random
) -> list[ProbeResult]:
    """One result per probe, started one after another from `at`, stamped by the machine's own clock.

    `hour` is that of local time, for how busy the line is.
    """
    moment = _Moment(school, device, school.lesson_load * LESSON_LOAD.get(hour, _QUIET), rng)
    started_at = at + timedelta(seconds=device.clock_offset_s)
    results: list[ProbeResult] = []
    for name, (usual_s, draw) in _PROBES.items():
        if name == "throughput" and not device.measures_line:
            continue
        duration_s = round(usual_s * rng.uniform(0.8, 1.3), 3)
        results.append(_result(moment, name, started_at, duration_s, draw))
        started_at += timedelta(seconds=duration_s)
    return results


def _result(moment: _Moment, name: str, started_at: datetime, duration_s: float, draw: _Draw) -> ProbeResult:
    """What the probe found, or why it found nothing."""
    version = _VERSIONS.get(name, 1)
    if name == "wifi" and moment.device.wireless is None:
        return ProbeResult(name, version, "unsupported", started_at, duration_s, error=_NO_WIFI)
    if moment.device.failing_probe == name or (name in _FLAKY and moment.rng.random() < _CHANCE_OF_FAILURE):
        return ProbeResult(name, version, "failed", started_at, duration_s, error=_FAILURES[name])
    facts, rows = draw(moment), _rows(moment, name)
    return ProbeResult(name, version, "ok", started_at, duration_s, facts, _missing(name, facts), rows)


def _rows(moment: _Moment, probe: str) -> list[Facts]:
    """The ladder, and the host that was not reached. Hosts that were are left out: nobody judges by them."""
    if probe == "ladder":
        return ladder_rows(blocked=moment.school.trouble == "blocked_host")
    if probe != "path" or moment.school.trouble != "blocked_host":
        return []
    failed: Facts = {"error_code": "no_answer", "error": "no answer within 5 s"}
    return [{"host": _BLOCKED_HOST, "port": 443, "purpose": "film and sound", **failed}]


def _missing(probe: str, facts: Facts) -> dict[str, str]:
    """Why each fact without a value has none."""
    return {name: _NOT_THERE.get(name, _WHY_MISSING[probe]) for name, value in facts.items() if value is None}


def _device(moment: _Moment) -> Facts:
    if moment.device.measures_line:
        power: Facts = {"power_source": "mains", "battery_level_percent": None}
    elif moment.device.on_battery:
        power = {"power_source": "battery", "battery_level_percent": float(moment.rng.randrange(20, 100, 10))}
    else:
        power = {"power_source": "mains", "battery_level_percent": 100.0}
    return moment.device.device | power


def _browsers(moment: _Moment) -> Facts:
    return dict(moment.device.browsers)


def _lockdown(moment: _Moment) -> Facts:
    return lockdown_facts(moment.device.device["os_name"])


_NOISE_DBM = -95.0


def _wifi(moment: _Moment) -> Facts:
    link, rng = moment.device.wireless, moment.rng
    assert link is not None
    signal_dbm = float(round(link.signal_dbm + rng.gauss(0, 1.5)))
    return {
        "signal_dbm": signal_dbm,
        "frequency_mhz": link.frequency_mhz,
        "channel": link.channel,
        "width_mhz": link.width_mhz,
        "tx_rate_mbit_s": round(link.phy_mbit_s * rng.uniform(0.85, 1.0), 1),
        "rx_rate_mbit_s": round(link.phy_mbit_s * rng.uniform(0.85, 1.0), 1),
        "bssid": link.bssid,
        "band": "2.4" if link.frequency_mhz < 5_000 else "5",
        "phy_type": "ax",
        "noise_dbm": _NOISE_DBM,
        "snr_db": signal_dbm - _NOISE_DBM,
        "retries_ratio": 0.1,
        "roamed": False,
    }


def _latency(moment: _Moment) -> Facts:
    """A busy line queues packets; a weak signal repeats them and loses some, on the way to the gateway already."""
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
        | {"service_host": _HOSTS[0]}
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


def _throughput(moment: _Moment) -> Facts:
    """What teaching leaves of the line: a second or two a direction, until it is known well enough."""
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
            f"{direction}_responsiveness_rpm": round(60_000 / (idle_ms + added_ms / 2), 1),
            f"{direction}_added_delay_p95_ms": round(added_ms, 2),
        }
    return facts


def _path(moment: _Moment) -> Facts:
    tried = len(_HOSTS)
    reached = tried - 1 if moment.school.trouble == "blocked_host" else tried
    return {"hosts_count": tried, "hosts_reached_count": reached, "hosts_reached_ratio": reached / tried}


def _ladder(moment: _Moment) -> Facts:
    return ladder_facts(blocked=moment.school.trouble == "blocked_host")


_PROBES: dict[str, tuple[float, _Draw]] = {
    "device": (0.05, _device),
    "browsers": (0.2, _browsers),
    "lockdown": (0.1, _lockdown),
    "wifi": (0.02, _wifi),
    "latency": (4.5, _latency),
    "path": (0.4, _path),
    "throughput": (2 * _RUN_S, _throughput),
    "ladder": (1.5, _ladder),
}
"""By probe: how long it usually takes, in seconds, and what it finds."""

_VERSIONS = {"ladder": 2, "latency": 2, "throughput": 2, "wifi": 2}
"""Of the probes whose facts have changed their meaning since the first version."""

_NOT_THERE = {"battery_level_percent": "no_battery"}
_WHY_MISSING = {
    "device": "not_told_by_system",
    "browsers": "not_installed",
    "lockdown": "not_told_by_system",
    "latency": "too_few_samples",
    "ladder": "none_failed",
}

_FAILURES = {
    "wifi": ProbeError("driver_error", "the simulated wireless driver gave no answer"),
    "latency": ProbeError("measurement_point_unreachable", "the simulated measurement point did not answer"),
    "path": ProbeError("no_dns", "the simulated resolver did not answer"),
    "throughput": ProbeError("measurement_point_unreachable", "the simulated measurement point did not answer"),
}
"""The probes that can fail, and how."""

_FLAKY = ("wifi", "latency", "throughput")
"""The probes that fail now and then on any machine."""
