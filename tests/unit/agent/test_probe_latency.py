"""Round trips against a real HTTP server, well-behaved and not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from agent.probe import ProbeFailureError, Task
from agent.probes import latency
from agent.probes.latency import percentile, read, summary
from agent.system import System
from tests.processes import free_port
from tests.stub_collector import TOKEN, Handler, StubCollector, certificate, respond, stub_collector


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
    times = [reading.facts[f"rtt_{name}_ms"] for name in ("min", "median", "p95")]
    assert all(isinstance(value, float) and value > 0 for value in times)
    assert times == sorted(times, key=lambda value: float(value or 0))


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
    monkeypatch.setattr(latency, "ROUND_TRIP_MAX_S", 0.3)
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


def test_summary_of_known_samples() -> None:
    """In milliseconds; loss is of all that were tried."""
    reading = summary([0.010, 0.020, None, 0.012, 0.030, 0.020])
    assert reading.facts == {
        "rtt_min_ms": 10.0,
        "rtt_median_ms": 20.0,
        "rtt_p95_ms": 30.0,
        "jitter_ms": 11.5,
        "loss_ratio": 0.1667,
        "samples_count": 6,
    }


def test_too_few_answers_are_no_measurement() -> None:
    """Two of twenty say nothing about a 95th percentile."""
    with pytest.raises(ProbeFailureError, match="too_few_answers"):
        summary([0.01, 0.01, *[None] * 18])


def test_one_sample_has_no_jitter() -> None:
    """Missing, not zero."""
    reading = summary([0.01])
    assert (reading.facts["jitter_ms"], reading.missing) == (None, {"jitter_ms": "too_few_answers"})


def test_percentile_is_a_measured_value() -> None:
    """Nearest rank."""
    values = [float(n) for n in range(1, 21)]
    assert (percentile(values, 0.95), percentile(values, 0.5), percentile([7.0], 0.95)) == (19.0, 10.0, 7.0)
