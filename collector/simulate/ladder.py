"""What a simulated machine finds on the ladder. Pure and without chance: times follow from the line and its load."""

from __future__ import annotations

from agent.wire import Facts

_BLOCKED = "tls-film"
_RUNGS = (
    ("link", "link", 0.0, 0.2),
    ("gateway", "gateway", 0.0, 1.5),
    ("dns", "dns", 1.1, 0.5),
    ("reference", "internet", 1.0, 1.0),
    ("tls-test", "tls", 3.0, 4.0),
    (_BLOCKED, "tls", 3.0, 4.0),
    ("login", "login", 7.0, 60.0),
    ("test", "service", 4.0, 30.0),
)
"""Id, kind, round trips that it takes, and what it takes beside them in ms."""
_STEP_MS = 5_000.0


def ladder_facts(*, blocked: bool) -> Facts:
    """Where the ladder breaks: nowhere, or at the host that does not let itself be reached from this school."""
    return {
        "rungs_count": len(_RUNGS),
        "ladder_ok": not blocked,
        "first_failed_rung": _BLOCKED if blocked else None,
        "first_failed_kind": "tls" if blocked else None,
        "first_failed_code": "no_answer" if blocked else None,
        "tls_inspected": False,
    }


def ladder_rows(*, blocked: bool, rtt_ms: float, busy: float) -> list[Facts]:
    """Every rung. `busy` is the share of the line that teaching takes now: packets wait in it."""
    found: list[Facts] = []
    for rung, kind, round_trips, beside_ms in _RUNGS:
        fails = blocked and rung == _BLOCKED
        time_ms = _STEP_MS if fails else round(round_trips * rtt_ms * (1 + busy) + beside_ms, 1)
        status, code = ("failed", "no_answer") if fails else ("ok", None)
        found.append({"rung": rung, "kind": kind, "status": status, "time_ms": time_ms, "error_code": code})
    return found
