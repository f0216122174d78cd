"""The way to a host: its name, TCP (through the machine's proxy if it is told to use one), TLS. Whatever stops it
becomes a code.
"""

from __future__ import annotations

import errno
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from agent.ladder.issuers import fetched_issuers, without_roots
from agent.ladder.outcome import RungFailedError
from agent.system.machine import System

STEP_TIMEOUT_S = 5.0
HEAD_MAX_BYTES = 16 * 1024
_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ENETDOWN}
_EXPIRED, _NOT_YET, _WRONG_NAME, _WRONG_ADDRESS = 10, 9, 62, 64
_ISSUER_UNKNOWN = {20, 21}
_CERTIFICATE_CODES = {
    _EXPIRED: "certificate_expired",
    _NOT_YET: "certificate_not_yet_valid",
    _WRONG_NAME: "certificate_wrong_name",
    _WRONG_ADDRESS: "certificate_wrong_name",
}
_STATUS_CODES = {407: "proxy_wants_login", 511: "network_wants_login"}
_Next = TypeVar("_Next")


def is_address(host: str) -> bool:
    """Whether `host` is an IP address, so that no name has to be looked up."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def certificate_code(error: ssl.SSLCertVerificationError) -> str:
    """Why a certificate is not believed."""
    return _CERTIFICATE_CODES.get(error.verify_code, "tls_untrusted")


def lacks_issuer(error: ssl.SSLCertVerificationError) -> bool:
    """Whether the issuer of a certificate is neither known here nor sent along."""
    return error.verify_code in _ISSUER_UNKNOWN


@contextmanager
def failures_named() -> Iterator[None]:
    """Turns what sockets raise into the code of the rung."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise RungFailedError(certificate_code(error)) from error
    except ssl.SSLError as error:
        raise RungFailedError("tls_failed", reason=str(error.reason or error)[:100]) from error
    except (socket.gaierror, UnicodeError) as error:
        raise RungFailedError("name_not_found") from error
    except TimeoutError as error:
        raise RungFailedError("no_answer") from error
    except ConnectionRefusedError as error:
        raise RungFailedError("connection_refused") from error
    except http.client.HTTPException as error:
        raise RungFailedError("answer_garbled", reason=type(error).__name__) from error
    except OSError as error:
        code = "no_route" if error.errno in _NO_ROUTE else "connection_closed"
        raise RungFailedError(code) from error


class Dialer:
    """Leads to hosts until `until_s` on the system's clock that never jumps. `has_completed_chain`: a host left
    certificates out which a browser finds by itself.
    """

    def __init__(self, system: System, until_s: float) -> None:
        self._system = system
        self._until_s = until_s
        self.has_completed_chain = False

    def left_s(self) -> float:
        """How long the next step may wait. TimeoutError when there is no time left."""
        left_s = min(STEP_TIMEOUT_S, self._until_s - self._system.monotonic_s())
        if left_s <= 0:
            raise TimeoutError("no time left")
        return left_s

    def connected(self, host: str, port: int) -> socket.socket:
        """A TCP connection to `host`, by the machine's proxy where it is told to use one."""
        proxy = self._system.proxy_for(host)
        return self.direct(host, port) if proxy is None else self._through(proxy, host, port)

    def secured(self, host: str, port: int) -> ssl.SSLSocket:
        """TLS to `host`, checked as a browser checks it."""
        try:
            return self._over(self.connected(host, port), partial(self._system.secure, host=host))
        except ssl.SSLCertVerificationError as error:
            if not lacks_issuer(error):
                raise
            return self.completed(host, port, error)

    def completed(self, host: str, port: int, refusal: ssl.SSLCertVerificationError) -> ssl.SSLSocket:
        """TLS to a host that left out who issued its certificate, with what a browser would fetch instead. Where there
        is nothing to fetch, it fails as `certificate_chain_incomplete` if it sent no other certificate than its own.
        """
        sent = self.certificates(host, port)
        issuers = list(fetched_issuers(self.connected, sent[-1]))
        if issuers:
            secure = partial(self._system.secure, host=host, issuers=without_roots(issuers))
            secured = self._over(self.connected(host, port), secure)
            self.has_completed_chain = True
            return secured
        if len(sent) > 1:
            raise refusal
        raise RungFailedError("certificate_chain_incomplete") from refusal

    def certificates(self, host: str, port: int) -> list[bytes]:
        """The certificates that are shown in place of `host`, its own first, whether or not they are trusted."""
        return self._over(self.connected(host, port), partial(self._system.certificates_of, host=host))

    def direct(self, host: str, port: int) -> socket.socket:
        """A TCP connection past any proxy, to the first of the host's addresses that answers."""
        addresses = self._system.resolve(host, port)
        for address in addresses[:-1][:3]:
            try:
                return self._system.connect(address, self.left_s() / 2)
            except OSError:
                continue
        return self._system.connect(addresses[-1], self.left_s())

    def _through(self, proxy: str, host: str, port: int) -> socket.socket:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        if parts.username:
            # The agent has no way to ask for a password, and one in the environment is not its to send about.
            raise RungFailedError("proxy_wants_login", proxy=parts.hostname)
        try:
            connection = self.direct(parts.hostname or "", parts.port or 8080)
        except OSError as error:
            raise RungFailedError("proxy_away", proxy=parts.hostname) from error
        return self._over(connection, partial(self._opened, proxy=parts.hostname or "", target=f"{host}:{port}"))

    def _opened(self, connection: socket.socket, proxy: str, target: str) -> socket.socket:
        connection.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        status = status_of(self.head(connection))
        if status == 407:
            raise RungFailedError("proxy_wants_login", proxy=proxy)
        if status != 200:
            raise RungFailedError("proxy_refused", proxy=proxy, http_status=status)
        return connection

    def head(self, connection: socket.socket) -> bytes:
        """The head of an HTTP answer, bounded; nothing beyond it is taken out of the connection."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            connection.settimeout(self.left_s())
            found = connection.recv(1)
            if not found:
                raise ConnectionResetError("closed within the head")
            head += found
            if len(head) > HEAD_MAX_BYTES:
                raise RungFailedError("answer_too_large")
        return head

    def _over(self, connection: socket.socket, step: Callable[[socket.socket], _Next]) -> _Next:
        try:
            connection.settimeout(self.left_s())
            return step(connection)
        except BaseException:
            connection.close()
            raise


def refuse_others(status: int) -> None:
    """Raises when an answer with this status can't be the host's own, whatever was expected of it, as
    `network_wants_login` (511, RFC 6585) or `proxy_wants_login` (407).
    """
    if status in _STATUS_CODES:
        raise RungFailedError(_STATUS_CODES[status], http_status=status)


def status_of(head: bytes) -> int:
    """The status in the first line of an answer's head. RungFailedError `answer_garbled` if there is none."""
    words = head.split(b"\r\n", 1)[0].split()
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or not words[1].isdigit():
        raise RungFailedError("answer_garbled")
    return int(words[1])
