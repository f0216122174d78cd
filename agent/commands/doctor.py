"""`provklar-agent doctor`: what works, what does not, and what to do about it, in plain words."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from datetime import timedelta

from agent.app import App
from agent.commands.check import Check
from agent.commands.doctor_findings import breaks_for_all, findings
from agent.i18n.errors import AgentError, LeaseRefusedError
from agent.protocol.wire import ProbeResult
from agent.runtime.data_folder import KeptPolicy
from agent.runtime.lease import RETRY_S, shown_moment
from agent.runtime.upload import refresh_policy

DISK_FREE_MIB_MIN = 200
POLICY_AGE_H_MAX = 24.0
CLOCK_OFF_S_MAX = 60.0
"""So far off the collector corrects what a machine says of its time, and logins begin to refuse it."""


def examine(app: App) -> Iterator[Check]:
    """Everything worth looking at, one after the other, so that each can be printed as it is found."""
    yield Check(True, "doctor_settings", {"url": app.settings.collector_url, "school": app.settings.school})
    yield _data_folder(app)
    yield _room(app)
    reached = yield from _reached(app)
    kept = yield from _enrolled(app, reached)
    yield _policy(app, kept)
    if kept is not None:
        yield from _line(app, kept)
    yield from _probes(app)
    yield from _outbox(app, kept)


def _problem(error: AgentError) -> Check:
    return Check(False, error.code, error.values)


def _data_folder(app: App) -> Check:
    folder = str(app.data.path)
    if not os.access(folder, os.W_OK):
        return Check(False, "doctor_folder_not_writable", {"folder": folder})
    free_mib = app.system.disk_free_bytes(folder) // 2**20
    enough = free_mib >= DISK_FREE_MIB_MIN
    return Check(
        enough,
        "doctor_disk" if enough else "doctor_disk_low",
        {"folder": folder, "free": free_mib, "needed": DISK_FREE_MIB_MIN},
    )


def _room(app: App) -> Check:
    room = app.settings.room
    return Check(True, "doctor_room", {"room": room}) if room else Check(None, "doctor_room_none")


def _reached(app: App) -> Generator[Check, None, bool]:
    """Whether a collector answers at all, which takes no enrolment; and by it, whether the clock is right."""
    try:
        its_time = app.uplink.check_answers()
    except AgentError as error:
        yield _problem(error)
        return False
    yield Check(True, "doctor_reached", {"url": app.settings.collector_url})
    if its_time is not None:
        yield _clock((app.system.now() - its_time).total_seconds())
    return True


def _clock(off_s: float) -> Check:
    if abs(off_s) <= CLOCK_OFF_S_MAX:
        return Check(True, "doctor_clock_right")
    code = "doctor_clock_fast" if off_s > 0 else "doctor_clock_slow"
    return Check(False, code, {"seconds": abs(off_s)}, owner="school_it")


def _enrolled(app: App, reached: bool) -> Generator[Check, None, KeptPolicy | None]:
    """Whether this machine is enrolled and the collector takes its token, and the policy that it gave."""
    try:
        identity = app.identity()
        yield Check(True, "doctor_identity", {"device": identity.device_id})
        if not reached:
            return None
        kept = refresh_policy(app.data, app.uplink, identity, app.system.now())
    except AgentError as error:
        yield _problem(error)
        return None
    yield Check(True, "doctor_collector", {"url": app.settings.collector_url})
    return kept


def _policy(app: App, fresh: KeptPolicy | None) -> Check:
    kept = fresh or app.data.policy()
    if kept is None:
        return Check(None, "doctor_no_policy")  # why not is a problem of its own
    age_h = (app.system.now() - kept.confirmed_at).total_seconds() / 3600
    fine = age_h <= POLICY_AGE_H_MAX
    return Check(
        fine, "doctor_policy" if fine else "doctor_policy_old", {"age": age_h, "count": len(kept.policy.plans)}
    )


def _line(app: App, kept: KeptPolicy) -> Iterator[Check]:
    """Whether the planned probes that fill the line might run now; that they may not is no problem."""
    probes, token = app.probes(), app.identity().token
    for name in dict.fromkeys(plan.probe for plan in kept.policy.plans):
        if name not in probes or not probes[name].loads_line:
            continue
        try:
            app.uplink.check_leave(token, name)
        except LeaseRefusedError as error:
            now = app.system.now()
            asked_at = now + timedelta(seconds=error.retry_after_s or RETRY_S)
            again = shown_moment(app.data.put_off(now).get(name, asked_at))
            values = {"probe": name, "again": again, **error.values}
            yield Check(True, "doctor_line_later", values, {"because": error.code})
        except AgentError as error:
            yield _problem(error)
        else:
            yield Check(True, "doctor_line_now", {"probe": name})


def _probes(app: App) -> Iterator[Check]:
    """Tries every probe but those that fill the line (somebody may be teaching), and says what they found."""
    broken_below = False
    for name, probe in app.probes().items():
        if probe.loads_line:
            continue
        if probe.needs_policy and app.data.policy() is None:
            yield Check(None, "doctor_probe_needs_policy", {"probe": name})
            continue
        try:
            result = app.probe(name)
        except AgentError as error:
            yield _problem(error)
            continue
        yield _tried(result)
        broken_below = broken_below or breaks_for_all(result)
        yield from findings(result, broken_below)


def _tried(result: ProbeResult) -> Check:
    if result.error is None:
        known = sum(value is not None for value in result.facts.values())
        return Check(True, "doctor_probe", {"probe": result.probe, "known": known, "all": len(result.facts)})
    values = {"probe": result.probe, "code": result.error.code, "detail": result.error.message}
    # What this machine does not have can't be mended here: it is said, and is no problem.
    if result.status == "unsupported":
        return Check(None, "doctor_probe_unsupported", values)
    return Check(False, "doctor_probe_failed", values)


def _outbox(app: App, kept: KeptPolicy | None) -> Iterator[Check]:
    outbox = app.outbox(kept.policy if kept else None)
    yield Check(True, "doctor_outbox", {"count": len(outbox)})
    dropped, corrupt, rejected = outbox.dropped(), outbox.corrupt_count(), outbox.rejected_count()
    if dropped.total:
        yield Check(False, "doctor_dropped", {"count": dropped.total})
    if corrupt:
        yield Check(False, "doctor_corrupt", {"count": corrupt, "folder": str(app.data.corrupt)})
    if rejected:
        yield Check(False, "doctor_rejected", {"count": rejected, "folder": str(app.data.rejected)})
