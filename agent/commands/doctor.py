"""`provklar-agent doctor`: what works, what does not, and what to do about it, in plain words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from agent.app import App
from agent.i18n.errors import AgentError, LeaseRefusedError
from agent.i18n.messages import Messages
from agent.runtime.data_folder import KeptPolicy
from agent.runtime.lease import RETRY_S, shown_moment
from agent.runtime.upload import refresh_policy

DISK_FREE_MIB_MIN = 200
POLICY_AGE_H_MAX = 24.0


class Check(NamedTuple):
    """One thing that was looked at; `code` and `values` make the sentence, which for a problem says what to do.
    `because` is the code of a sentence that stands in it as `because`.
    """

    fine: bool
    code: str
    values: dict[str, str | float]
    because: str | None = None

    def said(self, words: Messages) -> str:
        """The line to print."""
        verdict = words.say("doctor_ok" if self.fine else "doctor_problem")
        reason = {"because": words.say(self.because, **self.values)} if self.because else {}
        return f"{verdict}: {words.say(self.code, **self.values, **reason)}"


def examine(app: App) -> Iterator[Check]:
    """Everything worth looking at, one after the other, so that each can be printed as it is found."""
    yield Check(True, "doctor_settings", {"url": app.settings.collector_url, "school": app.settings.school})
    yield _data_folder(app)
    kept = None
    try:
        device = app.identity().device_id
    except AgentError as error:
        yield _problem(error)
    else:
        yield Check(True, "doctor_identity", {"device": device})
        check, kept = _collector(app)
        yield check
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


def _collector(app: App) -> tuple[Check, KeptPolicy | None]:
    """Whether the collector answers and takes this device's token, and the policy that it gave."""
    try:
        kept = refresh_policy(app.data, app.uplink, app.identity(), app.system.now())
    except AgentError as error:
        return _problem(error), None
    return Check(True, "doctor_collector", {"url": app.settings.collector_url}), kept


def _policy(app: App, fresh: KeptPolicy | None) -> Check:
    kept = fresh or app.data.policy()
    if kept is None:
        return Check(False, "doctor_no_policy", {})
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
            yield Check(True, "doctor_line_later", {"probe": name, "again": again, **error.values}, error.code)
        except AgentError as error:
            yield _problem(error)
        else:
            yield Check(True, "doctor_line_now", {"probe": name})


def _probes(app: App) -> Iterator[Check]:
    """Tries every probe but those that fill the line: somebody may be teaching."""
    for name, probe in app.probes().items():
        if probe.loads_line:
            continue
        if probe.needs_policy and app.data.policy() is None:
            yield Check(False, "doctor_probe_needs_policy", {"probe": name})
            continue
        try:
            result = app.probe(name)
        except AgentError as error:
            yield _problem(error)
            continue
        if result.error is None:
            known = sum(value is not None for value in result.facts.values())
            yield Check(True, "doctor_probe", {"probe": name, "known": known, "all": len(result.facts)})
        else:
            # What this machine does not have can't be mended here: it is said, and is no problem.
            yield Check(
                result.status == "unsupported",
                "doctor_probe_unsupported" if result.status == "unsupported" else "doctor_probe_failed",
                {"probe": name, "code": result.error.code, "detail": result.error.message},
            )


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
