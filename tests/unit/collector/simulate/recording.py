"""A small collector that keeps what it is told: enrolment and reports by the wire, and trouble on request."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent.protocol.wire import BatchAnswer, Enrolled, Enrolment, Problem, Report, ReportAnswer, ReportBatch
from tests.support.processes import free_port, wait_until_answers


class RecordingCollector:
    """Keeps enrolments and reports. `busy_times` requests are answered 429 first; reports of `rejected_rooms` are
    rejected; a token that was dropped by `forget` is unknown again.
    """

    def __init__(self, *, busy_times: int = 0, rejected_rooms: frozenset[str] = frozenset()) -> None:
        self.enrolments: list[Enrolment] = []
        self.reports: dict[str, Report] = {}
        self.batch_sizes: list[int] = []
        self.busy_left = busy_times
        self._rejected_rooms = rejected_rooms
        self._device_by_token: dict[str, str] = {}

    def forget(self) -> None:
        """As after a lost database: no token and no report is known."""
        self._device_by_token.clear()
        self.reports.clear()

    def app(self) -> Starlette:
        """The routes."""
        return Starlette(
            routes=[
                Route("/api/v1/enrolments", self._enrol, methods=["POST"]),
                Route("/api/v1/reports", self._receive, methods=["POST"]),
            ]
        )

    async def _enrol(self, request: Request) -> Response:
        enrolment = msgspec.json.decode(await request.body(), type=Enrolment)
        if enrolment.key != f"key-of-{enrolment.school}":
            return _json(Problem("unknown_key", "This enrolment key is not known."), 403)
        self.enrolments.append(enrolment)
        enrolled = Enrolled(f"device-{len(self.enrolments)}", f"token-{len(self.enrolments)}")
        self._device_by_token[enrolled.token] = enrolled.device_id
        return _json(enrolled, 201)

    async def _receive(self, request: Request) -> Response:
        if self.busy_left:
            self.busy_left -= 1
            return Response(status_code=429, headers={"Retry-After": "0"})
        device_id = self._device_by_token.get(request.headers["Authorization"].removeprefix("Bearer "))
        if device_id is None:
            return _json(Problem("unknown_token", "This token is not known; enrol again."), 401)
        batch = msgspec.json.decode(await request.body(), type=ReportBatch)
        self.batch_sizes.append(len(batch.reports))
        decoded = [msgspec.json.decode(raw, type=Report) for raw in batch.reports]
        assert {report.device_id for report in decoded} == {device_id}
        return _json(BatchAnswer([self._answer(index, report) for index, report in enumerate(decoded)]), 200)

    def _answer(self, index: int, report: Report) -> ReportAnswer:
        if report.room in self._rejected_rooms:
            return ReportAnswer(index, "rejected", report.report_id, code="implausible_fact")
        if report.report_id in self.reports:
            return ReportAnswer(index, "duplicate", report.report_id)
        self.reports[report.report_id] = report
        return ReportAnswer(index, "accepted", report.report_id)


def _json(value: msgspec.Struct, status: int) -> Response:
    return Response(msgspec.json.encode(value), status_code=status, media_type="application/json")


@contextmanager
def serving(collector: RecordingCollector) -> Iterator[str]:
    """The collector behind a real uvicorn on a free port; gives its address."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(collector.app(), port=port, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_answers(f"{url}/")
        yield url
    finally:
        server.should_exit = True
        thread.join(timeout=15)
