"""Whether the collector does its work, from what is in memory and one question to the database. Pure."""

from __future__ import annotations

from datetime import datetime

from agent.protocol.wire import Problem
from collector.api.answers import HealthAnswer
from collector.judgement.freshness import judging_stopped
from collector.judgement.snapshot import Snapshot
from collector.version import PRODUCT_VERSION

NO_DATABASE = Problem("database_failed", "the database does not answer: check its disk or server, and the log")
NO_JUDGING = Problem("judging_stopped", "no school has been judged for too long: read the log and restart")


def health(snapshot: Snapshot, now: datetime, *, database_answers: bool) -> HealthAnswer:
    """The collector's health at `now`."""
    problems = [] if database_answers else [NO_DATABASE]
    if judging_stopped(snapshot, now):
        problems.append(NO_JUDGING)
    judged_at = snapshot.judged_at
    return HealthAnswer(
        status="failing" if problems else "ok",
        version=PRODUCT_VERSION,
        judged_at=judged_at,
        judged_age_s=(now - judged_at).total_seconds() if judged_at else None,
        configuration_loaded_at=snapshot.configuration.loaded_at,
        configuration_errors=snapshot.configuration_errors,
        problems=problems,
    )
