"""A small HTTP proxy for tests: passes on whole URLs, and opens tunnels."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


class Proxy:
    """`asked` is the request line of every connection, in order."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[str] = []


class _Handler(socketserver.StreamRequestHandler):
    proxy: Proxy

    def handle(self) -> None:
        """One connection to one server: the first request says which."""
        line = self.rfile.readline().decode("latin-1")
        self.proxy.asked.append(line.strip())
        method, target, _ = line.split(" ", 2)
        tunnel = method == "CONNECT"
        parts = urlsplit(f"//{target}" if tunnel else target)
        with socket.create_connection((parts.hostname, parts.port or 80), timeout=10) as server:
            if tunnel:
                while self.rfile.readline() not in {b"\r\n", b""}:
                    pass
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                server.sendall(line.replace(f"http://{parts.netloc}", "", 1).encode("latin-1"))
            back = threading.Thread(target=_pass_on, args=(server, self.connection), daemon=True)
            back.start()
            with contextlib.suppress(OSError):
                while piece := self.rfile.read1(65_536):
                    server.sendall(piece)
                server.shutdown(socket.SHUT_WR)
            back.join(10)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is part of many tests."""


@contextmanager
def proxy(host: str = "127.0.0.1", port: int = 0) -> Iterator[Proxy]:
    """A proxy, on loopback unless told otherwise, for as long as the test runs."""
    handler = type("BoundHandler", (_Handler,), {})
    with _Server((host, port), handler) as server:
        way = Proxy(f"http://127.0.0.1:{server.server_address[1]}")
        handler.proxy = way  # type: ignore[attr-defined]  # a class made on the spot, one per server
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.05), daemon=True)
        thread.start()
        try:
            yield way
        finally:
            server.shutdown()
            thread.join(10)
