"""What the API is made of: operations, each with its description and its handler, and resources that hold them.

Description and handler stand together, so the OpenAPI document can not tell of what is not served, nor miss what is:
document and routes are made from the same resources, those that the wiring hands out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from starlette.middleware import Middleware
from starlette.routing import Route

from collector.http.requests import answering

JSON = "application/json"
Method = TypeVar("Method")


class Parameter(msgspec.Struct, frozen=True):
    """A value in the path, the query or a header."""

    name: str
    place: str
    about: str
    schema: Mapping[str, Any] = msgspec.field(default_factory=lambda: {"type": "string"})
    required: bool = False


class Answer(msgspec.Struct, frozen=True):
    """What comes back with one HTTP status; without a `body` nothing does."""

    about: str
    body: object = None
    media_type: str = JSON


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One method of one path, written as a decorator above the method of a resource that answers it.

    `token` says that it needs a device's bearer token. Of one that `asks_first`, browsers ask whether a page of another
    server may use it (OPTIONS), and its handler answers that too.
    """

    path: str
    summary: str
    answers: Mapping[int, Answer]
    method: str = "get"
    parameters: list[Parameter] = []
    body: object = None
    body_media_type: str = JSON
    token: bool = False
    asks_first: bool = False
    middleware: list[Middleware] = []

    def __call__(self, handler: Method) -> Method:
        """Makes a method of a resource into the handler of this operation."""
        vars(handler)["operation"] = self
        return handler


class Resource:
    """What belongs together in the API: its methods that are operations, in the order in which they are written."""

    def operations(self) -> list[Operation]:
        """What it answers, for the document."""
        return list(self._by_name().values())

    def routes(self) -> list[Route]:
        """The same for the server."""
        return [
            Route(
                operation.path,
                answering(getattr(self, name)),
                methods=[operation.method.upper(), *(["OPTIONS"] if operation.asks_first else [])],
                middleware=operation.middleware,
            )
            for name, operation in self._by_name().items()
        ]

    @classmethod
    def _by_name(cls) -> dict[str, Operation]:
        described = {name: getattr(method, "operation", None) for name, method in vars(cls).items()}
        return {name: operation for name, operation in described.items() if isinstance(operation, Operation)}
