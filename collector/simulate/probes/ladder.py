"""ladder: whole, or broken at the host that does not let itself be reached from this school. Without chance: times are
told in steps, as machines do.
"""

from __future__ import annotations

from agent.protocol.wire import Facts
from collector.simulate.probe import Moment, SimulatedProbe

_BLOCKED = "tls-film"
_RUNGS = (
    ("link", "link", 500.0),
    ("gateway", "gateway", 50.0),
    ("dns", "dns", 150.0),
    ("reference", "internet", 250.0),
    ("tls-test", "tls", 500.0),
    (_BLOCKED, "tls", 500.0),
    ("login", "login", 500.0),
    ("test", "service", 1500.0),
)
"""Id, kind, and the lowest step in which its time is told, in ms."""
_NO_ANSWER_MS = 8_000.0
_ENDS: dict[str, Facts] = {
    "tls": {"expires_days": 60},
    "login": {"expires_days": 400, "metadata_expires_days": None},
}
"""What is told of ends, by kind: nothing runs out in a municipality that is made up."""
_BLOCKED_SINCE = "2026-01-01T00:00Z"


def _draw(moment: Moment) -> Facts:
    blocked = moment.is_blocked
    return {
        "rungs_count": len(_RUNGS),
        "ladder_ok": not blocked,
        "first_failed_rung": _BLOCKED if blocked else None,
        "first_failed_kind": "tls" if blocked else None,
        "first_failed_code": "no_answer" if blocked else None,
        "failing_since_utc": _BLOCKED_SINCE if blocked else None,
        "tls_inspected": False,
    }


def _rows(moment: Moment) -> list[Facts]:
    """Every rung."""
    found: list[Facts] = []
    for rung, kind, quick_ms in _RUNGS:
        fails = moment.is_blocked and rung == _BLOCKED
        up_to_ms = _NO_ANSWER_MS if fails else quick_ms
        status, code = ("failed", "no_answer") if fails else ("ok", None)
        row: Facts = {"rung": rung, "kind": kind, "status": status, "up_to_ms": up_to_ms, "error_code": code}
        found.append(row if fails else row | _ENDS.get(kind, {}))
    return found


SIMULATED = SimulatedProbe(usual_s=1.5, draw=_draw, rows=_rows, missing="none_failed", turn=8)
