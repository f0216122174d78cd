"""One connection of a run: opened like any other, then read and written without blocking, head and body apart.

The standard library parses what an answer's head says; the body never passes through its layers, because a classroom
machine has to take a gigabit per second on one core.
"""

from __future__ import annotations

import http.client
import io
import re
import ssl
from collections.abc import Callable

from agent.measuring.contract import ProbeFailureError
from agent.measuring.measurement_point import refusal_of

HEAD_BYTES_MAX = 32_768
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r?\n")


class ResponseHead:
    """Collects the head of an answer, however it arrives."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._seen = b""

    def take(self, piece: bytes) -> tuple[int | None, bytes] | None:
        """None while the head is incomplete; then the announced length (None: not said) and the body's first bytes.

        Raises ProbeFailureError if the answer is not a 200 that can be understood.
        """
        self._seen += piece
        head, end, body = self._seen.partition(b"\r\n\r\n")
        if not end:
            if not b"HTTP/1.".startswith(self._seen[:7]):
                raise ProbeFailureError(f"{self._what}_garbled_answer", "what came is no answer by HTTP/1.1")
            self._refuse_huge(len(self._seen))
            return None
        self._refuse_huge(len(head))
        line = _STATUS_LINE.match(head + end)
        if line is None:
            raise ProbeFailureError(f"{self._what}_garbled_answer", "what came is no answer by HTTP/1.1")
        if (status := int(line[1])) != http.HTTPStatus.OK:
            raise refusal_of(status, self._what)
        return self._length(head[line.end() :] + end), body

    def _refuse_huge(self, size: int) -> None:
        if size > HEAD_BYTES_MAX:
            raise ProbeFailureError(f"{self._what}_huge_head", f"the head of the answer is {size} bytes and more")

    def _length(self, fields: bytes) -> int | None:
        try:
            headers = http.client.parse_headers(io.BytesIO(fields))
        except http.client.HTTPException as error:
            raise ProbeFailureError(f"{self._what}_garbled_answer", f"{type(error).__name__}: {error}") from error
        length = headers.get("Content-Length", "")
        if headers.get("Transfer-Encoding") or not (length.isascii() and length.isdecimal() and len(length) < 20):
            return None
        return int(length)


def request_head(method: str, target: str, host: str, headers: dict[str, str]) -> bytes:
    """The head of a request."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def attempt(call: Callable[[], int]) -> int | None:
    """What a read or write that must not block did: how many bytes, or None if it would have blocked."""
    try:
        return call()
    except (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return None
