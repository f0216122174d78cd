"""A refusal as an answer: what both transports have to carry, and how the server of our own writes it."""

from __future__ import annotations

from http import HTTPStatus

from collector.measurement.answer import EMPTY_NOT_KEPT, MeasurementRefusedError
from collector.measurement.connection import written

FULL = MeasurementRefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "full", "Wait.", retry_after_s=5)


def test_a_refusal_as_an_answer() -> None:
    """Whole, with all that a client needs."""
    head, _, body = written(FULL.answer, {}, stays=False).partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"HTTP/1.1 503 Service Unavailable",
        b"content-type: application/json",
        b"content-length: 33",
        b"cache-control: no-store",
        b"connection: close",
        b"retry-after: 5",
    ]
    assert body == b'{"code":"full","message":"Wait."}'


def test_who_shows_no_ticket_is_told_how() -> None:
    """As HTTP wants it."""
    refused = MeasurementRefusedError(HTTPStatus.UNAUTHORIZED, "ticket_missing", "Show one.")
    assert refused.answer.headers == {"www-authenticate": "Bearer"}


def test_an_answer_without_a_body() -> None:
    """Says no length, as HTTP wants it of 204, and stays on a connection that does."""
    head = b"HTTP/1.1 204 No Content\r\ncache-control: no-store\r\nvary: Origin\r\n\r\n"
    assert written(EMPTY_NOT_KEPT, {"vary": "Origin"}, stays=True) == head
