"""Who issued a certificate, fetched from where it says itself (AIA), as browsers do when a server leaves that out."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

from agent.ladder.certificate import CERTIFICATE_MAX_BYTES, parsed
from agent.ladder.outcome import RungFailedError

ISSUERS_MAX = 3
Connect = Callable[[str, int], socket.socket]

_CA_ISSUERS = re.compile(re.escape(bytes.fromhex("06082b0601050507300286")) + rb"(?:\x81(.)|([\0-\x7f]))", re.DOTALL)
"""The number of the entry in a certificate, and how long the address is that follows."""


def issuer_address(der: bytes) -> str | None:
    """The http address of the issuer's certificate; None where there is none. Pure."""
    for found in _CA_ISSUERS.finditer(der):
        length = (found[1] or found[2])[0]
        address = der[found.end() : found.end() + length].decode("latin-1")
        if address.startswith("http://"):
            return address
    return None


def fetched_issuers(connect: Connect, certificate: bytes) -> Iterator[bytes]:
    """The issuer's certificate, that of its issuer and so on, as far as they can be had."""
    for _ in range(ISSUERS_MAX):
        address = issuer_address(certificate)
        if address is None:
            return
        try:
            certificate = _fetched(connect, address)
            parsed(certificate)
        except (OSError, ValueError, http.client.HTTPException, RungFailedError):
            return
        yield certificate


def without_roots(certificates: Sequence[bytes]) -> list[bytes]:
    """Those that somebody else vouches for: a root is trusted only if the machine has it itself. Pure."""
    return [one for one in certificates if not parsed(one).is_self_issued]


def _fetched(connect: Connect, address: str) -> bytes:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.sock = connect(parts.hostname or "", parts.port or 80)
    try:
        connection.request("GET", parts._replace(scheme="", netloc="", fragment="").geturl() or "/")
        answer = connection.getresponse().read(CERTIFICATE_MAX_BYTES)
    finally:
        connection.close()
    return ssl.PEM_cert_to_DER_cert(answer.decode()) if answer.startswith(b"-----BEGIN") else answer
