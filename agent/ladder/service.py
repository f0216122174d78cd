"""Rung `service`: whether the test service answers over HTTPS as it should."""

from __future__ import annotations

from agent.ladder.http_get import Answered, get
from agent.ladder.outcome import RungFailedError, RungOutcome
from agent.ladder.transport import Dialer, failures_named
from agent.protocol.wire import Rung
from agent.system.machine import System

PAGE_MAX_BYTES = 2 * 1024 * 1024


def read(system: System, rung: Rung, until_s: float) -> RungOutcome:
    """Fails as `service_unavailable` (503), `service_error`, `unexpected_status`, or as no host is reached."""
    if rung.target is None:
        raise RungFailedError("rung_without_target")
    with failures_named():
        return judge(get(Dialer(system, until_s), rung.target, PAGE_MAX_BYTES), rung.expect.get("status"))


def judge(answer: Answered, wanted: str | None) -> RungOutcome:
    """In order is the status that was asked for; else any that is no error."""
    fine = str(answer.status) == wanted if wanted else answer.status < 400
    if fine:
        return RungOutcome({"http_status": answer.status})
    code = "unexpected_status"
    if answer.status >= 500:
        code = "service_unavailable" if answer.status == 503 else "service_error"
    raise RungFailedError(code, http_status=answer.status)
