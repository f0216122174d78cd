"""The lab's web sites, over HTTP and HTTPS, with WebSocket: what they answer stands in a JSON file, read each time.

`{"host name": {"certificate": [PEM, key], "status": 200, "pages": {"/path": ["type", "text"]},
"sockets": {"/path": "open"}}}`. A status other than 200 is given on every path; a socket that is not `open` is refused
with 403. Writes `ready` once it listens.
"""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from pathlib import Path
from typing import Any

WEBSOCKET_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CLOSE = 8
IDLE_SECONDS = 60


class Sites:
    """The JSON file and the TLS contexts that it names."""

    def __init__(self, file: Path) -> None:
        """Nothing is read yet."""
        self._file = file
        self._contexts: dict[str, ssl.SSLContext] = {}

    def site(self, name: str) -> dict[str, Any] | None:
        """What stands there about the host `name` at this moment."""
        found: dict[str, Any] | None = json.loads(self._file.read_text()).get(name)
        return found

    def listening_context(self) -> ssl.SSLContext:
        """A context that takes the certificate of the site that is asked for; without a name there is none."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sni_callback = self._choose
        return context

    def _choose(self, connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        site = self.site(name or "")
        if site is None:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        certificate, key = site["certificate"]
        if certificate not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            self._contexts[certificate] = context
        connection.context = self._contexts[certificate]
        return None


class Handler(BaseHTTPRequestHandler):
    """One connection of one client."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    sites: Sites

    def do_GET(self) -> None:
        """A page, a WebSocket, or what stands in their way."""
        site = self.sites.site((self.headers.get("Host") or "").partition(":")[0])
        if site is None:
            self._answer(421, "text/plain", "no such site")
        elif site["status"] != 200:
            self._answer(site["status"], "text/html", "<h1>Not now</h1>")
        elif self.path in site["sockets"]:
            self._open_socket(site["sockets"][self.path])
        elif self.path in site["pages"]:
            self._answer(200, *site["pages"][self.path])
        else:
            self._answer(404, "text/plain", "no such page")

    def log_message(self, *_: object) -> None:
        """Nothing: a test that wants to know asks the site."""

    def _answer(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _open_socket(self, mode: str) -> None:
        key = self.headers.get("Sec-WebSocket-Key")
        if mode != "open":
            return self._answer(403, "text/html", "<h1>Forbidden</h1>")
        if (self.headers.get("Upgrade") or "").lower() != "websocket" or not key:
            return self._answer(426, "text/plain", "this is a WebSocket")
        accept = base64.b64encode(hashlib.sha1(key.encode() + WEBSOCKET_MAGIC).digest()).decode()
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        self.close_connection = True
        return echo(self.rfile, self.wfile)


def echo(incoming: BufferedIOBase, outgoing: BufferedIOBase) -> None:
    """Sends every WebSocket message back, until the client closes. Messages up to 64 KiB."""
    while len(head := incoming.read(2)) == 2:
        length = head[1] & 0x7F
        if length == 126:
            length = int.from_bytes(incoming.read(2), "big")
        elif length == 127:
            return
        mask = incoming.read(4) if head[1] & 0x80 else bytes(4)
        payload = bytes(byte ^ mask[i % 4] for i, byte in enumerate(incoming.read(length)))
        size = bytes([length]) if length < 126 else bytes([126]) + length.to_bytes(2, "big")
        outgoing.write(head[:1] + size + payload)
        outgoing.flush()
        if head[0] & 0x0F == CLOSE:
            return


class Server(ThreadingHTTPServer):
    """Plain or, with a context, TLS; the handshake is done in the connection's own thread."""

    request_queue_size = 100
    context: ssl.SSLContext | None = None

    def get_request(self) -> tuple[socket.socket, Any]:
        """A connection that has not shaken hands yet."""
        connection, sender = super().get_request()
        if self.context:
            connection.settimeout(IDLE_SECONDS)
            connection = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, sender

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up or dislike the certificate are what the lab is for."""


def main() -> None:
    """Serves ports 80 and 443 from the file in the first argument, until it is killed."""
    sites = Sites(Path(sys.argv[1]))
    Handler.sites = sites
    plain, secure = Server(("", 80), Handler), Server(("", 443), Handler)
    secure.context = sites.listening_context()
    threading.Thread(target=plain.serve_forever, daemon=True).start()
    print("ready", flush=True)
    secure.serve_forever()


if __name__ == "__main__":
    main()
