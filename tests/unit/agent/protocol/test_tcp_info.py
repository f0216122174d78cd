"""What the kernel says of a connection, read from real ones."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator

import pytest

from agent.protocol import tcp_info
from agent.protocol.tcp_info import acknowledged_bytes, keep_little_unsent, segments_in, send_despite_loss, tcp_counts

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux answers")


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a connection over loopback with segments as on Ethernet."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1_448)
        client = socket.socket()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1_448)
        client.connect(server.getsockname())
        accepted, _ = server.accept()
        with client, accepted:
            yield client, accepted


def carried(one: socket.socket, other: socket.socket, size: int) -> None:
    """Sends so many bytes and reads them."""
    one.sendall(b"x" * size)
    while size:
        size -= len(other.recv(size))


def test_segments_are_counted_where_they_arrive(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as the bytes take, at both ends alike."""
    monkeypatch.setattr(tcp_info, "FRAME_BYTES_MAX", 70_000)  # what loopback announces
    client, server = pair
    carried(client, server, 100_000)
    sent, received = tcp_counts(client), tcp_counts(server)
    assert sent is not None
    assert received is not None
    assert 0 < sent.segment_bytes <= 1_448
    assert received.segments_in >= 100_000 / 1_448
    assert sent.delivered == pytest.approx(received.segments_in, abs=2)
    assert sent.segments_in == 0
    assert acknowledged_bytes(client) == pytest.approx(100_000, abs=1)


def test_inside_one_machine_segments_say_nothing() -> None:
    """No two are alike there."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert tcp_counts(client) is None
        assert acknowledged_bytes(client) is not None


def test_where_the_system_says_nothing(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows: no counts, and wishes that nobody hears do no harm."""
    for name in ("TCP_INFO", "TCP_CONGESTION", "TCP_NOTSENT_LOWAT"):
        monkeypatch.delattr(socket, name)
    client, server = pair
    send_despite_loss(client)
    keep_little_unsent(client, 8_192)
    carried(client, server, 10_000)
    assert tcp_counts(client) is None
    assert acknowledged_bytes(client) is None


def test_what_is_not_to_be_had_changes_nothing(pair: tuple[socket.socket, socket.socket]) -> None:
    """BBR where the kernel allows it, else what was there."""
    client, server = pair
    before = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16).rstrip(b"\0")
    send_despite_loss(client)
    after = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16).rstrip(b"\0")
    assert after in {before, b"bbr"}
    carried(client, server, 10_000)


def test_who_only_counts_segments_needs_no_more(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same number as among the counts; one that has gone is not known and no error."""
    monkeypatch.setattr(tcp_info, "FRAME_BYTES_MAX", 70_000)
    client, server = pair
    carried(client, server, 100_000)
    counts = tcp_counts(server)
    assert counts is not None
    assert segments_in(server) == counts.segments_in
    server.close()
    assert segments_in(server) is None
    monkeypatch.delattr(socket, "TCP_INFO")
    assert segments_in(client) is None
