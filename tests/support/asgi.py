"""Asks an ASGI application questions in-process, over httpx's own transport."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx
from starlette.applications import Starlette


class Client:
    """A client of one application. A defect in the application gives its 500 answer, as a server would."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    def get(
        self, path: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """The answer to a GET; redirections are not followed."""
        return asyncio.run(self._ask("GET", path, params, headers))

    def post(self, path: str) -> httpx.Response:
        """The answer to a POST without a body."""
        return asyncio.run(self._ask("POST", path, None, None))

    async def _ask(
        self, method: str, path: str, params: Mapping[str, str] | None, headers: Mapping[str, str] | None
    ) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://collector.test") as client:
            return await client.request(method, path, params=params, headers=headers)
