"""A measurement point as a process of its own: one event loop, one core, no database."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import ssl
import time
from collections.abc import Callable

import uvloop

from collector.measurement.connection import Connection, ServerState
from collector.measurement.gate import Gate
from collector.measurement.origins import Origins
from collector.measurement.point import Point

LOOK_EVERY_S = 0.1
SHUTDOWN_S = 3.0
HANDSHAKE_S = 10.0
BACKLOG = 1_024
SPARE_FILES = 512


def serve(gate: Gate, listener: socket.socket, tls: ssl.SSLContext | None, on_ready: Callable[[], None]) -> None:
    """Serves until SIGINT or SIGTERM. What is under way then has `SHUTDOWN_S` to end."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(gate, listener, tls, on_ready))


async def _serve(gate: Gate, listener: socket.socket, tls: ssl.SSLContext | None, on_ready: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for stop in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(stop, stopping.set)
    state = ServerState(Point(gate, Origins(gate.bounds.allowed_origins)))
    server = await loop.create_server(
        lambda: Connection(state),
        sock=listener,
        ssl=tls,
        backlog=BACKLOG,
        ssl_handshake_timeout=HANDSHAKE_S if tls else None,
    )
    on_ready()
    while not stopping.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), LOOK_EVERY_S)
        now_s = time.monotonic()
        state.end_overdue(now_s)
        gate.tally.finish(now_s)
    server.close()
    await _let_end(state)


async def _let_end(state: ServerState) -> None:
    until_s = time.monotonic() + SHUTDOWN_S
    for connection in list(state.connections):
        connection.stop_by(until_s)
    while state.connections and time.monotonic() < until_s + 2 * LOOK_EVERY_S:
        state.end_overdue(time.monotonic())
        await asyncio.sleep(LOOK_EVERY_S)


def tls_context(certificate: str, key: str | None) -> ssl.SSLContext:
    """TLS 1.2 and later with this certificate. Raises OSError and ssl.SSLError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


def allow_open_files(connections: int) -> None:
    """Asks the system for as many open files as so many connections take; it may give fewer."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
