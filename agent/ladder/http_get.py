"""One HTTP question, bounded in time, bytes and redirects."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

import msgspec

from agent.ladder.outcome import RungFailedError
from agent.ladder.transport import Dialer, failures_named, refuse_others

REDIRECTS_MAX = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_HEADERS = {"User-Agent": "provklar", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}


class Answered(msgspec.Struct, frozen=True):
    """The last answer: header names in lower case, and where it came from."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


def get(way: Dialer, url: str, max_bytes: int, *, redirects: int = REDIRECTS_MAX) -> Answered:
    """What `url` answers, redirects followed. RungFailedError: `too_many_redirects`, `answer_too_large` ..."""
    for _ in range(redirects + 1):
        with failures_named():
            answer = ask_once(way, url, max_bytes)
        refuse_others(answer.status)
        if redirects == 0 or answer.status not in _REDIRECTS or "location" not in answer.headers:
            return answer
        url = urljoin(url, answer.headers["location"])
    raise RungFailedError("too_many_redirects")


def ask_once(way: Dialer, url: str, max_bytes: int, *, past_proxy: bool = False) -> Answered:
    """What `url` itself answers."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise RungFailedError("bad_address") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise RungFailedError("bad_address")
    connection = http.client.HTTPConnection(parts.netloc.rpartition("@")[2])
    if parts.scheme == "https":
        connection.sock = way.secured(host, port or 443)
    else:
        connection.sock = way.direct(host, port or 80) if past_proxy else way.connected(host, port or 80)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers=_HEADERS)
        response = connection.getresponse()
        return Answered(response.status, _lower(response), _body(way, connection, response, max_bytes), url)
    finally:
        connection.close()


def _lower(response: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.getheaders()}


def _body(
    way: Dialer, connection: http.client.HTTPConnection, response: http.client.HTTPResponse, max_bytes: int
) -> bytes:
    """Read in pieces, so that one who sends a byte now and then is left when the time is over."""
    body = b""
    while len(body) <= max_bytes:
        if connection.sock is not None:
            connection.sock.settimeout(way.left_s())
        else:
            way.left_s()
        piece = response.read1(min(65_536, max_bytes + 1))
        if not piece:
            return body
        body += piece
    raise RungFailedError("answer_too_large")
