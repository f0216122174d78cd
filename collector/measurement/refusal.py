"""How a measurement point says no: one exception with all that the answer needs."""

from __future__ import annotations

from http import HTTPStatus

import msgspec

from agent.protocol.wire import Problem


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

    def head_and_body(self, more: bytes = b"") -> bytes:
        """The whole HTTP/1.1 answer; it ends the connection. `more` is further lines of its head."""
        body = msgspec.json.encode(self.problem)
        lines = [
            f"HTTP/1.1 {self.status.value} {self.status.phrase}",
            "content-type: application/json",
            f"content-length: {len(body)}",
            "cache-control: no-store",
            "connection: close",
        ]
        if self.retry_after_s is not None:
            lines.append(f"retry-after: {self.retry_after_s}")
        if self.status is HTTPStatus.UNAUTHORIZED:
            lines.append("www-authenticate: Bearer")
        return "\r\n".join([*lines, ""]).encode("ascii") + more + b"\r\n" + body
