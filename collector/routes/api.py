"""The JSON API for reading: health, sittings, devices, and its own description. Thin HTTP around pure answers."""

from __future__ import annotations

from collections.abc import Callable, Collection

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from collector.api.answers import device_answer, incident_answer, sitting_answer
from collector.api.health import health
from collector.api.openapi import document
from collector.api.rooms import school_rooms_answer
from collector.clock import Clock
from collector.configuration.model import Configuration
from collector.http.headers import ANSWER_HEADERS
from collector.http.requests import RefusedError, json_response, problem
from collector.i18n.messages import LANGUAGES, Language
from collector.judgement.snapshot import ReadSnapshot
from collector.readiness.domain.model import Status

DATABASE_PATIENCE_S = 5.0

DatabaseAnswers = Callable[[], bool]
"""Asks the database something small: False when it does not answer. It may take time, and must not raise."""


def routes(read_snapshot: ReadSnapshot, clock: Clock, database_answers: DatabaseAnswers) -> list[BaseRoute]:
    """The routes for reading; nothing here measures, judges or changes anything."""

    async def show_health(_request: Request) -> Response:
        answers = await _within_patience(database_answers)
        found = health(read_snapshot(), clock(), database_answers=answers)
        return _json(found, status=200 if found.status == "ok" else 503)

    def list_sittings(request: Request) -> Response:
        snapshot = read_snapshot()
        language = _language(request)
        school = _school(request, snapshot.configuration)
        status = _one_of(request, "status", [known.value for known in Status])
        verdicts = [
            verdict
            for verdict in snapshot.verdicts
            if school in {None, verdict.school.code} and status in {None, verdict.status.value}
        ]
        return _json([sitting_answer(verdict, language) for verdict in verdicts])

    def show_sitting(request: Request) -> Response:
        snapshot, sitting = read_snapshot(), request.path_params["sitting"]
        language = _language(request)
        verdict = snapshot.verdict(sitting)
        if verdict is None:
            message = f"No sitting {sitting!r} is being judged: see /api/v1/sittings for those that are."
            raise RefusedError(404, "unknown_sitting", message, place="sitting")
        return _json(sitting_answer(verdict, language, explained=True))

    def list_rooms(request: Request) -> Response:
        snapshot = read_snapshot()
        language, configuration = _language(request), snapshot.configuration
        school = _school(request, configuration)
        known = [
            one
            for code, one in sorted(snapshot.rooms.items())
            if school in {None, code} and code in configuration.schools
        ]
        return _json([school_rooms_answer(one, configuration, language) for one in known])

    def list_devices(request: Request) -> Response:
        snapshot = read_snapshot()
        school = _school(request, snapshot.configuration)
        return _json([device_answer(device) for device in snapshot.devices if school in {None, device.school}])

    def list_incidents(request: Request) -> Response:
        snapshot = read_snapshot()
        language = _language(request)
        school = _school(request, snapshot.configuration)
        touching = [one for one in snapshot.incidents if school in {None, *(failing.school for failing in one.schools)}]
        return _json([incident_answer(one, language) for one in touching])

    def show_document(_request: Request) -> Response:
        return _json(document())

    return [
        Route("/healthz", show_health, methods=["GET"]),
        Route("/api/v1/sittings", _answering(list_sittings), methods=["GET"]),
        Route("/api/v1/sittings/{sitting}", _answering(show_sitting), methods=["GET"]),
        Route("/api/v1/rooms", _answering(list_rooms), methods=["GET"]),
        Route("/api/v1/devices", _answering(list_devices), methods=["GET"]),
        Route("/api/v1/incidents", _answering(list_incidents), methods=["GET"]),
        Route("/api/v1/openapi.json", show_document, methods=["GET"]),
    ]


def _answering(ask: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Turns a refused question into its answer."""

    def answer(request: Request) -> Response:
        try:
            return ask(request)
        except RefusedError as refused:
            said = refused.problem
            return problem(refused.status, said.code, said.message, said.place)

    return answer


async def _within_patience(database_answers: DatabaseAnswers) -> bool:
    """False also when the database keeps silent: a health check that hangs tells nobody anything."""
    with anyio.move_on_after(DATABASE_PATIENCE_S):
        return await anyio.to_thread.run_sync(database_answers, abandon_on_cancel=True)
    return False


def _json(answer: object, *, status: int = 200) -> Response:
    return json_response(answer, status, ANSWER_HEADERS)


def _language(request: Request) -> Language:
    asked = _one_of(request, "lang", LANGUAGES)
    return "en" if asked == "en" else "sv"


def _school(request: Request, configuration: Configuration) -> str | None:
    asked = request.query_params.get("school")
    if asked is not None and asked not in configuration.schools:
        raise RefusedError(
            400, "unknown_school", f"No school has the code {asked!r}: see schools.yaml.", place="school"
        )
    return asked


def _one_of(request: Request, name: str, known: Collection[str]) -> str | None:
    asked = request.query_params.get(name)
    if asked is not None and asked not in known:
        raise RefusedError(400, f"unknown_{name}", f"{name} is one of {', '.join(known)}, not {asked!r}.", place=name)
    return asked
