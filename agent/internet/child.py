"""The child process that runs speedtest-cli: `provklar-agent internet-child ORDERS`, with one Outcome on stdout.

A process of its own because the library needs up to 180 MB, starts threads that can't be stopped, swallows what goes
wrong in them, and can't be imported where there is no stdout. Whatever happens here, an Outcome says so.
"""

from __future__ import annotations

import http.client
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import IO, Any
from urllib.parse import urlsplit
from urllib.request import BaseHandler

import msgspec
import speedtest

from agent.internet.outcome import InternetOutcome, Orders

REFUSALS = frozenset((403, 429))
DIRECTION_S_MAX = 10
_REST_S = 10
"""For finding a server and closing connections, out of the time in all."""

_STALL_S = 4.0
"""A direction that lasts so much longer than it should hung somewhere; its average is then no rate."""

_ANSWER_SPARE_S = 6
_NO_ANSWER_MS = 600_000
"""speedtest-cli counts a lost round trip as an hour, a sixth of which goes into its mean."""

_STACK_BYTES = 256 * 1024
_THREADS = 4
_FILES_PER_SIZE = 4
_DOWN_SIZES = [350, 500, 750, 1000, 1500, 2000, 2500, 3000, 3500, 4000]
_UP_SIZES = [32_768, 131_072, 262_144, 524_288, 1_048_576]
_CUT_SHORT = 65_536
"""For this size the library sends fewer bytes than it announces, and the server waits in vain for the rest."""

_DETAIL_MAX = 200


class HttpFaultRecorder(BaseHandler):
    """Sits in the library's HTTP and notes error statuses and broken connections, also those that the library swallows:
    it counts what was sent into them as carried.
    """

    handler_order = 0

    def __init__(self) -> None:
        self.status = 0
        self.retry_after_s: float | None = None
        self.counts_all = False
        self.broken: OSError | http.client.HTTPException | None = None

    def heard(self, open_url: Callable[..., Any]) -> Callable[..., Any]:
        """The library's way to open an address, with what goes wrong in it noted."""

        def listening(*arguments: object, **named: object) -> object:
            try:
                return open_url(*arguments, **named)
            except (OSError, http.client.HTTPException) as error:
                self.broken = self.broken or error
                raise

        return listening

    def http_error_default(
        self, _request: object, _stream: IO[bytes], code: int, _reason: str, headers: http.client.HTTPMessage
    ) -> None:
        """Notes the first status that counts, and lets the library go on as ever."""
        if not self.status and (code in REFUSALS or (self.counts_all and code >= 400)):
            self.status = code
            waits = headers.get("Retry-After", "")
            self.retry_after_s = float(waits) if waits.isdigit() else None

    def outcome(self) -> InternetOutcome | None:
        """What was noted means, if anything was."""
        if not self.status:
            return self._hung_up()
        code = "internet_refused" if self.status in REFUSALS else "internet_server_error"
        return InternetOutcome(code, f"a server answered with status {self.status}", self.retry_after_s)

    def _hung_up(self) -> InternetOutcome | None:
        if self.broken is None or not self.counts_all:
            return None
        return InternetOutcome("internet_server_error", f"a connection broke: {self.broken}"[:_DETAIL_MAX])


class Test(speedtest.Speedtest):  # type: ignore[misc]  # the library ships no types
    """The library's test with bounds that fit the orders; towards a named server it asks speedtest.net nothing."""

    def __init__(self, orders: Orders, refused: HttpFaultRecorder) -> None:
        self._refused = refused
        self._orders = orders
        self.seconds = max(1, min(DIRECTION_S_MAX, int((orders.max_seconds - _REST_S) / 2)))
        super().__init__(timeout=self.seconds + _ANSWER_SPARE_S, secure=orders.server_url is None)

    def get_config(self) -> dict[str, Any]:
        """The configuration; the constructor calls this before anything is sent."""
        self._opener.add_handler(self._refused)
        self._opener.open = self._refused.heard(self._opener.open)
        if self._orders.server_url is None:
            super().get_config()
        else:
            self.config.update(
                client={},
                sizes={"download": _DOWN_SIZES, "upload": _UP_SIZES},
                counts={"download": _FILES_PER_SIZE, "upload": _FILES_PER_SIZE},
                threads={"download": _THREADS, "upload": _THREADS},
            )
        sizes = [size for size in self.config["sizes"]["upload"] if size != _CUT_SHORT]
        self.config["sizes"]["upload"] = sizes
        self.config["upload_max"] = self.config["counts"]["upload"] * len(sizes)
        self.config["length"] = {"download": self.seconds, "upload": self.seconds}
        return dict(self.config)

    def find_server(self) -> None:
        """The server to measure against: the one of the orders, else the nearest of those that are listed."""
        self.get_best_server(self.set_mini_server(self._orders.server_url) if self._orders.server_url else None)


def measured(orders: Orders) -> InternetOutcome:
    """What the test came to."""
    refused = HttpFaultRecorder()
    try:
        test = Test(orders, refused)
        test.find_server()
        refused.counts_all, refused.broken = True, None
        stalled = _stalled(test, test.download) or _stalled(test, lambda: test.upload(pre_allocate=False))
        return refused.outcome() or stalled or _found(test.results)
    except MemoryError:
        return _no_memory()
    except RuntimeError as error:  # a thread that the system has no memory for
        return _no_memory() if "thread" in str(error) else InternetOutcome("internet_garbled", str(error)[:_DETAIL_MAX])
    except Exception as error:  # noqa: BLE001  the library lets through whatever its parsing of a bad answer runs into
        return refused.outcome() or _explained(error)


def _stalled(test: Test, direction: Callable[[], object]) -> InternetOutcome | None:
    started_s = time.monotonic()
    direction()
    took_s = time.monotonic() - started_s
    if took_s <= test.seconds + _STALL_S:
        return None
    return InternetOutcome("internet_stalled", f"{took_s:.0f} s for what should take {test.seconds} s")


def _found(results: Any) -> InternetOutcome:  # noqa: ANN401  the library ships no types
    if not results.bytes_received or not results.bytes_sent:
        return InternetOutcome("internet_nothing_carried", f"{results.bytes_received} down, {results.bytes_sent} up")
    return InternetOutcome(
        down_mbit_s=results.download / 1e6,
        up_mbit_s=results.upload / 1e6,
        down_bytes=results.bytes_received,
        up_bytes=results.bytes_sent,
        rtt_ms=results.ping if results.ping < _NO_ANSWER_MS else None,
        server_host=(urlsplit(results.server["url"]).hostname or "")[:_DETAIL_MAX],
    )


def _explained(error: Exception) -> InternetOutcome:
    detail = f"{type(error).__name__}: {error}"[:_DETAIL_MAX]
    unreachable = (
        OSError,
        http.client.HTTPException,
        speedtest.SpeedtestHTTPError,
        speedtest.NoMatchedServers,
        speedtest.SpeedtestMiniConnectFailure,
        speedtest.SpeedtestBestServerFailure,
    )
    return InternetOutcome("internet_unreachable" if isinstance(error, unreachable) else "internet_garbled", detail)


def _no_memory() -> InternetOutcome:
    return InternetOutcome("internet_no_memory", "the bound on memory was met")


# --- the process


def main(arguments: Sequence[str]) -> int:
    """Measures as the only argument says, and prints the outcome. Always 0: a failure is an outcome."""
    orders = msgspec.json.decode(arguments[0], type=Orders)
    say = _Speaker()
    threading.stack_size(_STACK_BYTES)
    threading.excepthook = lambda failed: _thread_failed(failed.exc_value, say)
    watchdog = threading.Timer(orders.max_seconds, lambda: say.last(_too_slow(orders)))
    watchdog.daemon = True
    watchdog.start()
    bound_memory(orders.max_memory_mib)
    say.last(measured(orders))
    return 0


def _too_slow(orders: Orders) -> InternetOutcome:
    return InternetOutcome("internet_too_slow", f"not done within {orders.max_seconds:g} s")


def _thread_failed(error: BaseException | None, say: _Speaker) -> None:
    """A thread that dies leaves the library waiting for ever; the end of memory is the way in which they do."""
    if isinstance(error, MemoryError):
        say.last(_no_memory())


class _Speaker:
    """Says one outcome and ends the process at once, with all the threads that the library left."""

    def __init__(self) -> None:
        self._turn = threading.Lock()

    def last(self, outcome: InternetOutcome) -> None:
        with self._turn:
            unbound_memory()
            sys.stdout.buffer.write(msgspec.json.encode(outcome))
            sys.stdout.buffer.flush()
            os._exit(0)


def bound_memory(mib: int) -> None:
    """Lets this process have so much memory of its own; a request for more fails as MemoryError.

    Not RLIMIT_AS: that counts what is only reserved, which differs from one C library and locale to the next. Windows
    has neither; there the time bound and the sizes that are asked for hold.
    """
    if sys.platform != "win32":
        import resource  # noqa: PLC0415  not on Windows

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (mib * 2**20, hard))


def unbound_memory() -> None:
    """For the last words."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415  not on Windows

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
