"""What probes find, as reports write it (docs/report.schema.json): plain data."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

from tests.truth.worlds.air import Link, Radio, phy_rate
from tests.truth.worlds.line import Rates

Result = dict[str, Any]
Ends = dict[str, dict[str, datetime]]
"""By rung, what a row calls the days that are left, and when they are over."""
HOST, LOGIN_HOST = "prov.example.se", "idp.example.se"
OLD_BROWSER, NEW_BROWSER = "101.0.4951", "140.0.7339"
SYSTEMS: dict[str, dict[str, Any]] = {
    "windows": {"os_name": "windows", "os_version": "10.0.26100", "os_edition": "Education", "os_release": "24H2"},
    "macos": {"os_name": "macos", "os_version": "15.6"},
    "chromeos": {"os_name": "chromeos", "os_version": "140.0.7339"},
}
RUNGS = (
    ("link", "link", None),
    ("gateway", "gateway", None),
    ("dns", "dns", HOST),
    ("reference", "internet", "192.0.2.80"),
    ("tls-test", "tls", HOST),
    ("login", "login", f"https://{LOGIN_HOST}/metadata"),
    ("test", "service", f"https://{HOST}/"),
)
"""The ladder of every world: id, kind, target."""
BEYOND_THE_LINE = 3
"""From this rung on, the line is needed."""


def result(probe: str, started_at: datetime, facts: dict[str, Any], **more: Any) -> Result:
    """A probe that found something."""
    found = {"probe": probe, "version": 1, "status": "ok", "started_at": stamp(started_at), "duration_s": 1.5}
    return found | {"facts": facts} | more


def failed(probe: str, started_at: datetime, code: str, status: str = "failed") -> Result:
    """A probe that found nothing, and why."""
    found = {"probe": probe, "version": 1, "status": status, "started_at": stamp(started_at), "duration_s": 2.0}
    return found | {"error": {"code": code, "message": "in a simulated world"}}


def stamp(moment: datetime) -> str:
    """A time as JSON has it."""
    return moment.isoformat().replace("+00:00", "Z")


def device(started_at: datetime, system: str, machine: str | None, *, small_screen: bool) -> Result:
    """What the machine is, and which it is where it tells."""
    width, height = (1024, 600) if small_screen else (1920, 1080)
    facts = SYSTEMS[system] | {"screen_width_px": width, "screen_height_px": height, "screen_diagonal_inch": 14.0}
    facts |= {"architecture": "x86_64", "memory_total_mib": 8192, "disk_free_mib": 61_440, "restart_pending": False}
    facts |= {"keyboard_present": True, "audio_output_present": True, "clock_synchronised": True}
    facts |= {"power_source": "mains", "battery_level_percent": 100.0}
    return result("device", started_at, facts if machine is None else facts | {"machine_id": machine})


def page(started_at: datetime, system: str, *, small_screen: bool) -> Result:
    """What a page in a browser sees of the machine."""
    width, height = (1024, 600) if small_screen else (1920, 1080)
    facts = {name: SYSTEMS[system][name] for name in ("os_name", "os_version")}
    facts |= {"screen_width_px": width, "screen_height_px": height, "keyboard_present": True}
    return result("device", started_at, facts | {"audio_output_present": True})


def visit(started_at: datetime, name: str) -> Result:
    """The mark that a page leaves while it is in sight."""
    return result("visit", started_at, {"page": name})


def browsers(started_at: datetime, *, old: bool) -> Result:
    """Which are installed."""
    return result("browsers", started_at, {"chrome_version": OLD_BROWSER if old else NEW_BROWSER})


def lockdown(started_at: datetime, system: str) -> Result:
    """Safe Exam Browser, or a kiosk."""
    if system == "chromeos":
        return result(
            "lockdown", started_at, {"seb_installed": None, "kiosk": True}, missing={"seb_installed": "no_such_program"}
        )
    return result("lockdown", started_at, {"seb_installed": True, "seb_version": "3.10.0", "kiosk": None})


def wifi(rng: random.Random, started_at: datetime, radio: Radio | None, link: Link) -> Result:
    """The link, a little up and down; nothing on cable."""
    if radio is None:
        return failed("wifi", started_at, "no_wifi_interface", status="unsupported")
    signal = float(round(link.signal_dbm + rng.gauss(0, 1.2)))
    rate = round(phy_rate(signal) * rng.uniform(0.9, 1.0), 1) if link.talks_at is None else link.talks_at
    facts: dict[str, Any] = {
        "signal_dbm": signal,
        "frequency_mhz": radio.frequency_mhz,
        "channel": radio.channel,
        "width_mhz": 20 if radio.band == "2.4" else 40,
    }
    facts |= {"tx_rate_mbit_s": rate, "rx_rate_mbit_s": rate, "bssid": radio.mac}
    facts |= {"band": radio.band, "phy_type": radio.phy}
    facts |= {"noise_dbm": -95.0, "snr_db": signal + 95.0, "retries_ratio": round(link.retries, 3), "roamed": False}
    return result("wifi", started_at, facts)


def page_latency(rng: random.Random, started_at: datetime) -> Result:
    """What a page sees of round trips."""
    median = rng.uniform(8.0, 14.0)
    facts: dict[str, Any] = {"rtt_median_ms": round(median, 2), "rtt_p95_ms": round(median * 1.7, 2), "method": "http"}
    return result("latency", started_at, facts | {"samples_count": 20})


def latency(rng: random.Random, started_at: datetime, busy: float, air: float) -> Result:
    """Round trips to the gateway, and on to the measurement point. `busy` is the share of the line that is taken, `air`
    that of the room's channel.
    """
    near = _round_trips(rng.uniform(1.0, 2.0), air)
    far = _round_trips(rng.uniform(5.0, 7.0), max(busy, air))
    facts: dict[str, Any] = far | {f"gateway_{name}": value for name, value in near.items()}
    return result("latency", started_at, facts)


def _round_trips(least_ms: float, busy: float) -> dict[str, Any]:
    """A fuller way makes them longer, and beyond nine tenths loses some."""
    median = least_ms * (1.1 + busy)
    facts: dict[str, Any] = {"rtt_min_ms": round(least_ms, 2), "rtt_median_ms": round(median, 2)}
    facts |= {"rtt_p95_ms": round(median * 1.6, 2), "jitter_ms": round(median * 0.3, 2)}
    return facts | {"loss_ratio": 0.05 if busy > 0.9 else 0.0, "samples_count": 20, "method": "icmp"}


def path(started_at: datetime, service_until: datetime, *, blocked: bool) -> Result:
    """Whether the service's host is reached, and until when its certificate holds."""
    row: dict[str, Any] = {"host": HOST, "port": 443, "purpose": "test", "dns_ms": 3.1, "tcp_ms": 8.4}
    if blocked:
        row |= {"error_code": "no_answer", "error": "no answer within 5 s"}
    else:
        row |= {"tls_ms": 21.0, "issuer_common_name": "Example CA", "certificate_expires_at": stamp(service_until)}
    reached = 0 if blocked else 1
    facts: dict[str, Any] = {"hosts_count": 1, "hosts_reached_count": reached, "hosts_reached_ratio": float(reached)}
    return result("path", started_at, facts, rows=[row])


def ladder(started_at: datetime, ends: Ends, broken: str | None, code: str | None) -> Result:
    """Every rung, up to the one that is `broken`, if one is. `ends` is when what stands behind a rung ends."""
    rows, is_broken = [], False
    for name, kind, target in RUNGS:
        row: dict[str, Any] = {"rung": name, "kind": kind, "target": target, "status": "ok", "up_to_ms": 500.0}
        row |= {"error_code": None}
        if is_broken:
            row |= {"status": "not_reached", "up_to_ms": None}
        elif name == broken:
            row |= {"status": "failed", "error_code": code, "up_to_ms": 8000.0}
            is_broken = True
        elif name in ends:
            row |= {what: (end - started_at).days for what, end in ends[name].items()}
        rows.append(row)
    kinds = {name: kind for name, kind, _ in RUNGS}
    facts: dict[str, Any] = {"rungs_count": len(RUNGS), "ladder_ok": broken is None, "first_failed_rung": broken}
    facts |= {"first_failed_kind": kinds.get(broken or ""), "first_failed_code": code, "tls_inspected": False}
    missing = (
        {} if broken else dict.fromkeys(("first_failed_rung", "first_failed_kind", "first_failed_code"), "none_failed")
    )
    return result("ladder", started_at, facts, rows=rows, missing=missing) | {"version": 2}


def throughput(rng: random.Random, started_at: datetime, got: Rates) -> Result:
    """A run that came to its end: a second or two a direction."""
    facts: dict[str, Any] = {"idle_rtt_ms": round(rng.uniform(5, 8), 2), "connections_count": 8}
    for way, rate in zip(("down", "up"), got, strict=True):
        seen, seconds = max(0.06, rate * rng.gauss(1.0, 0.008)), rng.uniform(0.9, 1.8)
        facts |= {
            f"{way}_mbit_s": round(seen, 3),
            f"{way}_half_width_mbit_s": round(seen * rng.uniform(0.01, 0.025), 3),
            f"{way}_bytes": int(seen * 1e6 / 8 * seconds),
            f"{way}_duration_s": round(seconds, 3),
            f"{way}_stop_reason": "steady",
            f"{way}_responsiveness_rpm": 1400.0,
            f"{way}_added_delay_p95_ms": 18.0,
        }
    return result("throughput", started_at, facts) | {"version": 2, "duration_s": 5.0}


def internet(rng: random.Random, started_at: datetime, got: Rates) -> Result:
    """A test towards the public internet."""
    facts: dict[str, Any] = {
        "down_mbit_s": round(got[0] * rng.uniform(0.93, 1.0), 3),
        "up_mbit_s": round(got[1] * rng.uniform(0.93, 1.0), 3),
    }
    facts |= {
        "down_bytes": int(got[0] * 1e6),
        "up_bytes": int(got[1] * 1e6),
        "rtt_ms": 12.0,
        "server_host": "speed.example.se",
    }
    return result("internet", started_at, facts)
