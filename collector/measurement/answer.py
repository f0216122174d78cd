"""What a measurement point answers, before anything carries it: a status, a few headers and a body.

A refusal is an answer too: the exception that says no carries all that its answer needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

import msgspec

from agent.protocol.wire import Problem

JSON, BYTES = "application/json", "application/octet-stream"
NO_STORE: Mapping[str, str] = MappingProxyType({"cache-control": "no-store"})


class PointAnswer(msgspec.Struct, frozen=True):
    """One answer. `length` is that of the body, which a download sends after it piece by piece."""

    status: HTTPStatus
    headers: Mapping[str, str]
    media_type: str | None = None
    length: int = 0
    body: bytes = b""


EMPTY = PointAnswer(HTTPStatus.NO_CONTENT, {})
EMPTY_NOT_KEPT = PointAnswer(HTTPStatus.NO_CONTENT, NO_STORE)


def in_json(
    content: object, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> PointAnswer:
    """`content` as JSON."""
    body = msgspec.json.encode(content)
    return PointAnswer(status, headers or {}, JSON, len(body), body)


class MeasurementRefusedError(Exception):
    """A request that is not granted: an HTTP status, a stable code and a sentence that says what to do."""

    def __init__(
        self, status: HTTPStatus, code: str, message: str, *, place: str | None = None, retry_after_s: int | None = None
    ) -> None:
        """`retry_after_s` says when the same request may succeed."""
        super().__init__(message)
        self.status = status
        self.problem = Problem(code=code, message=message, place=place)
        self.retry_after_s = retry_after_s

    @property
    def answer(self) -> PointAnswer:
        """What whoever asked is told."""
        headers = {} if self.retry_after_s is None else {"retry-after": str(self.retry_after_s)}
        if self.status is HTTPStatus.UNAUTHORIZED:
            headers["www-authenticate"] = "Bearer"
        return in_json(self.problem, self.status, headers)
