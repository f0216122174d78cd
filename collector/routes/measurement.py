"""The measurement point under `/measure/v1`: answers at once, sends bytes, counts bytes.

What it sends can not be compressed. What it counts it counts as it arrives, by its own monotonic clock, because a
sender's count includes what still waits in its buffers. Memory and time of every request are bounded.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from agent.wire import Slice, UploadCount
from collector.routes.policy import MEASUREMENT_PATH
from collector.routes.requests import Authorise, RefusedError, answering, authorised, json_response

LARGEST_BYTES = 1_000_000_000
CONNECTIONS_PER_DEVICE = 32
REQUEST_DEADLINE_S = 60.0
SLICE_S = 0.1
CHUNK_BYTES = 256 * 1024


class _Connections:
    """How many measurements each device has under way."""

    def __init__(self) -> None:
        self._under_way: Counter[str] = Counter()

    def refuse_more(self, device_id: str) -> None:
        if self._under_way[device_id] >= CONNECTIONS_PER_DEVICE:
            raise RefusedError(
                429,
                "too_many_connections",
                f"The device already measures over {CONNECTIONS_PER_DEVICE} connections. Wait for one to end.",
                retry_after_s=1,
            )

    @contextmanager
    def one(self, device_id: str) -> Iterator[None]:
        self._under_way[device_id] += 1
        try:
            yield
        finally:
            self._under_way[device_id] -= 1
            if not self._under_way[device_id]:
                del self._under_way[device_id]


class _Download(Response):
    """Sends `size` bytes of one buffer, over and over. Ends the connection when it takes too long."""

    def __init__(self, size: int, source: memoryview, under_way: AbstractContextManager[None]) -> None:
        super().__init__(
            headers={"content-length": str(size), "cache-control": "no-store"}, media_type="application/octet-stream"
        )
        self._left = size
        self._source = source
        self._under_way = under_way

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        with self._under_way, suppress(TimeoutError):
            async with asyncio.timeout(REQUEST_DEADLINE_S):
                await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                while self._left > 0:
                    chunk = self._source[: min(self._left, CHUNK_BYTES)]
                    self._left -= len(chunk)
                    await send({"type": "http.response.body", "body": chunk, "more_body": self._left > 0})


class _Count:
    """Counts what arrives, in slices of at least `SLICE_S` (the last may be shorter)."""

    def __init__(self) -> None:
        self._started_s: float | None = None
        self._bytes = 0
        self._in_slice_bytes = 0
        self._slice_began_s = 0.0
        self._slices: list[Slice] = []

    def add(self, chunk: bytes, now_s: float) -> None:
        if self._started_s is None:
            self._started_s = now_s
        self._bytes += len(chunk)
        if self._bytes > LARGEST_BYTES:
            raise RefusedError(413, "too_large", f"One upload may be {LARGEST_BYTES} bytes. Use more connections.")
        self._in_slice_bytes += len(chunk)
        if now_s - self._started_s - self._slice_began_s >= SLICE_S:
            self._end_slice(now_s - self._started_s)

    def result(self, now_s: float) -> UploadCount:
        """The count; its slices add up to the whole."""
        started_s = now_s if self._started_s is None else self._started_s
        if self._in_slice_bytes:
            self._end_slice(now_s - started_s)
        return UploadCount(bytes=self._bytes, started_s=started_s, slices=self._slices)

    def _end_slice(self, until_s: float) -> None:
        self._slices.append(Slice(until_s=until_s, bytes=self._in_slice_bytes))
        self._slice_began_s, self._in_slice_bytes = until_s, 0


def routes(authorise: Authorise) -> list[Route]:
    """The three routes of a measurement point for enrolled devices."""
    connections = _Connections()
    source = memoryview(os.urandom(CHUNK_BYTES))

    @answering
    async def ping(request: Request) -> Response:
        authorised(request, authorise)
        return Response(status_code=204, headers={"cache-control": "no-store"})

    @answering
    async def down(request: Request) -> Response:
        device = authorised(request, authorise)
        connections.refuse_more(device.device_id)
        return _Download(_wanted_bytes(request), source, connections.one(device.device_id))

    @answering
    async def up(request: Request) -> Response:
        device = authorised(request, authorise)
        connections.refuse_more(device.device_id)
        with connections.one(device.device_id):
            return json_response(await _counted(request))

    return [
        Route(f"{MEASUREMENT_PATH}/ping", ping, methods=["GET"]),
        Route(f"{MEASUREMENT_PATH}/down", down, methods=["GET"]),
        Route(f"{MEASUREMENT_PATH}/up", up, methods=["POST"]),
    ]


def _wanted_bytes(request: Request) -> int:
    wanted = request.query_params.get("bytes", "")
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 20 and int(wanted) > 0):
        raise RefusedError(400, "malformed", "Say how many bytes to send, as in `down?bytes=1000000`.", place="bytes")
    return min(int(wanted), LARGEST_BYTES)


async def _counted(request: Request) -> UploadCount:
    count = _Count()
    try:
        async with asyncio.timeout(REQUEST_DEADLINE_S):
            async for chunk in request.stream():
                if chunk:
                    count.add(chunk, time.monotonic())
    except TimeoutError:
        raise RefusedError(408, "too_slow", f"An upload may take {REQUEST_DEADLINE_S:g} s. Send less.") from None
    except ClientDisconnect:
        raise RefusedError(400, "malformed", "The connection ended before the upload did.") from None
    return count.result(time.monotonic())
