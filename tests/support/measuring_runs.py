"""Runs of the browser's measuring against a stub whose line carries a known rate, and what is asked of the results."""

from __future__ import annotations

import threading
import time

import msgspec
from playwright.sync_api import Page

from agent.protocol.wire import ProbeResult, Slice, UploadCount
from tests.support.measuring_pages import called
from tests.support.stub_collector import CHUNK, TOKEN, Handler

BYTES_PER_S = 4_000_000
"""What a line of these tests carries: slow enough that a busy machine keeps up."""

PIECE = 16_384
TURNS = 4
JUMPED = ("_unstable", "_not_filled", "_too_short", "_buffered")
MBIT_S = BYTES_PER_S * 8 / 1e6
LIMITS = {"connections": 2, "max_seconds": 4, "max_bytes": 400_000_000, "precision": 0.1, "latency_samples": 6}


class Line:
    """What all connections of a stub share: so many bytes a second, in the order in which they come."""

    def __init__(self, bytes_per_s: float = BYTES_PER_S) -> None:
        self._bytes_per_s = bytes_per_s
        self._lock = threading.Lock()
        self._free_s = 0.0

    def carry(self, size: int) -> None:
        """Waits until so many bytes have crossed it."""
        with self._lock:
            self._free_s = max(self._free_s, time.monotonic() - 0.02) + size / self._bytes_per_s
            ready_s = self._free_s
        time.sleep(max(0.0, ready_s - time.monotonic()))

    def down(self, handler: Handler) -> None:
        """Sends what was asked for."""
        asked = int(handler.path.rpartition("=")[2])
        handler.send_response(200)
        handler.send_header("Content-Length", str(asked))
        handler.end_headers()
        until_s = time.monotonic() + 20
        for sent in range(0, asked, PIECE):
            self.carry(PIECE)
            handler.wfile.write(CHUNK[: min(PIECE, asked - sent)])
            if time.monotonic() > until_s:
                break

    def up(self, handler: Handler) -> None:
        """Counts what comes."""
        handler.answer(200, self.counted(handler))

    def counted(self, handler: Handler) -> UploadCount:
        """Reads a body and counts it as it crosses the line."""
        size, began_s = int(handler.headers["Content-Length"]), time.monotonic()
        total, slices = 0, list[Slice]()
        while total < size:
            piece = len(handler.rfile.read(min(PIECE, size - total)))
            self.carry(piece)
            total += piece
            slices.append(Slice(time.monotonic() - began_s, piece))
        return UploadCount(total, began_s, slices)


def measured(page: Page, url: str, **limits: float) -> dict[str, ProbeResult]:
    """Both results, as the collector would read them."""
    asked = {"measurementUrl": url, "ticket": TOKEN, "throughputTicket": TOKEN, "limits": LIMITS | limits}
    return msgspec.convert(called(page, "measure.js", "measure", asked), dict[str, ProbeResult])


def throughput_of(page: Page, url: str, **limits: float) -> ProbeResult:
    """Of throughput alone."""
    asked = {"measurementUrl": url, "ticket": TOKEN, "limits": LIMITS | limits}
    return msgspec.convert(called(page, "measure.js", "measureThroughput", asked), ProbeResult)


def known_throughput(page: Page, url: str, **limits: float) -> ProbeResult:
    """One that came to a rate. A machine that has other work makes rates jump, and then there rightly is none: so it
    may look again.
    """
    for _ in range(TURNS):
        found = throughput_of(page, url, **limits)
        if not jumped(found):
            break
    assert found.error is None
    return found


def jumped(result: ProbeResult, way: str = "") -> bool:
    """Whether rates (of one way) jumped too much for a number."""
    return result.error is not None and result.error.code.startswith(way) and result.error.code.endswith(JUMPED)


def number(result: ProbeResult, name: str) -> float:
    """A fact that has to be a number."""
    value = result.facts[name]
    assert isinstance(value, int | float), (name, result.missing)
    return value


def assert_failed(result: ProbeResult, *codes: str) -> None:
    """A code and a sentence, and no facts of what was not found out."""
    assert result.error is not None, result.facts
    assert (result.status, result.error.code in codes) == ("failed", True), result.error
    assert result.error.message
    told = {name for name, value in result.facts.items() if value is not None}
    assert not {name for name in told if name.endswith(("_mbit_s", "_ms"))}
