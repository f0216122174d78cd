"""speedtest-cli as a real child process against a real server that speaks its protocol, well-behaved and not."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.internet.backoff import BackingOff
from agent.internet.outcome import InternetOutcome
from agent.measuring.contract import ProbeFailureError, ProbeUnsupportedError, Task
from agent.probes import internet
from agent.probes.internet import PROBE, read, reading, seconds_left
from agent.protocol.wire import InternetLimits, Lease
from agent.runtime.runner import run_probe
from agent.system.machine import System
from tests.support.internet_server import (
    InternetServer,
    Misbehaviour,
    endless,
    garbage,
    hang,
    hang_up,
    internet_server,
    refuse,
    stop_in_the_middle,
)
from tests.support.processes import free_port

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def task(server: InternetServer | str, folder: Path, max_seconds: float = 12.0, mib: int = 256) -> Task:
    """A task towards that server; 12 seconds leave one for each direction."""
    url = server if isinstance(server, str) else server.url
    return Task(deadline_s=60, internet=InternetLimits(max_seconds, mib, url), folder=folder)


def code_of(server: InternetServer | str, folder: Path, max_seconds: float = 12.0, mib: int = 256) -> str:
    """The code that a run fails with."""
    with pytest.raises(ProbeFailureError) as failed:
        read(System(), task(server, folder, max_seconds, mib))
    return failed.value.code


def test_a_whole_test(tmp_path: Path) -> None:
    """Both directions, with bytes that the server saw too; one server is asked and nobody else."""
    with internet_server() as server:
        result = run_probe(PROBE, System(), task(server, tmp_path))
    assert result.error is None
    facts = result.facts
    assert set(facts) == {spec.name for spec in PROBE.facts}
    down, up, rtt = facts["down_bytes"], facts["up_bytes"], facts["rtt_ms"]
    assert isinstance(down, int)
    assert isinstance(up, int)
    assert 100_000 < down <= server.sent_bytes
    assert up > 100_000
    assert isinstance(rtt, float)
    assert 0 < rtt < 1_000
    assert isinstance(facts["down_mbit_s"], float)
    assert down * 8e-6 / 5 < facts["down_mbit_s"] <= down * 8e-6 / 0.001
    assert facts["server_host"] == "127.0.0.1"
    assert result.missing == {}
    assert not (tmp_path / "internet_refused.json").exists()


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("place", ["/", "/speedtest/random", "/speedtest/upload"])
def test_a_refusal_anywhere_keeps_us_away(place: str, status: int, tmp_path: Path) -> None:
    """Also where the library would swallow it and count what was sent to deaf ears. The next run asks nobody."""
    with internet_server() as server:
        server.misbehave[place] = refuse(status)
        assert code_of(server, tmp_path) == "internet_refused"
        asked = len(server.paths)
        server.misbehave.clear()
        assert code_of(server, tmp_path) == "internet_backing_off"
        assert len(server.paths) == asked
    until = BackingOff(tmp_path).until(datetime.now(UTC))
    assert until is not None
    assert timedelta(minutes=29) < until - datetime.now(UTC) <= timedelta(hours=1)


def test_as_long_as_the_server_asks_for(tmp_path: Path) -> None:
    """Retry-After in seconds, if longer than our own pause."""
    with internet_server() as server:
        server.misbehave["/"] = refuse(429, Retry_After="86400")
        assert code_of(server, tmp_path) == "internet_refused"
    until = BackingOff(tmp_path).until(datetime.now(UTC))
    assert until is not None
    assert timedelta(hours=23, minutes=55) < until - datetime.now(UTC) <= timedelta(hours=24)


@pytest.mark.parametrize(
    ("place", "misbehave", "code"),
    [
        ("/", garbage, "internet_garbled"),
        ("/", refuse(500), "internet_unreachable"),
        ("/speedtest/random", refuse(404), "internet_server_error"),
        ("/speedtest/upload", refuse(500), "internet_server_error"),
        ("/speedtest/upload", hang_up, "internet_server_error"),
        ("/speedtest/random", hang_up, "internet_server_error"),
    ],
)
def test_other_trouble(place: str, misbehave: Misbehaviour, code: str, tmp_path: Path) -> None:
    """Each with its code, none with a number, and none keeps us away."""
    with internet_server() as server:
        server.misbehave[place] = misbehave
        assert code_of(server, tmp_path) == code
    assert BackingOff(tmp_path).until(datetime.now(UTC)) is None


@pytest.mark.parametrize(("place", "max_seconds"), [("/", 1.0), ("/speedtest/random", 1.5), ("/speedtest/upload", 3.0)])
def test_a_server_that_hangs(place: str, max_seconds: float, tmp_path: Path) -> None:
    """The bound on time ends the child, wherever it is."""
    with internet_server() as server:
        server.misbehave[place] = hang
        assert code_of(server, tmp_path, max_seconds) == "internet_too_slow"


IMPATIENT = """
import sys
from agent import cli
from agent.internet import child
child._ANSWER_SPARE_S, child._STALL_S = 2, 1.0
sys.exit(cli.main())
"""


def test_a_download_that_stops_in_the_middle_is_no_rate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library would divide what came before by the time it waited."""
    monkeypatch.setattr(internet, "own_command", lambda: [sys.executable, "-c", IMPATIENT])
    with internet_server() as server:
        server.misbehave["/speedtest/random"] = stop_in_the_middle
        assert code_of(server, tmp_path) == "internet_stalled"


def test_a_server_that_eats_memory(tmp_path: Path) -> None:
    """The child's bound holds: it says so itself, and the machine did not notice."""
    with internet_server() as server:
        server.misbehave["/"] = endless
        assert code_of(server, tmp_path, max_seconds=30.0, mib=64) == "internet_no_memory"


def test_nobody_there(tmp_path: Path) -> None:
    """A closed port."""
    assert code_of(f"http://127.0.0.1:{free_port()}", tmp_path) == "internet_unreachable"


def test_round_trips_that_are_not_answered_are_unknown(tmp_path: Path) -> None:
    """The library calls them an hour long."""
    with internet_server() as server:
        server.misbehave["/speedtest/latency"] = refuse(404)
        facts = read(System(), task(server, tmp_path))
    assert (facts.facts["rtt_ms"], facts.missing) == (None, {"rtt_ms": "no_answer"})


def test_only_where_the_policy_allows(tmp_path: Path) -> None:
    """By default not at all."""
    with pytest.raises(ProbeUnsupportedError, match="internet_not_allowed"):
        read(System(), Task(folder=tmp_path))


def test_not_without_a_memory_for_refusals() -> None:
    """Who can't remember a refusal would come back at once."""
    with pytest.raises(ProbeFailureError, match="no_data_folder"):
        read(System(), Task(internet=InternetLimits()))


class _Telling(System):
    """A machine whose child says this."""

    def __init__(self, said: str) -> None:
        super().__init__()
        self.said = said

    def output_of(self, command: object, deadline_s: float) -> str:
        return self.said


@pytest.mark.parametrize("said", ["", "Segmentation fault", '{"down_mbit_s": "fast"}', "[]"])
def test_a_child_that_dies_mid_sentence(said: str, tmp_path: Path) -> None:
    """Its last words are no result."""
    with pytest.raises(ProbeFailureError, match="internet_child_died"):
        read(_Telling(said), task("http://nowhere.example", tmp_path))


def test_time_is_bound_by_policy_deadline_and_lease() -> None:
    """Whatever ends first."""

    limits = InternetLimits(max_seconds=60)
    lease = Lease("lease-1", "ticket", NOW + timedelta(seconds=23), 23)
    assert seconds_left(Task(deadline_s=90, internet=limits)) == 60
    assert seconds_left(Task(deadline_s=40, internet=limits)) == 37
    assert seconds_left(Task(deadline_s=90, internet=limits, lease=lease)) == 20
    over = Lease("lease-1", "ticket", NOW, 3)
    with pytest.raises(ProbeFailureError, match="internet_too_slow"):
        seconds_left(Task(deadline_s=90, internet=limits, lease=over))


def test_rates_are_rounded_and_nothing_else_is_told() -> None:
    """No address of ours, no provider, no place."""
    found = reading(InternetOutcome(None, "", None, 93.12345, 11.98765, 5, 6, 12.3456, "speed.example"))
    assert found.facts == {
        "down_mbit_s": 93.123,
        "up_mbit_s": 11.988,
        "down_bytes": 5,
        "up_bytes": 6,
        "rtt_ms": 12.346,
        "server_host": "speed.example",
    }
