"""Verdicts with what differs from when their sitting was ready last, by the history that the store keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol

import msgspec

from collector.configuration.model import Configuration
from collector.readiness.domain.model import Evidence, Profile, Status, Verdict
from collector.readiness.drift.compared import Compared, ReadyVerdict
from collector.readiness.drift.differ import drift
from collector.readiness.verdict.laid_out import LaidOut, laid_out


class History(Protocol):
    """What this needs of the store."""

    def last_ready(self, sitting: str, as_of: datetime) -> tuple[bytes, datetime] | None: ...


def with_drift(
    configuration: Configuration,
    history: History,
    verdicts: Iterable[Verdict],
    read: Callable[[str], Evidence | LaidOut],
    profile: Profile | None = None,
) -> list[Verdict]:
    """What is not ready and was, with what differs; all others as they are."""
    return [
        verdict if verdict.status is Status.READY else _with_drift(configuration, history, verdict, read, profile)
        for verdict in verdicts
    ]


def _with_drift(
    configuration: Configuration,
    history: History,
    verdict: Verdict,
    read: Callable[[str], Evidence | LaidOut],
    profile: Profile | None,
) -> Verdict:
    found = history.last_ready(verdict.sitting.id, verdict.judged_at)
    if found is None:
        return verdict
    body, until = found
    compared = Compared(
        ready=msgspec.json.decode(body, type=ReadyVerdict),
        until=until,
        now=verdict,
        observed=laid_out(read(verdict.school.code), verdict.judged_at).observed,
        releases=configuration.releases,
        requirements=(profile or configuration.profile_for(verdict.sitting)).requirements,
    )
    return msgspec.structs.replace(verdict, drift=drift(compared))
