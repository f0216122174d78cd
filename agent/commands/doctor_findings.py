"""What results of probes say about a test day, in sentences: where the way to the test breaks and whose that is, which
service is not reached, the clock, the browsers. Pure.

The first rung that breaks explains what fails beyond it, so that is what is to be mended; what stands on it is told to
follow from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from agent.commands.check import Check
from agent.commands.doctor_remedies import remedy_of
from agent.protocol.wire import Facts, ProbeResult

PAC = "pac_not_evaluated"
CARRIES_ALL = frozenset(("link", "gateway", "dns", "internet", "proxy"))
"""Kinds of rungs on which every service stands."""

_KINDS = {
    "link": "doctor_kind_link",
    "gateway": "doctor_kind_gateway",
    "dns": "doctor_kind_dns",
    "internet": "doctor_kind_internet",
    "tls": "doctor_kind_tls",
    "proxy": "doctor_kind_proxy",
    "login": "doctor_kind_login",
    "service": "doctor_kind_service",
    "websocket": "doctor_kind_websocket",
}


def findings(result: ProbeResult, broken_below: bool) -> Iterator[Check]:
    """What the result of one probe says about a test day. `broken_below`: the ladder breaks where every service stands
    on it.
    """
    if result.error is not None:
        return
    if "hosts_count" in result.facts:
        yield from _hosts(result, broken_below)
    for fact, say in _BY_FACT.items():
        if fact in result.facts:
            yield from say(result)


def breaks_for_all(result: ProbeResult) -> bool:
    """Whether a climb found a rung broken that every service stands on."""
    return result.facts.get("first_failed_kind") in CARRIES_ALL


# --- the ladder


def _ladder(result: ProbeResult) -> Iterator[Check]:
    rows = result.rows
    if not rows:
        yield Check(None, "doctor_ladder_none", owner="authority")
        return
    failed = [row for row in rows if row.get("status") == "failed"]
    for row in failed:
        yield _broken(row, "doctor_rung_breaks" if row is failed[0] else "doctor_rung_also")
    yield from _untold(rows, bool(failed))
    slow = [_name(row) for row in rows if row.get("status") == "slow"]
    if slow:
        yield Check(True, "doctor_rungs_slow", {"rungs": ", ".join(slow)})
    if result.facts.get("ladder_ok"):
        yield Check(True, "doctor_ladder_whole", {"count": len(rows)})


def _broken(row: Facts, code: str) -> Check:
    kind, cause = str(row.get("kind")), str(row.get("error_code"))
    remedy = remedy_of(cause, kind)
    values = {"rung": _name(row), "cause": cause, "what": str(row.get("target") or row.get("rung"))}
    return Check(False, code, values, {"kind": _KINDS[kind], "mend": remedy.code}, remedy.owner)


def _untold(rows: list[Facts], is_broken: bool) -> Iterator[Check]:
    """Rungs that say neither."""
    unreached = [row for row in rows if row.get("status") == "not_reached"]
    if any(row.get("error_code") == PAC for row in unreached):
        yield Check(None, "doctor_pac")
    waiting = [_name(row) for row in unreached if row.get("error_code") != PAC]
    if waiting:
        code = "doctor_rungs_beyond" if is_broken else "doctor_rungs_untried"
        yield Check(None, code, {"rungs": ", ".join(waiting)})


def _name(row: Facts) -> str:
    target = row.get("target")
    return f"{row.get('rung')} ({target})" if target else str(row.get("rung"))


# --- the services


def _hosts(result: ProbeResult, broken_below: bool) -> Iterator[Check]:
    if not result.rows:
        yield Check(None, "doctor_hosts_none", owner="authority")
        return
    away = [row for row in result.rows if "error_code" in row]
    for row in away:
        yield _away(row, broken_below)
    if not away:
        yield Check(True, "doctor_hosts_reached", {"count": len(result.rows)})


def _away(row: Facts, broken_below: bool) -> Check:
    host, cause = f"{row.get('host')}:{row.get('port')}", str(row.get("error_code"))
    purpose = row.get("purpose")
    values = {"host": f"{host} ({purpose})" if purpose else host, "cause": cause, "what": host}
    if cause == PAC:
        return Check(None, "doctor_host_pac", values)
    if broken_below:
        return Check(None, "doctor_host_follows", values, follows=True)
    remedy = remedy_of(cause, "host")
    return Check(False, "doctor_host_away", values, {"mend": remedy.code}, remedy.owner)


# --- the machine


def _device(result: ProbeResult) -> Iterator[Check]:
    kept = result.facts.get("clock_synchronised")
    if kept is None:
        yield Check(None, "doctor_clock_untold")
    elif kept:
        yield Check(True, "doctor_clock_kept")
    else:
        yield Check(False, "doctor_clock_loose", owner="school_it")
    if result.facts.get("restart_pending"):
        yield Check(False, "doctor_restart", owner="school_it")


def _browsers(result: ProbeResult) -> Iterator[Check]:
    found = sorted({f"{row.get('name')} {row.get('version') or '?'}" for row in result.rows})
    if found:
        yield Check(True, "doctor_browsers", {"browsers": ", ".join(found)})
    else:
        yield Check(False, "doctor_browser_none", owner="school_it")


_BY_FACT: Mapping[str, Callable[[ProbeResult], Iterator[Check]]] = {
    "browsers_count": _browsers,
    "clock_synchronised": _device,
    "ladder_ok": _ladder,
}
"""By a fact that a result of that kind always has."""
