"""How operations say no, as the document tells it: several operations refuse alike."""

from __future__ import annotations

from agent.protocol.wire import Problem
from collector.api.operation import Answer

REFUSED = Answer("The question cannot be answered as it was put.", Problem)
NO_TOKEN = Answer("No token, or one that is unknown or revoked: enrol again.", Problem)
TOO_MANY = Answer("Too many requests: wait as `Retry-After` says.", Problem)
LATER = Answer("The collector is busy or cannot reach its store: ask again as `Retry-After` says.", Problem)
TOO_SLOW = Answer("The body did not arrive in time.", Problem)
TOO_LARGE = Answer("The body is larger than the collector's limits.", Problem)
BODY_REFUSED = {
    400: Answer("The body cannot be read; `place` says where.", Problem),
    408: TOO_SLOW,
    413: TOO_LARGE,
    415: Answer("The body is compressed with something else than gzip.", Problem),
}
