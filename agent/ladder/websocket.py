"""Rung `websocket`: whether a WebSocket opens. Some boxes let HTTPS through and break this."""

from __future__ import annotations

import base64
import hashlib
import secrets
import socket
from urllib.parse import urlsplit

from agent.ladder.outcome import RungFailedError, RungOutcome
from agent.ladder.transport import Dialer, failures_named, refuse_others, status_of
from agent.protocol.wire import Rung
from agent.system.machine import System

_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""From RFC 6455: who answers with the hash of this and the key has read the question."""


def read(system: System, rung: Rung, until_s: float) -> RungOutcome:
    """Fails as `websocket_refused`, `websocket_false_answer`, or as no host is reached."""
    parts = urlsplit(rung.target or "")
    if parts.scheme not in {"ws", "wss"} or not parts.hostname:
        raise RungFailedError("bad_address")
    way = Dialer(system, until_s)
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with failures_named(), _opened(way, parts.scheme, parts.hostname, parts.port) as connection:
        connection.sendall(question(parts.netloc.rpartition("@")[2], path, key))
        return judge(way.head(connection), key)


def _opened(way: Dialer, scheme: str, host: str, port: int | None) -> socket.socket:
    return way.secured(host, port or 443) if scheme == "wss" else way.connected(host, port or 80)


def question(host: str, path: str, key: str) -> bytes:
    """The opening handshake."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "User-Agent: provklar", "", ""]
    return "\r\n".join(lines).encode()


def judge(head: bytes, key: str) -> RungOutcome:
    """Only 101 with the right `Sec-WebSocket-Accept` comes from somebody who speaks WebSocket."""
    status = status_of(head)
    refuse_others(status)
    if status != 101:
        raise RungFailedError("websocket_refused", http_status=status)
    lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    wanted = base64.b64encode(hashlib.sha1(f"{key}{_MAGIC}".encode(), usedforsecurity=False).digest())
    if headers.get(b"sec-websocket-accept") != wanted or headers.get(b"upgrade", b"").lower() != b"websocket":
        raise RungFailedError("websocket_false_answer")
    return RungOutcome({"http_status": status})
