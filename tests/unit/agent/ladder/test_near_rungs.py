"""The rungs up to the internet against real servers on loopback: what holds, and every way of not holding."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Sequence

import pytest

from agent.ladder import dns, gateway, internet, link
from agent.ladder.outcome import RungFailedError, RungOutcome
from agent.measuring.gateway import ROUTES_IPV6
from agent.system.machine import System
from agent.system.network import Address, NetworkInterface
from tests.support.ladder_world import (
    DirectSystem,
    ProxiedSystem,
    Resolve,
    answer,
    dns_answer,
    raw_server,
    resolver,
    web_server,
)
from tests.support.processes import free_port
from tests.unit.agent.ladder.trying import broken, held, rung

# --- link and gateway


def test_link() -> None:
    """Up, with an address that somebody gave; loopback is no network."""
    loopback = NetworkInterface("lo", True, ["127.0.0.1", "::1"])
    up, down = NetworkInterface("eth0", True, ["10.0.0.9", "fe80::1"]), NetworkInterface("eth0", False, ["10.0.0.9"])
    assert link.judge([loopback, up]) == RungOutcome({"links_count": 1})
    for interfaces, code in (
        ([loopback], "no_link"),
        ([loopback, down], "no_link"),
        ([loopback, NetworkInterface("eth0", True, ["169.254.3.4", "fe80::1"])], "no_address"),
        ([loopback, NetworkInterface("wlan0", True, [])], "no_address"),
    ):
        with pytest.raises(RungFailedError, match=code):
            link.judge(interfaces)


class GatewaySystem(System):
    """A machine whose gateway behaves in one way."""

    def __init__(self, behaviour: Callable[[], socket.socket]) -> None:
        super().__init__()
        self._behaviour = behaviour

    def open_socket(self, family: int, kind: int, protocol: int = 0) -> socket.socket:
        raise PermissionError(errno.EPERM, "no echo for ordinary users")

    def connect(self, address: Address, timeout_s: float) -> socket.socket:
        return self._behaviour()


def raising(error: OSError) -> Callable[[], socket.socket]:
    """Raises it at every try."""

    def behave() -> socket.socket:
        raise error

    return behave


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConnectionRefusedError(), None),
        (OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH)), "gateway_gone"),
        (TimeoutError(), "gateway_silent"),
    ],
    ids=["refuses", "gone", "silent"],
)
def test_gateway_where_no_echo_is_allowed(error: OSError, code: str | None) -> None:
    """A refusal is an answer; only silence is in doubt."""
    system = GatewaySystem(raising(error))
    if code is None:
        assert held(gateway.read, rung("gateway", "192.0.2.1"), system) == RungOutcome()
    else:
        assert broken(gateway.read, rung("gateway", "192.0.2.1"), system)[0] == code


def test_no_default_route() -> None:
    """Nothing leads out of the own network."""

    class Islanded(System):
        def platform_name(self) -> str:
            return "linux"

        def read_text(self, path: str) -> str | None:
            return "Iface\tDestination\n"

    assert broken(gateway.read, rung("gateway"), Islanded()) == ("no_default_route", {})


class Ipv6Only(GatewaySystem):
    """A machine of a network that has no IPv4."""

    def __init__(self, platform: str, behaviour: Callable[[], socket.socket]) -> None:
        super().__init__(behaviour)
        self._platform = platform
        self.asked: list[Address] = []

    def platform_name(self) -> str:
        return self._platform

    def read_text(self, path: str) -> str | None:
        everywhere = "0" * 32
        route = f"{everywhere} 00 {everywhere} 00 fe80{'0' * 27}1 00000400 00000003 00000000 00000003     eth0\n"
        return route if path == ROUTES_IPV6 and self._platform == "linux" else ""

    def output_of(self, command: Sequence[str], deadline_s: float) -> str:
        return "no route for this family\n"

    def interface_index(self, name: str) -> int:
        return 7

    def interfaces(self) -> list[NetworkInterface]:
        return [NetworkInterface("eth0", True, ["fe80::9", "2a02:1234::9"])]

    def connect(self, address: Address, timeout_s: float) -> socket.socket:
        self.asked.append(address)
        return super().connect(address, timeout_s)


def test_a_gateway_of_ipv6_alone() -> None:
    """Asked by its own address, with the interface that it is behind."""
    system = Ipv6Only("linux", raising(ConnectionRefusedError()))
    assert held(gateway.read, rung("gateway"), system) == RungOutcome()
    assert system.asked[0].family == socket.AF_INET6
    assert system.asked[0].sockaddr[0] == "fe80::1"
    assert system.asked[0].sockaddr[2:] == (0, 7)


@pytest.mark.parametrize("platform", ["windows", "macos"])
def test_where_the_gateway_of_ipv6_is_not_told(platform: str) -> None:
    """It is in doubt, like one that keeps silent, and what answers beyond it settles that."""
    system = Ipv6Only(platform, raising(ConnectionRefusedError()))
    assert broken(gateway.read, rung("gateway"), system) == ("gateway_silent", {"ipv6": True})
    assert system.asked == []


# --- dns


def asked_at(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolvers answer on a port of their own here."""
    monkeypatch.setattr(dns, "_PORT", port)


@pytest.mark.parametrize(
    ("resolve", "expect", "code"),
    [
        (lambda asked: dns_answer(asked, ["192.0.2.7"]), {"addresses": "192.0.2.7, 192.0.2.8"}, None),
        (lambda asked: dns_answer(asked, ["8.8.8.8"]), {}, None),
        (lambda asked: dns_answer(asked, ["10.0.0.1"]), {"private": "yes"}, None),
        (lambda asked: dns_answer(asked, ["10.0.0.1"]), {}, "dns_lies"),
        (lambda asked: dns_answer(asked, ["8.8.8.8"]), {"addresses": "192.0.2.7"}, "dns_lies"),
        (lambda asked: dns_answer(asked, [], refusal=2), {}, "dns_server_failed"),
        (lambda asked: dns_answer(asked, [], refusal=3), {}, "dns_no_such_name"),
        (lambda asked: dns_answer(asked, []), {}, "dns_no_such_name"),
        (lambda asked: dns_answer(asked, [], refusal=5), {}, "dns_refused"),
        (lambda asked: None, {}, "dns_silent"),
        (lambda asked: b"\0\0" + dns_answer(asked, ["192.0.2.7"])[2:], {}, "dns_silent"),
    ],
    ids=["expected", "public", "own", "private", "other", "failed", "unknown", "empty", "refused", "dead", "forged"],
)
def test_dns(resolve: Resolve, expect: dict[str, str], code: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that was expected, or why not; an answer with another number is not heard."""
    monkeypatch.setattr(dns, "TRY_S", 0.5)
    with resolver(resolve) as port:
        asked_at(port, monkeypatch)
        one = rung("dns", "prov.example.se", resolver="127.0.0.1", **expect)
        if code is None:
            assert held(dns.read, one) == RungOutcome({"resolvers_count": 1, "resolvers_failed_count": 0})
        else:
            found, details = broken(dns.read, one)
            assert (found, details["resolver"]) == (code, "127.0.0.1")


def test_dns_against_a_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another resolver's answer is what must be found."""
    with resolver(lambda asked: dns_answer(asked, ["8.8.8.8"])) as port:
        asked_at(port, monkeypatch)
        held(dns.read, rung("dns", "prov.example.se", resolver="127.0.0.1", reference="127.0.0.1"))


def test_one_of_two_resolvers() -> None:
    """Dead: every lookup may wait for it. Lying: named, whatever the other one says."""
    fine, dead, lying = (
        dns.ResolverAnswer(["192.0.2.7"]),
        dns.ResolverAnswer(code="dns_silent"),
        dns.ResolverAnswer(["10.0.0.1"]),
    )
    slow = dns.judge({"10.0.0.1": fine, "10.0.0.2": dead}, ["192.0.2.7"], public=True)
    assert (slow.status, slow.code, slow.details["resolver"]) == ("slow", "resolver_silent", "10.0.0.2")
    with pytest.raises(RungFailedError) as failed:
        dns.judge({"10.0.0.1": fine, "10.0.0.2": lying}, ["192.0.2.7"], public=True)
    assert failed.value.details == {"resolver": "10.0.0.2", "answer": "10.0.0.1"}


def test_no_resolver_at_all() -> None:
    """As on a machine that was given an address and nothing else."""

    class Nameless(System):
        def platform_name(self) -> str:
            return "linux"

        def read_text(self, path: str) -> str | None:
            return None

    assert broken(dns.read, rung("dns", "prov.example.se"), Nameless())[0] == "no_resolver"


def test_the_resolvers_behind_systemds_stub() -> None:
    """The stub itself is never dead, so that asking it would hide the ones that are."""

    class Stubbed(System):
        def platform_name(self) -> str:
            return "linux"

        def read_text(self, path: str) -> str | None:
            if path == "/etc/resolv.conf":
                return "# by systemd\nnameserver 127.0.0.53\noptions edns0\n"
            return "nameserver 10.0.0.1\nnameserver 10.0.0.2\nsearch exempelby.se\n"

    assert dns.resolvers_of(Stubbed()) == ["10.0.0.1", "10.0.0.2"]


# --- internet


def test_internet() -> None:
    """Somebody answers, refuses, or has no name."""
    with web_server(answer(200)) as port:
        assert held(internet.read, rung("internet", "127.0.0.1", port)) == RungOutcome()
    assert broken(internet.read, rung("internet", "127.0.0.1", free_port()))[0] == "connection_refused"
    assert broken(internet.read, rung("internet", "nobody.invalid"))[0] == "name_not_found"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENETUNREACH, "no way"), "no_route"),
        (TimeoutError(), "no_answer"),
        (ConnectionResetError(), "connection_closed"),
    ],
)
def test_ways_that_end(error: OSError, code: str) -> None:
    """Each with its own code."""

    class Stranded(DirectSystem):
        def connect(self, address: Address, timeout_s: float) -> socket.socket:
            raise error

    assert broken(internet.read, rung("internet", "127.0.0.1"), Stranded())[0] == code


def test_through_a_proxy() -> None:
    """A machine that is told to use one goes through it; what it answers is told apart."""
    said = {200: None, 403: "proxy_refused", 407: "proxy_wants_login"}
    for status, code in said.items():

        def speak(connection: socket.socket, status: int = status) -> None:
            assert connection.recv(4096).startswith(b"CONNECT prov.example.se:443 HTTP/1.1\r\n")
            connection.sendall(f"HTTP/1.1 {status} So\r\n\r\n".encode())

        with raw_server(speak) as port:
            system = ProxiedSystem(f"http://127.0.0.1:{port}")
            if code is None:
                held(internet.read, rung("internet", "prov.example.se"), system)
            else:
                assert broken(internet.read, rung("internet", "prov.example.se"), system)[0] == code
    away = ProxiedSystem(f"http://127.0.0.1:{free_port()}")
    assert broken(internet.read, rung("internet", "prov.example.se"), away)[0] == "proxy_away"
    secret = ProxiedSystem("http://anna:hemligt@127.0.0.1:1")
    assert broken(internet.read, rung("internet", "prov.example.se"), secret) == (
        "proxy_wants_login",
        {"proxy": "127.0.0.1"},
    )
