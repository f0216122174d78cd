"""The collector's HTTP API as simulated machines use it, patient with a collector that is busy or away."""

from __future__ import annotations

import asyncio
import random
from typing import TypeVar

import httpx
import msgspec

from agent.protocol.wire import BatchAnswer, Enrolled, Enrolment, Problem, Report, ReportAnswer

ATTEMPTS = 8
LONGEST_WAIT_S = 30.0
_FIRST_WAIT_S = 0.25
_BUSY = frozenset({429, 502, 503, 504})

T = TypeVar("T")


class CollectorUnreachableError(Exception):
    """The collector did not answer, or was busy, through all attempts."""


class CollectorRefusedError(Exception):
    """The collector answered no: `status` is the HTTP status, `code` the stable code of its `wire.Problem`."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code


class Client:
    """Enrols machines and uploads their reports. `http` carries the base address and the time limits."""

    def __init__(self, http: httpx.AsyncClient, rng: random.Random) -> None:
        self._http = http
        self._rng = rng

    async def enrol(self, enrolment: Enrolment) -> Enrolled:
        """Enrols one machine."""
        return await self._post("/api/v1/enrolments", msgspec.json.encode(enrolment), {}, Enrolled)

    async def upload(self, token: str, reports: list[Report]) -> list[ReportAnswer]:
        """Uploads one batch of one machine; the answers are in the order of `reports`."""
        body = msgspec.json.encode({"reports": reports})
        headers = {"Authorization": f"Bearer {token}"}
        return (await self._post("/api/v1/reports", body, headers, BatchAnswer)).answers

    async def _post(self, path: str, body: bytes, headers: dict[str, str], answer_type: type[T]) -> T:
        headers = {"Content-Type": "application/json", **headers}
        reason = ""
        for attempt in range(ATTEMPTS):
            asked_wait_s: float | None = None
            try:
                answer = await self._http.post(path, content=body, headers=headers)
            except httpx.TransportError as error:
                reason = str(error) or type(error).__name__
            else:
                if answer.is_success:
                    return msgspec.json.decode(answer.content, type=answer_type)
                if answer.status_code not in _BUSY:
                    raise _refusal(answer)
                reason = f"busy, HTTP {answer.status_code}"
                asked_wait_s = _retry_after_s(answer)
            if attempt + 1 < ATTEMPTS:
                await asyncio.sleep(self._wait_s(attempt, asked_wait_s))
        raise CollectorUnreachableError(
            f"no answer from {self._http.base_url} in {ATTEMPTS} attempts ({reason}); is the collector running?"
        )

    def _wait_s(self, attempt: int, asked_s: float | None) -> float:
        """As long as the collector asked for, else doubling; never all machines at the same moment."""
        if asked_s is not None:
            return min(LONGEST_WAIT_S, asked_s) * self._rng.uniform(1.0, 1.2)
        return min(LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0**attempt) * self._rng.uniform(0.5, 1.5)


def _retry_after_s(answer: httpx.Response) -> float | None:
    """The wait that the collector asks for, in seconds, where it says so in seconds."""
    value = answer.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else None


def _refusal(answer: httpx.Response) -> CollectorRefusedError:
    try:
        problem = msgspec.json.decode(answer.content, type=Problem)
    except msgspec.DecodeError:
        return CollectorRefusedError(answer.status_code, f"http_{answer.status_code}", answer.reason_phrase)
    return CollectorRefusedError(answer.status_code, problem.code, problem.message)
