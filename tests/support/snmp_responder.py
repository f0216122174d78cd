"""An agent on loopback that answers as a test wants it to: rows that never end, that go round in circles, that stop."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto.api import v2c

from collector.snmp.session import Community, Oid, Target

Next = Callable[[Oid], tuple[Oid, int | bytes] | None]
"""The row that a device claims to come after an object identifier; None at the end of everything."""


@dataclass
class Responder:
    """Where it listens, and what it was asked."""

    port: int
    most_rows_asked: int = 0
    requests: int = 0
    names: list[Oid] = field(default_factory=list)

    def target(self, timeout_s: float = 1.0, retries: int = 1) -> Target:
        """It, as v2c opens it; any community does."""
        return Target("127.0.0.1", Community("anything"), self.port, timeout_s=timeout_s, retries=retries)


@contextmanager
def responder(
    following: Next, silent_after: int | None = None, spoil: Callable[[bytes], bytes] = bytes
) -> Iterator[Responder]:
    """Answers GETBULK (and GET, by what comes after) until it was asked `silent_after` times. Each reply goes through
    `spoil` on its way.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(0.1)
        state, stop = Responder(sock.getsockname()[1]), threading.Event()
        thread = threading.Thread(
            target=lambda: _serve(sock, state, following, silent_after=silent_after, spoil=spoil, stop=stop)
        )
        thread.start()
        try:
            yield state
        finally:
            stop.set()
            thread.join(10)


def _serve(
    sock: socket.socket,
    state: Responder,
    following: Next,
    *,
    silent_after: int | None,
    spoil: Callable[[bytes], bytes],
    stop: threading.Event,
) -> None:
    while not stop.is_set():
        try:
            octets, sender = sock.recvfrom(65_535)
        except TimeoutError:
            continue
        state.requests += 1
        if silent_after is None or state.requests <= silent_after:
            sock.sendto(spoil(_answer(octets, state, following)), sender)


def _answer(octets: bytes, state: Responder, following: Next) -> bytes:
    message, _ = decoder.decode(octets, asn1Spec=v2c.Message())
    asked = v2c.apiMessage.get_pdu(message)
    reply = v2c.apiMessage.get_response(message)
    told = v2c.apiMessage.get_pdu(reply)
    names = [tuple(name) for name, _ in v2c.apiPDU.get_varbinds(asked)]
    state.names += names
    if isinstance(asked, v2c.GetBulkRequestPDU):
        rows = int(v2c.apiBulkPDU.get_max_repetitions(asked))
        state.most_rows_asked = max(state.most_rows_asked, rows)
        bindings = [binding for name in names for binding in _rows(name, rows, following)]
    else:
        bindings = [_binding(name, following(name[:-1])) for name in names]
    v2c.apiPDU.set_varbinds(told, bindings)
    return bytes(encoder.encode(reply))


def _rows(name: Oid, rows: int, following: Next) -> Iterator[tuple[Oid, Any]]:
    for _ in range(rows):
        row = following(name)
        yield _binding(name, row)
        if row is None:
            return
        name = row[0]


def _binding(name: Oid, row: tuple[Oid, int | bytes] | None) -> tuple[Oid, Any]:
    if row is None:
        return name, v2c.EndOfMibView("")
    return row[0], v2c.Integer32(row[1]) if isinstance(row[1], int) else v2c.OctetString(row[1])
