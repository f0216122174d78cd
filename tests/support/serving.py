"""An ASGI application on a real socket of this machine, for as long as a test runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import uvicorn
from starlette.applications import Starlette

STOP_DEADLINE_S = 30


@contextmanager
def served(app: Starlette, *, lifespan: Literal["on", "off"] = "on") -> Iterator[str]:
    """Serves `app` by uvicorn in a thread and gives its address. `lifespan`: whether the app starts parts itself."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan=lifespan))
    socket = server.config.bind_socket()
    socket.listen()  # who asks at once waits until the server has started, and is not refused
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=STOP_DEADLINE_S)
        socket.close()
        assert not thread.is_alive()
