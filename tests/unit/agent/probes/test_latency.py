"""Round trips against a real HTTP server, well-behaved and not, and beside it a gateway and a test service."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from agent.measuring.contract import ProbeFailureError, ProbeReading, Task
from agent.measuring.gateway import default_gateway
from agent.probes import latency
from agent.probes.latency import PROBE, RoundTripSeries, read, service_reading, summary, told
from agent.protocol.wire import Host
from agent.runtime.runner import run_probe
from agent.system.machine import System
from agent.system.network import Address
from tests.support.echo_server import EchoSystem, echo_server, reply
from tests.support.processes import free_port
from tests.support.stub_collector import TOKEN, Handler, StubCollector, certificate, respond, stub_collector

TARGETS = "", "gateway_", "service_"


@pytest.fixture(autouse=True)
def _gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the gateway is says the machine of the test; the one that the test runs on may have a silent one."""
    monkeypatch.setattr(latency, "default_gateway", lambda system: getattr(system, "gateway", None))


def task(url: str, samples: int = 8) -> Task:
    """A task against that measurement point."""
    return Task(deadline_s=20, measurement_url=url, token=TOKEN, latency_samples=samples)


def test_round_trips_over_one_warm_connection() -> None:
    """Every sample is answered; the request that opens the connection is not counted."""
    with stub_collector() as stub:
        reading = read(System(), task(stub.measurement_url))
        asked = [headers["authorization"] for path, headers in stub.requests if path == "/ping"]
    assert reading.facts["samples_count"] == 8
    assert reading.facts["loss_ratio"] == 0.0
    assert asked == [f"Bearer {TOKEN}"] * 9
    assert reading.facts["method"] == "http"
    times = [value for name in ("min", "median") if isinstance(value := reading.facts[f"rtt_{name}_ms"], float)]
    assert 0 < times[0] <= times[1]
    assert reading.missing["rtt_p95_ms"] == "too_few_samples"


def test_over_tls_with_an_own_authority(tmp_path: Path) -> None:
    """`ca_file` is trusted for the measurement point."""
    files = certificate(tmp_path)
    with stub_collector(certificate=files) as stub:
        assert read(System(str(files[0])), task(stub.measurement_url)).facts["loss_ratio"] == 0.0
        with pytest.raises(ProbeFailureError) as failed:
            read(System(), task(stub.measurement_url, samples=2))
    assert failed.value.code == "measurement_point_away"


def _losing(stub: StubCollector, lost: set[int]) -> None:
    """Hangs up instead of answering requests with these numbers."""
    seen = [0]

    def misbehave(handler: Handler) -> None:
        seen[0] += 1
        if seen[0] in lost:
            handler.close_connection = True
            handler.connection.close()
        else:
            handler.answer(204, b"")

    stub.misbehave["/ping"] = misbehave


def test_a_lost_round_trip_is_counted_and_measuring_goes_on() -> None:
    """Over a new connection."""
    with stub_collector() as stub:
        _losing(stub, {4})
        reading = read(System(), task(stub.measurement_url))
    assert reading.facts["samples_count"] == 8
    assert reading.facts["loss_ratio"] == 0.125


def test_a_stall_is_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer within the time of a round trip."""
    monkeypatch.setattr(latency, "ROUND_TRIP_MAX_S", 0.8)
    with stub_collector() as stub:
        seen = [0]

        def misbehave(handler: Handler) -> None:
            seen[0] += 1
            if seen[0] == 3:
                time.sleep(1.5)
            handler.answer(204, b"")

        stub.misbehave["/ping"] = misbehave
        assert read(System(), task(stub.measurement_url)).facts["loss_ratio"] == 0.125


@pytest.mark.parametrize(
    ("status", "code"), [(401, "token_refused"), (404, "measurement_refused"), (200, "measurement_refused")]
)
def test_another_answer_is_no_round_trip(status: int, code: str) -> None:
    """A refusal is not a measurement, however fast it comes."""
    with stub_collector() as stub:
        stub.misbehave["/ping"] = respond(status)
        with pytest.raises(ProbeFailureError) as failed:
            read(System(), task(stub.measurement_url))
    assert failed.value.code == code


def test_nobody_there() -> None:
    """A failure with a code, not a loss of 100 % with times of zero."""
    with pytest.raises(ProbeFailureError, match="measurement_point_away"):
        read(System(), task(f"http://127.0.0.1:{free_port()}/measure/v1", samples=3))


def test_before_enrolment() -> None:
    """There is nothing to measure against."""
    with pytest.raises(ProbeFailureError, match="no_measurement_point"):
        read(System(), Task())


# --- three targets


class School(EchoSystem):
    """A machine whose gateway is the echo server; `gateway` None: it has none."""

    def __init__(self, server: Address, gateway: Address | None) -> None:
        super().__init__(server)
        self.gateway = gateway


def test_echoes_where_they_are_allowed_and_answered() -> None:
    """To all three, without a single HTTP request; enough of them tell a 95th percentile."""
    asked = Task(20, "http://point.example/measure/v1", TOKEN, [Host("prov.example")], latency_samples=15)
    with echo_server() as server:
        reading = read(School(server, server), asked)
    for target in TARGETS:
        assert reading.facts[f"{target}method"] == "icmp"
        assert reading.facts[f"{target}samples_count"] == 15
        assert reading.facts[f"{target}loss_ratio"] == 0.0
        assert isinstance(reading.facts[f"{target}rtt_p95_ms"], float)
    assert reading.facts["service_host"] == "prov.example"
    assert reading.missing == {f"{target}rtt_p99_ms": "too_few_samples" for target in TARGETS}
    assert [(row["host"], row["port"], row["method"]) for row in reading.rows] == [("prov.example", 443, "icmp")]


def test_lost_echoes_are_lost() -> None:
    """Every fourth, after the one that tried the way: 1 of 5, 2 of 9 ..."""
    sent = Task(20, "http://point.example/measure/v1", TOKEN, latency_samples=9)
    with echo_server(lambda number, asked: [] if number % 4 == 0 else [reply(asked)]) as server:
        latency_max = latency.ROUND_TRIP_MAX_S
        latency.ROUND_TRIP_MAX_S = 0.5
        try:
            reading = read(School(server, None), sent)
        finally:
            latency.ROUND_TRIP_MAX_S = latency_max
    assert (reading.facts["loss_ratio"], reading.facts["samples_count"]) == (round(2 / 9, 4), 9)


def test_loss_beyond_the_gateway_is_told_from_loss_before_it() -> None:
    """With the measurement point away the result failed, and keeps what the gateway said."""
    with echo_server() as server:

        class Cut(School):
            def resolve(self, host: str, port: int) -> list[Address]:
                raise socket.gaierror("no such name")

        url = f"http://127.0.0.1:{free_port()}/measure/v1"
        result = run_probe(PROBE, Cut(server, server), Task(20, url, TOKEN, [Host("prov.example")], latency_samples=6))
    assert result.error is not None
    assert (result.status, result.error.code) == ("failed", "measurement_point_away")
    assert (result.facts["gateway_loss_ratio"], result.facts["gateway_method"]) == (0.0, "icmp")
    assert (result.facts["loss_ratio"], result.facts["rtt_median_ms"]) == (1.0, None)
    assert result.missing["service_rtt_median_ms"] == "dns_failed"
    assert result.rows == [{"host": "prov.example", "port": 443, "error_code": "dns_failed"}]


def test_a_refusal_keeps_what_the_gateway_said() -> None:
    """A token that is no longer known spoils nothing else."""
    with stub_collector() as stub, echo_server() as server:

        class Far(School):
            def resolve(self, host: str, port: int) -> list[Address]:
                return []

        stub.tokens.clear()
        with pytest.raises(ProbeFailureError) as failed:
            read(Far(server, server), task(stub.measurement_url))
    assert failed.value.code == "token_refused"
    assert failed.value.found.facts["gateway_loss_ratio"] == 0.0


def test_a_machine_without_gateway() -> None:
    """No gateway is a reason, not a loss."""
    with echo_server() as server:
        reading = read(School(server, None), Task(20, "http://point.example", TOKEN, latency_samples=5))
    assert {name for name in reading.facts if name.startswith("gateway_")} == {
        name for name, reason in reading.missing.items() if reason == "no_default_route"
    }
    assert reading.missing["service_host"] == "no_hosts"


def test_no_address_leaves_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts and rows name hosts that the policy named, and nobody else; not even the real gateway."""
    monkeypatch.setattr(latency, "default_gateway", default_gateway)
    with stub_collector() as stub:
        reading = read(System(), Task(20, stub.measurement_url, TOKEN, [Host("localhost", 1)], latency_samples=2))
    said = [value for value in reading.facts.values() if isinstance(value, str)]
    assert set(said) <= {"http", "icmp", "tcp", "localhost"}


def test_a_ticket_opens_the_measurement_point() -> None:
    """Rather than the token."""
    with stub_collector() as stub:
        stub.tokens = {"ticket"}
        asked = Task(20, stub.measurement_url, TOKEN, latency_samples=5, ticket="ticket")
        assert read(System(), asked).facts["loss_ratio"] == 0.0


def test_series_are_spread_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses differ by chance, around the one that is meant; time for the last answer is left."""
    monkeypatch.setattr(latency, "PAUSE_S", 0.2)
    slept: list[float] = []

    class Sleeping(School):
        def sleep(self, seconds: float) -> None:
            slept.append(seconds)

        def platform_name(self) -> str:
            return "macos"

        def output_of(self, command: object, deadline_s: float) -> str:
            return ""

    with echo_server() as server:
        read(Sleeping(server, None), Task(20, "http://point.example", TOKEN, latency_samples=20))
    assert len(slept) == 20
    assert all(0.1 <= pause <= 0.3 for pause in slept)
    assert len({round(pause, 6) for pause in slept}) > 10


def test_the_deadline_ends_a_series_early() -> None:
    """Fewer samples, and a result all the same."""

    class Slow(School):
        def __init__(self, server: Address) -> None:
            super().__init__(server, None)
            self.passed_s = 0.0

        def sleep(self, seconds: float) -> None:
            self.passed_s += 1.0

        def monotonic_s(self) -> float:
            return super().monotonic_s() + self.passed_s

        def platform_name(self) -> str:
            return "macos"

        def output_of(self, command: object, deadline_s: float) -> str:
            return ""

    with echo_server() as server:
        reading = read(Slow(server), Task(13, "http://point.example", TOKEN, latency_samples=100))
    assert reading.facts["samples_count"] == 10


# --- what it comes to


NOTHING = ProbeReading({})


def test_all_facts_are_told() -> None:
    """Each with a value or a reason."""
    reading = summary(RoundTripSeries("icmp", [0.01] * 20), NOTHING)
    assert reading.facts["rtt_p95_ms"] == 10.0
    assert told("gateway_", "no_answer").missing["gateway_method"] == "no_answer"
    everything = [told("", "no_answer"), told("gateway_", "no_answer"), service_reading([])]
    assert {name for one in everything for name in one.facts} == {spec.name for spec in PROBE.facts}


@pytest.mark.parametrize(
    ("samples", "code"), [([None] * 20, "measurement_point_away"), ([0.01, 0.01, *[None] * 18], "too_few_answers")]
)
def test_too_few_answers_are_no_measurement(samples: list[float | None], code: str) -> None:
    """A failure with a code, and the loss for whoever looks for its cause."""
    with pytest.raises(ProbeFailureError) as failed:
        summary(RoundTripSeries("icmp", samples), NOTHING)
    assert failed.value.code == code
    assert failed.value.found.facts["loss_ratio"] in (1.0, 0.9)
    assert failed.value.found.facts["rtt_p95_ms"] is None


def test_the_slowest_host_of_the_service() -> None:
    """A sitting waits for the slowest; the others are in the rows."""
    hosts = [Host("fast.example"), Host("slow.example"), Host("gone.example"), Host("lossy.example")]
    series: list[RoundTripSeries | str] = [
        RoundTripSeries("tcp", [0.01] * 5),
        RoundTripSeries("icmp", [0.04] * 5),
        "no_answer",
        RoundTripSeries("icmp", [None] * 5),
    ]
    reading = service_reading(list(zip(hosts, series, strict=True)))
    assert reading.facts["service_host"] == "slow.example"
    assert (reading.facts["service_rtt_median_ms"], reading.facts["service_method"]) == (40.0, "icmp")
    assert [row["host"] for row in reading.rows] == [host.name for host in hosts]
    assert reading.rows[2]["error_code"] == "no_answer"
    assert reading.rows[3]["loss_ratio"] == 1.0


def test_no_host_of_the_service_answers() -> None:
    """Why, and no slowest host."""
    reading = service_reading([(Host("lossy.example"), RoundTripSeries("icmp", [None] * 5))])
    assert (reading.facts["service_host"], reading.missing["service_host"]) == (None, "too_few_answers")
    assert reading.missing["service_rtt_p95_ms"] == "too_few_answers"
