"""The headers that make pages and static files safe to show, and how long they may be kept."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}

PAGE_HEADERS = SAFE | {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    # A status must never come out of a cache: yesterday's "ready" is not today's.
    "Cache-Control": "no-store",
}
ANSWER_HEADERS = SAFE | {"Cache-Control": "no-store"}
# Addresses of static files carry a hash of their content, so a kept copy is never an old one.
STATIC_HEADERS = SAFE | {"Cache-Control": "public, max-age=31536000, immutable"}


class AddHeaders:
    """ASGI middleware that adds `headers` to every answer of `app`."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, send_with_headers)
