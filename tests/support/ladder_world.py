"""Real servers for the rungs of the ladder: certificates of an own authority, HTTPS and WebSocket, DNS over UDP."""

from __future__ import annotations

import base64
import hashlib
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from agent.system.machine import System

_EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


class Authority:
    """Signs certificates, as openssl makes them. `file` is what a machine must trust."""

    def __init__(self, folder: Path, organisation: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.file, self._key = folder / "authority.pem", folder / "authority.key"
        subject = f"/O={organisation}/CN={organisation} rot"
        if not self.file.exists():
            _openssl("req", "-x509", *_EC, "-subj", subject, "-days", "30", "-out", self.file, "-keyout", self._key)

    @property
    def der(self) -> bytes:
        """Its own certificate."""
        return ssl.PEM_cert_to_DER_cert(self.file.read_text())

    def certificate(self, name: str = "localhost", days: int = 30, issuer_at: str | None = None) -> tuple[Path, Path]:
        """A certificate for `name` and its key; with a negative number of days it has expired. Its issuer's is to be
        had at `issuer_at`.
        """
        folder = self._folder / f"{name}{days}{bool(issuer_at)}"
        extensions = f"subjectAltName=DNS:{name}"
        if issuer_at:
            extensions += f"\nauthorityInfoAccess=caIssuers;URI:{issuer_at}"
        return self._signed(folder, f"/CN={name}", extensions, days)

    def intermediate(self, organisation: str, issuer_at: str | None = None) -> Authority:
        """An authority for which this one vouches."""
        folder = self._folder / organisation
        extensions = "basicConstraints=critical,CA:TRUE"
        if issuer_at:
            extensions += f"\nauthorityInfoAccess=caIssuers;URI:{issuer_at}"
        certificate, key = self._signed(folder, f"/O={organisation}/CN={organisation} mellan", extensions, 30)
        certificate.rename(folder / "authority.pem")
        key.rename(folder / "authority.key")
        return Authority(folder, organisation)

    def _signed(self, folder: Path, subject: str, extensions: str, days: int) -> tuple[Path, Path]:
        folder.mkdir(exist_ok=True)
        certificate, key, asked, names = (folder / one for one in ("c.pem", "c.key", "c.csr", "names"))
        names.write_text(extensions, encoding="utf-8")
        _openssl("req", *_EC, "-subj", subject, "-out", asked, "-keyout", key)
        signing: list[str | Path] = [
            "-req",
            "-in",
            asked,
            "-CA",
            self.file,
            "-CAkey",
            self._key,
            "-CAcreateserial",
            "-extfile",
            names,
        ]
        _openssl("x509", *signing, "-days", str(days), "-out", certificate)
        return certificate, key


def with_issuers(files: tuple[Path, Path], *authorities: Authority) -> tuple[Path, Path]:
    """The certificate as a server should send it: with those of its issuers."""
    whole = files[0].with_name("whole.pem")
    whole.write_text("".join(path.read_text() for path in (files[0], *(one.file for one in authorities))))
    return whole, files[1]


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=30)


Respond = Callable[[BaseHTTPRequestHandler], None]


def answer(status: int, body: bytes = b"", **headers: str) -> Respond:
    """Answers so, whatever was asked."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return respond


def accept_websocket(handler: BaseHTTPRequestHandler) -> None:
    """The opening handshake as RFC 6455 asks for it."""
    key = handler.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accepted = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
    handler.send_response(101)
    for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accepted)):
        handler.send_header(name, value)
    handler.end_headers()


@contextmanager
def web_server(respond: Respond, certificate: tuple[Path, Path] | None = None) -> Iterator[int]:
    """A server on loopback; gives its port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.close_connection = True
            respond(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class calls it so
            """Quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up in the handshake is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextmanager
def raw_server(speak: Callable[[socket.socket], None]) -> Iterator[int]:
    """Accepts connections and lets `speak` say whatever it likes; gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(5)
                try:
                    speak(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        thread.join(10)
        listener.close()


Resolve = Callable[[bytes], bytes | None]


def dns_answer(asked: bytes, addresses: list[str], refusal: int = 0) -> bytes:
    """The answer to a question: these addresses, or a refusal."""
    head = asked[:2] + struct.pack("!5H", 0x8180 | refusal, 1, len(addresses), 0, 0)
    records = (b"\xc0\x0c" + struct.pack("!2HIH", 1, 1, 60, 4) + socket.inet_aton(one) for one in addresses)
    return head + asked[12:] + b"".join(records)


@contextmanager
def resolver(resolve: Resolve) -> Iterator[int]:
    """A DNS server on loopback; gives its port. `resolve` says nothing by None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.bind(("127.0.0.1", 0))
        link.settimeout(0.05)
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    asked, client = link.recvfrom(4096)
                except TimeoutError:
                    continue
                said = resolve(asked)
                if said is not None:
                    link.sendto(said, client)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield link.getsockname()[1]
        finally:
            over.set()
            thread.join(5)


class DirectSystem(System):
    """This machine, whatever proxies its environment names."""

    def proxy_for(self, host: str) -> str | None:
        return None


class ProxiedSystem(System):
    """This machine, told to use a proxy."""

    def __init__(self, proxy: str) -> None:
        super().__init__()
        self._proxy = proxy

    def proxy_for(self, host: str) -> str | None:
        return self._proxy
