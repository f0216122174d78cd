"""Asks over HTTP and keeps all that comes back, as it came: no redirect is followed, nothing is unpacked."""

from __future__ import annotations

import hashlib
import http.client
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

PATIENCE_S = 90.0
LONGEST_BINARY = 64


class Question(NamedTuple):
    """A request."""

    method: str
    target: str
    headers: Mapping[str, str] = {}
    body: bytes | None = None

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]


class Answer(NamedTuple):
    """A response with its headers in their order."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """The header's value, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)

    def text(self) -> str:
        """All of it as text: status, headers, body."""
        head = [str(self.status), *(f"{name.lower()}: {value}" for name, value in self.headers)]
        return "\n".join([*head, "", as_text(self.body)])


def as_text(body: bytes) -> str:
    """The body where it is text; else how long it is, how it begins and a digest."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return f"{len(body)} bytes, {hashlib.sha256(body).hexdigest()}, {body[:LONGEST_BINARY].hex()}"


def put(port: int, question: Question) -> Answer:
    """Puts the question to the server on loopback, on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request(question.method, question.target, question.body, dict(question.headers))
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheaders(), answer.read())
    finally:
        connection.close()
