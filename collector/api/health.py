"""`GET /healthz`: whether the collector does its work, from what is in memory and one question to the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

import anyio
import anyio.to_thread
import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent.protocol.wire import Problem
from collector.api.operation import Answer, Operation, Resource
from collector.api.reading import told
from collector.clock import Clock
from collector.judgement.freshness import judging_stopped
from collector.judgement.snapshot import ReadSnapshot, Snapshot
from collector.version import PRODUCT_VERSION

DATABASE_PATIENCE_S = 5.0

DatabaseAnswers = Callable[[], bool]
"""Asks the database something small: False when it does not answer. It may take time, and must not raise."""

NO_DATABASE = Problem("database_failed", "the database does not answer: check its disk or server, and the log")
NO_JUDGING = Problem("judging_stopped", "no school has been judged for too long: read the log and restart")


class HealthAnswer(msgspec.Struct, frozen=True):
    """Whether the collector does its work. `failing` (503) says why in `problems`; errors in the configuration on
    disk do not make it fail, because the older configuration stands.
    """

    status: Literal["ok", "failing"]
    version: str
    judged_at: datetime | None
    judged_age_s: float | None
    configuration_loaded_at: datetime
    configuration_errors: list[str]
    problems: list[Problem]


class HealthResource(Resource):
    """The collector's own health."""

    def __init__(self, read_snapshot: ReadSnapshot, clock: Clock, database_answers: DatabaseAnswers) -> None:
        self._read_snapshot = read_snapshot
        self._clock = clock
        self._database_answers = database_answers

    @Operation(
        path="/healthz",
        summary="Whether the collector does its work.",
        answers={
            200: Answer("It does.", HealthAnswer),
            503: Answer("Judging has stopped or the database does not answer.", HealthAnswer),
        },
    )
    async def show(self, _request: Request) -> Response:
        """Now, and without waiting for a database that keeps silent."""
        answers = await _within_patience(self._database_answers)
        found = health(self._read_snapshot(), self._clock(), database_answers=answers)
        return told(found, status=200 if found.status == "ok" else 503)


async def _within_patience(database_answers: DatabaseAnswers) -> bool:
    """False also when the database keeps silent: a health check that hangs tells nobody anything."""
    with anyio.move_on_after(DATABASE_PATIENCE_S):
        return await anyio.to_thread.run_sync(database_answers, abandon_on_cancel=True)
    return False


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
