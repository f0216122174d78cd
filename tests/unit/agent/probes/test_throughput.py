"""Throughput against a real HTTP server: well-behaved, encrypted, behind a proxy, and with clocks that jump."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from agent.measuring.contract import ProbeFailureError, ProbeReading, Task
from agent.probes.throughput import PROBE, read
from agent.protocol.wire import Lease, ThroughputLimits
from agent.system.machine import System
from agent.throughput import transfer_loop
from tests.support.full_line import BYTES_PER_S, LIMITS, Line, full_line, paced, paced_up, task
from tests.support.processes import free_port
from tests.support.proxy import proxy
from tests.support.stub_collector import CHUNK, TOKEN, certificate, respond, stub_collector


def measured(url: str, system: System | None = None, limits: ThroughputLimits = LIMITS) -> ProbeReading:
    """A reading that keeps what the probe declares."""
    reading = read(system or System(), task(url, limits))
    assert set(reading.facts) == {spec.name for spec in PROBE.facts}
    assert {name for name, value in reading.facts.items() if value is None} == set(reading.missing)
    assert all(spec.accepts(reading.facts[spec.name]) for spec in PROBE.facts)
    return reading


def number(reading: ProbeReading, name: str) -> float:
    """A fact that has to be a number."""
    value = reading.facts[name]
    assert isinstance(value, int | float)
    return value


def test_a_known_rate_is_measured_as_it_is() -> None:
    """2 Mbyte/s are 16 Mbit/s, give or take what a busy machine shakes."""
    with stub_collector() as stub:
        stub.misbehave |= full_line()
        reading = measured(stub.measurement_url)
        asked = {(path, headers["authorization"]) for path, headers in stub.requests}
    assert asked == {(path, f"Bearer {TOKEN}") for path in ("/ping", "/down", "/up")}
    for way in ("down", "up"):
        assert number(reading, f"{way}_mbit_s") == pytest.approx(16.0, rel=0.15)
        assert 0 < number(reading, f"{way}_half_width_mbit_s") < 4
        assert reading.facts[f"{way}_stop_reason"] in {"steady", "time"}
        assert 0.6 <= number(reading, f"{way}_duration_s") < 3.5
        assert number(reading, f"{way}_bytes") < 2 * BYTES_PER_S * 3.5
        assert number(reading, f"{way}_responsiveness_rpm") > 0
    assert reading.facts["connections_count"] in {1, 2}


def test_the_bound_of_bytes_is_kept_by_all_connections_together() -> None:
    """Exactly, in both directions."""
    limits = ThroughputLimits(connections=4, max_seconds=4, max_bytes=3_000_000, precision=0.0001)
    with stub_collector() as stub:
        stub.misbehave |= full_line()
        reading = measured(stub.measurement_url, limits=limits)
    assert (reading.facts["down_bytes"], reading.facts["up_bytes"]) == (3_000_000, 3_000_000)
    assert (reading.facts["down_stop_reason"], reading.facts["up_stop_reason"]) == ("bytes", "bytes")


def test_the_bound_of_time_is_kept() -> None:
    """A precision that is never met."""
    limits = ThroughputLimits(connections=2, max_seconds=2.8, max_bytes=400_000_000, precision=0.0001)
    with stub_collector() as stub:
        stub.misbehave |= full_line()
        reading = measured(stub.measurement_url, limits=limits)
    for way in ("down", "up"):
        assert reading.facts[f"{way}_stop_reason"] == "time"
        assert 2.8 <= number(reading, f"{way}_duration_s") < 3.3


def test_a_measurement_point_that_gives_less_is_asked_again() -> None:
    """A cap on its side does not make the run too short."""

    with stub_collector() as stub:
        line = Line()
        stub.misbehave |= full_line() | {"/ping": line.ping, "/down": paced(line, most=len(CHUNK) * 4)}
        stub.misbehave["/up"] = paced_up(line)
        reading = measured(stub.measurement_url)
        asked = sum(path == "/down" for path, _ in stub.requests)
    assert asked > 4
    assert number(reading, "down_bytes") > len(CHUNK) * 8


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_through_a_proxy(scheme: str, tmp_path: Path) -> None:
    """By whole URLs for HTTP, through a tunnel for HTTPS; nothing goes past it."""
    files = certificate(tmp_path) if scheme == "https" else None
    with stub_collector(certificate=files) as stub, proxy() as way:
        stub.misbehave |= full_line()
        reading = measured(stub.measurement_url, System(str(files[0]) if files else None, way.url))
    assert number(reading, "down_mbit_s") == pytest.approx(16.0, rel=0.2)
    assert number(reading, "up_mbit_s") == pytest.approx(16.0, rel=0.2)
    port = stub.url.rpartition(":")[2]
    target = f"CONNECT localhost:{port}" if scheme == "https" else f"http://localhost:{port}/measure/v1/"
    assert len(way.asked) >= 5
    assert all(target in line for line in way.asked)


def test_over_tls(tmp_path: Path) -> None:
    """Counted decrypted: what a browser gets."""
    files = certificate(tmp_path)
    with stub_collector(certificate=files) as stub:
        stub.misbehave |= full_line()
        reading = measured(stub.measurement_url, System(str(files[0])))
        assert number(reading, "down_mbit_s") == pytest.approx(16.0, rel=0.2)
        with pytest.raises(ProbeFailureError, match="measurement_point_away"):
            read(System(), task(stub.measurement_url))


def test_the_ticket_of_a_lease_opens_it() -> None:
    """And the policy's own ticket, which is for round trips, does not."""
    lease = Lease("lease-1", "ticket-of-the-lease", datetime.now(UTC) + timedelta(minutes=1), 60.0)
    with stub_collector() as stub:
        stub.tokens = {lease.ticket}
        stub.misbehave["/down"] = respond(429)
        leased = Task(measurement_url=stub.measurement_url, token=TOKEN, ticket="for-round-trips", lease=lease)
        with pytest.raises(ProbeFailureError, match="measurement_refused"):
            read(System(), leased)
        asked = {headers["authorization"] for _, headers in stub.requests}
    assert asked == {f"Bearer {lease.ticket}"}


def test_nobody_there() -> None:
    """A failed result."""
    with pytest.raises(ProbeFailureError, match="measurement_point_away"):
        read(System(), task(f"http://127.0.0.1:{free_port()}/measure/v1"))


class _JumpingClock(System):
    """A time of day that jumps about, and a monotonic clock that does as `steps` say after some looks."""

    def __init__(self, steps: Iterator[float]) -> None:
        super().__init__()
        self._steps = steps
        self._days = count(-10)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=next(self._days))

    def monotonic_s(self) -> float:
        return time.monotonic() + next(self._steps)


@pytest.mark.parametrize("jump_s", [3_600.0, -3_600.0])
def test_a_clock_that_jumps_gives_no_number(jump_s: float) -> None:
    """As after sleep: neither a slow line nor a fast one."""
    jumps = (0.0 if n < 200 else jump_s for n in count())
    with stub_collector() as stub:
        stub.misbehave |= full_line()
        with pytest.raises(ProbeFailureError, match="clock_jumped"):
            read(_JumpingClock(jumps), task(stub.measurement_url))
    assert abs(jump_s) > transfer_loop.STALLED_S


def test_the_time_of_day_may_jump_as_it_likes() -> None:
    """Only the monotonic clock is looked at."""
    with stub_collector() as stub:
        stub.misbehave |= full_line()
        reading = measured(stub.measurement_url, _JumpingClock(0.0 for _ in count()))
    assert number(reading, "down_mbit_s") == pytest.approx(16.0, rel=0.2)


def test_without_a_policy() -> None:
    """There is nothing to measure against."""
    with pytest.raises(ProbeFailureError, match="no_measurement_point"):
        read(System(), Task())


class Starved(System):
    """A machine whose threads wait for their turn for this share of the time, and nothing else is told of."""

    def __init__(self, waits_ratio: float | None) -> None:
        super().__init__()
        self._waits_ratio = waits_ratio

    def waited_for_processor_s(self) -> float | None:
        return None if self._waits_ratio is None else self._waits_ratio * self.monotonic_s()

    def processor_pressure_s(self) -> None:
        return None

    def thread_time_s(self) -> float:
        return 0.0


@pytest.mark.parametrize(("waits_ratio", "held_back"), [(0.3, True), (0.0, False), (None, None)])
def test_a_device_that_has_no_time_says_so(waits_ratio: float | None, held_back: bool | None) -> None:
    """Both ways; where the system does not tell, that is said and nothing else."""
    with stub_collector() as stub:
        stub.misbehave |= full_line()
        reading = measured(stub.measurement_url, Starved(waits_ratio))
    for way in ("down", "up"):
        assert reading.facts[f"{way}_held_back"] is held_back
        assert reading.missing.get(f"{way}_held_back") == (None if waits_ratio is not None else "not_told_by_system")
