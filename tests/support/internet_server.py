"""A server that speaks the HTTP protocol of speedtest.net's own servers ("Speedtest Mini"), and ways to misbehave."""

from __future__ import annotations

import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

PAGE = b'<script>var options = {upload_extension: "php"};</script>'
Misbehaviour = Callable[["Handler"], None]


class InternetServer:
    """What was asked for; `misbehave` maps the beginning of a path to what takes over the answer."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.paths: list[str] = []
        self.received_bytes = 0
        self.sent_bytes = 0
        self.misbehave: dict[str, Misbehaviour] = {}
        self.pages: dict[str, bytes] = {"/": PAGE}
        self.lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server_state: InternetServer

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if self._taken_over(path):
            return
        size = re.fullmatch(r"/speedtest/random(\d+)x\d+\.jpg", path)
        if size:
            self.send(200, b"\0" * (2 * int(size[1]) ** 2))  # as the real pictures: two bytes per pixel
        elif path == "/speedtest/latency.txt":
            self.send(200, b"test=test\n")
        elif path in self.server_state.pages:
            self.send(200, self.server_state.pages[path])
        else:
            self.send(404, b"")

    def do_POST(self) -> None:
        if self._taken_over(urlsplit(self.path).path):
            return
        self.drain()
        self.send(200, b"size=500")

    def drain(self) -> None:
        """Reads what is sent, and counts it."""
        left = int(self.headers.get("Content-Length", 0))
        while left > 0 and (piece := self.rfile.read(min(left, 65_536))):
            left -= len(piece)
            with self.server_state.lock:
                self.server_state.received_bytes += len(piece)

    def send(self, status: int, body: bytes, **headers: str) -> None:
        """Answers. Each piece is counted before it goes out: who has it may be asked before this goes on, and who hangs
        up in the middle has what came before.
        """
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        for piece in (body[at : at + 65_536] for at in range(0, len(body), 65_536)):
            with self.server_state.lock:
                self.server_state.sent_bytes += len(piece)
            self.wfile.write(piece)

    def _taken_over(self, path: str) -> bool:
        with self.server_state.lock:
            self.server_state.paths.append(path)
        for beginning, misbehave in self.server_state.misbehave.items():
            if path.startswith(beginning):
                misbehave(self)
                return True
        return False


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """The library hangs up in the middle when its time is over."""


@contextmanager
def internet_server(
    address: tuple[str, int] = ("127.0.0.1", 0), certificate: tuple[Path, Path] | None = None
) -> Iterator[InternetServer]:
    """A server for as long as the test runs."""
    handler = type("BoundHandler", (Handler,), {})
    server = _Server(address, handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    state = InternetServer(f"{'https' if certificate else 'http'}://{address[0]}:{server.server_port}")
    handler.server_state = state  # type: ignore[attr-defined]  # a class made on the spot, one per server
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.05), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def refuse(status: int, **headers: str) -> Misbehaviour:
    """Says no, when all was heard: else the connection is reset, and the answer may be lost in it."""

    def say_no(handler: Handler) -> None:
        handler.drain()
        handler.send(status, b"go away", **headers)

    return say_no


def hang_up(handler: Handler) -> None:
    """Closes the connection without a word, with what was sent unread: so it is reset."""
    handler.close_connection = True


def garbage(handler: Handler) -> None:
    """Bytes that are neither page nor XML."""
    handler.send(200, bytes(range(128, 256)) * 8)


def hang(handler: Handler) -> None:
    """Takes the request and says nothing."""
    time.sleep(60)


def endless(handler: Handler) -> None:
    """A page that does not come to an end."""
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 1_000_000)


def stop_in_the_middle(handler: Handler) -> None:
    """Some of a picture, and then nothing."""
    handler.send_response(200)
    handler.send_header("Content-Length", "10000000")
    handler.end_headers()
    handler.wfile.write(b"\0" * 100_000)
    handler.wfile.flush()
    time.sleep(60)
