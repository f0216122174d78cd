"""The network of the machine: interfaces, names, sockets, TLS and HTTP, and the proxy that it is told to use."""

from __future__ import annotations

import http.client
import socket
import ssl
import sys
import urllib.request
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import psutil


class Address(NamedTuple):
    """One address that a name resolved to, as the socket module wants it."""

    family: int
    sockaddr: tuple[Any, ...]


class NetworkInterface(NamedTuple):
    """A network interface; `is_up` means that it has a carrier too. `addresses` are IPv4 and IPv6."""

    name: str
    is_up: bool
    addresses: list[str]


def _shown(secured: ssl.SSLSocket) -> list[bytes]:
    """All certificates of the other end. Public since Python 3.13 only, where they come as bytes."""
    if sys.version_info >= (3, 13):
        return secured.get_unverified_chain()
    chain = secured._sslobj.get_unverified_chain()  # type: ignore[attr-defined]  # noqa: SLF001  the same before it was public
    return [ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in chain or ()]


class Network:
    """The network of this machine. `ca_file` adds a certificate authority for the measurement point, and `proxy` (a
    URL) is the way to it.
    """

    def __init__(self, ca_file: str | None = None, proxy: str | None = None) -> None:
        self._ca_file = ca_file
        self.proxy = proxy

    def interfaces(self) -> list[NetworkInterface]:
        """Every network interface of the machine."""
        states, addresses = psutil.net_if_stats(), psutil.net_if_addrs()
        return [
            NetworkInterface(
                name,
                state.isup,
                [
                    one.address.partition("%")[0]
                    for one in addresses.get(name, [])
                    if one.family in {socket.AF_INET, socket.AF_INET6}
                ],
            )
            for name, state in states.items()
        ]

    def open_socket(self, family: int, kind: int, protocol: int = 0) -> socket.socket:
        """A socket, not yet connected. PermissionError where ordinary users may have none of the kind."""
        return socket.socket(family, kind, protocol)

    def proxy_for(self, host: str) -> str | None:
        """The proxy that this machine is told to use towards `host` over HTTPS, as a URL; None for the direct way."""
        proxies = urllib.request.getproxies()
        return None if urllib.request.proxy_bypass(host) else proxies.get("https")

    def certificates_of(self, connection: socket.socket, host: str) -> list[bytes]:
        """The certificates (DER) that are shown to this machine, the host's own first, trusted or not. Nothing may be
        sent over this.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(connection, server_hostname=host) as secured:
            return _shown(secured) or [secured.getpeercert(binary_form=True) or b""]

    def resolve(self, host: str, port: int) -> list[Address]:
        """The addresses of a name, in the order in which the system would try them. socket.gaierror if none."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [Address(family, sockaddr) for family, _, _, _, sockaddr in found]

    def connect(self, address: Address, timeout_s: float) -> socket.socket:
        """A TCP connection; OSError if there is none within `timeout_s`."""
        connection = socket.socket(address.family, socket.SOCK_STREAM)
        try:
            connection.settimeout(timeout_s)
            connection.connect(address.sockaddr)
        except OSError:
            connection.close()
            raise
        return connection

    def interface_index(self, name: str) -> int:
        """The number that the system gives a network interface. OSError if there is none of that name."""
        return socket.if_nametoindex(name)

    def secure(self, connection: socket.socket, host: str, issuers: Sequence[bytes] = ()) -> ssl.SSLSocket:
        """TLS over `connection`, checked against what this machine trusts, as a browser would check it. `issuers` (DER)
        are certificates that the host should have shown too: they help to find a root, and are none.
        """
        context = ssl.create_default_context()
        if issuers:
            context.verify_flags &= ~ssl.VERIFY_X509_PARTIAL_CHAIN
            context.load_verify_locations(cadata=b"".join(issuers))
        return context.wrap_socket(connection, server_hostname=host)

    def http_connection(self, url: str, timeout_s: float) -> http.client.HTTPConnection:
        """A connection to the host of `url`, not yet opened. `timeout_s` holds for every single read and write.

        With a proxy it leads there: for HTTPS through a tunnel, for HTTP to be asked for whole URLs.
        """
        parts, proxy = urlsplit(url), urlsplit(self.proxy or "")
        host, port = (proxy.hostname, proxy.port or 80) if self.proxy else (parts.hostname, parts.port)
        if parts.scheme != "https":
            return http.client.HTTPConnection(host or "", port, timeout=timeout_s)
        context = ssl.create_default_context()
        if self._ca_file:
            context.load_verify_locations(self._ca_file)
        connection = http.client.HTTPSConnection(host or "", port, timeout=timeout_s, context=context)
        if self.proxy:
            connection.set_tunnel(parts.hostname or "", parts.port or 443)
        return connection
