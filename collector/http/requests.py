"""What every route of the API does alike: reading a bounded body, the bearer's token, and saying no.

Every refusal is a `wire.Problem` as JSON: a stable code, and a sentence that says what to do. Bodies are read here,
because Starlette unpacks none, and takes what comes without a bound or a deadline.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar, cast

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from agent.protocol.wire import Problem
from collector.configuration.model import Limits
from collector.ingest.validate import UNREADABLE, place_and_fault
from collector.readiness.domain.model import DeviceSeen
from collector.store.errors import StorageUnavailableError

BODY_DEADLINE_S = 20.0
RETRY_STORAGE_S = 5

Authorise = Callable[[str], DeviceSeen | None]
"""The enrolled device that a token belongs to, if any."""

Handler = Callable[[Request], object]
"""Answers a request with a response: a coroutine, or a plain function that then runs beside the event loop."""

Answering = Callable[[Request], Awaitable[ASGIApp]]
Wanted = TypeVar("Wanted")


class RefusedError(Exception):
    """A request that is not granted; `answering` turns it into its response."""

    def __init__(
        self, status: int, code: str, message: str, *, place: str | None = None, retry_after_s: int | None = None
    ) -> None:
        """`retry_after_s` says when the same request may succeed."""
        super().__init__(message)
        self.status = status
        self.problem = Problem(code=code, message=message, place=place)
        self.retry_after_s = retry_after_s

    @property
    def response(self) -> Response:
        """What whoever asked is told."""
        headers = {} if self.retry_after_s is None else {"retry-after": str(self.retry_after_s)}
        if self.status == 401:
            headers["www-authenticate"] = "Bearer"
        return json_response(self.problem, self.status, headers)


def json_response(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """`content` as JSON."""
    return Response(msgspec.json.encode(content), status, headers, media_type="application/json")


def answering(handler: Handler) -> Answering:
    """Makes refusals, and a store that can not be used, into answers."""
    waits = iscoroutinefunction(handler)

    @wraps(handler)
    async def answer(request: Request) -> ASGIApp:
        try:
            answer: Any = handler(request) if waits else await run_in_threadpool(handler, request)
            return cast("ASGIApp", await answer if waits else answer)
        except RefusedError as refused:
            return refused.response
        except StorageUnavailableError:
            return STORAGE_UNAVAILABLE.response

    return answer


STORAGE_UNAVAILABLE = RefusedError(
    503,
    "storage_unavailable",
    "The collector can not use its database now. Nothing was stored; send again later. Its log says what to do.",
    retry_after_s=RETRY_STORAGE_S,
)


def client_address(request: Request) -> str | None:
    """Who asks. Behind a reverse proxy that the server trusts, that is whom the proxy names."""
    return request.client.host if request.client else None


def bearer(request: Request) -> str | None:
    """The token of `Authorization: Bearer ...`, if there is one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def authorised(request: Request, authorise: Authorise) -> DeviceSeen:
    """The device that asks. Raises RefusedError (401)."""
    token = bearer(request)
    if token is None:
        raise RefusedError(401, "token_missing", "Send the device's token as `Authorization: Bearer ...`.")
    device = authorise(token)
    if device is None:
        raise RefusedError(
            401, "token_refused", "The token is unknown or was revoked. Enrol the device again (provklar-agent enroll)."
        )
    return device


def decoded(body: bytes, decoder: msgspec.json.Decoder[Wanted]) -> Wanted:
    """The body as what it should be. Raises RefusedError (400) with the place of the fault."""
    try:
        return decoder.decode(body)
    except UNREADABLE as error:
        place, fault = place_and_fault(error)
        raise RefusedError(400, "malformed", f"The body can not be read: {fault}.", place=place) from None


def small(limits: Limits, bound_bytes: int) -> Limits:
    """Limits for a body that is never larger than `bound_bytes`, packed or not."""
    return Limits(
        body_bytes=min(limits.body_bytes, bound_bytes), decompressed_bytes=min(limits.decompressed_bytes, bound_bytes)
    )


async def read_body(request: Request, limits: Limits) -> bytes:
    """The whole body, decompressed, within the limits and the deadline.

    Raises RefusedError: 408 `too_slow`, 413 `too_large`, 415 `unsupported_encoding`, 400 `malformed`.
    """
    body = _body_for(request.headers.get("content-encoding", "identity").strip().lower(), limits)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limits.body_bytes:
        raise _too_large("body", "body_bytes", limits.body_bytes)
    try:
        async with asyncio.timeout(BODY_DEADLINE_S):
            async for chunk in request.stream():
                body.add(chunk)
    except TimeoutError:
        raise RefusedError(
            408, "too_slow", f"The body did not arrive within {BODY_DEADLINE_S:g} s. Send fewer reports at a time."
        ) from None
    except ClientDisconnect:
        raise RefusedError(400, "malformed", "The connection ended before the body did. Send again.") from None
    return body.whole()


def _too_large(what: str, setting: str, limit: int) -> RefusedError:
    return RefusedError(
        413, "too_large", f"The {what} is larger than {limit} bytes ({setting}). Send fewer reports at a time."
    )


def _body_for(encoding: str, limits: Limits) -> _Body:
    if encoding in ("identity", ""):
        return _Body(limits)
    if encoding == "gzip":
        return _GzipBody(limits)
    raise RefusedError(415, "unsupported_encoding", "Send the body as it is or compressed with gzip.")


class _Body:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._arrived_bytes = 0
        self._content = bytearray()

    def add(self, chunk: bytes) -> None:
        self._arrived_bytes += len(chunk)
        if self._arrived_bytes > self._limits.body_bytes:
            raise _too_large("body", "body_bytes", self._limits.body_bytes)
        self._keep(chunk)

    def _keep(self, chunk: bytes) -> None:
        self._content += chunk

    def whole(self) -> bytes:
        return bytes(self._content)


class _GzipBody(_Body):
    """Unpacks as chunks arrive, and never holds more than one byte beyond the limit."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self._unpack = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    def _keep(self, chunk: bytes) -> None:
        limit = self._limits.decompressed_bytes
        try:
            self._content += self._unpack.decompress(chunk, limit + 1 - len(self._content))
        except zlib.error:
            raise RefusedError(400, "malformed", "The body says that it is gzip and is not.") from None
        if len(self._content) > limit:
            raise _too_large("unpacked body", "decompressed_bytes", limit)
        if self._unpack.unused_data:
            raise RefusedError(400, "malformed", "There is something after the end of the gzip data.")

    def whole(self) -> bytes:
        if not self._unpack.eof:
            raise RefusedError(400, "malformed", "The gzip data ends too early. Send again.")
        return super().whole()
