"""Ways to time a round trip: which one works towards whom."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from agent.measuring import rtt_methods
from agent.measuring.rtt_methods import TcpConnect, connects_if_answered, echoes_if_answered, one_of_each_family
from agent.system.machine import System
from agent.system.network import Address
from tests.support.echo_server import EchoSystem, echo_server, reply
from tests.support.processes import free_port


@contextmanager
def listening() -> Iterator[Address]:
    """A port that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield Address(socket.AF_INET, server.getsockname())


def test_a_connection_is_a_round_trip() -> None:
    """And is closed again."""
    with listening() as address:
        way = connects_if_answered(System(), [address], refusal_counts=False)
        assert way is not None
        assert way.method == "tcp"
        assert 0 < way.round_trip_s(2.0) < 2.0


def test_a_refusal_counts_only_where_it_shall() -> None:
    """A gateway that refuses is there; a service that refuses is not."""
    closed = Address(socket.AF_INET, ("127.0.0.1", free_port()))
    assert connects_if_answered(System(), [closed], refusal_counts=False) is None
    assert connects_if_answered(System(), [closed], refusal_counts=True) is not None
    with pytest.raises(ConnectionRefusedError):
        TcpConnect(System(), closed, refusal_counts=False).round_trip_s(1.0)


def test_the_first_address_that_answers() -> None:
    """A dead one before it is passed over."""
    dead = Address(socket.AF_INET, ("127.0.0.1", free_port()))
    with listening() as alive:
        way = connects_if_answered(System(), [dead, alive], refusal_counts=False)
        assert isinstance(way, TcpConnect)
        assert way._address == alive


def test_a_way_that_loses_some_still_works() -> None:
    """One lost echo is a lossy line, not a firewall."""
    with echo_server(lambda number, asked: [] if number == 1 else [reply(asked)]) as server:
        way = echoes_if_answered(EchoSystem(server), [server])
        assert way is not None
        way.close()


def test_who_drops_every_echo_is_measured_another_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """After three tries."""
    monkeypatch.setattr(rtt_methods, "TRIAL_MAX_S", 0.1)
    asked: list[bytes] = []
    with echo_server(lambda _number, request: asked.append(request) or []) as server:  # type: ignore[func-returns-value]  # append returns nothing, so the list after it counts
        assert echoes_if_answered(EchoSystem(server), [server]) is None
    assert len(asked) == 3


def test_where_no_echo_is_allowed() -> None:
    """Not an error: another way will do."""

    class Forbidding(System):
        def open_socket(self, family: int, kind: int, protocol: int = 0) -> socket.socket:
            raise PermissionError

    assert echoes_if_answered(Forbidding(), [Address(socket.AF_INET, ("127.0.0.1", 0))]) is None


def test_one_of_each_family() -> None:
    """In the system's order; what is neither IPv4 nor IPv6 is left out."""
    first6, second6 = (Address(socket.AF_INET6, (f"2001:db8::{n}", 0, 0, 0)) for n in (1, 2))
    first4, second4 = (Address(socket.AF_INET, (f"192.0.2.{n}", 0)) for n in (1, 2))
    other = Address(socket.AF_UNIX, ("/nowhere",))
    assert one_of_each_family([first6, other, second6, first4, second4]) == [first6, first4]
