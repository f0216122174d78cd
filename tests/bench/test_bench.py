"""The harness itself: benchmarks are found, facts become the same samples, the load is counted truly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from agent.protocol.wire import Facts, ProbeResult, Report
from tests.bench.__main__ import main, names
from tests.bench.benchmark import cpu_s, memory_mib, quantile, wait_for
from tests.bench.facts_as_metrics import lines
from tests.bench.ingest_requests import Drawn, drawn, import_requests, push_requests, unchanged
from tests.bench.load import CONNECTIONS, drive, post
from tests.unit.collector.simulate.sample import NOW, municipality

QUICK_RUN_S = 100


def test_the_folder_is_the_list() -> None:
    """A benchmark is a file."""
    assert names() == [
        "agent",
        "ingest",
        "judging",
        "ladder",
        "measurement_point",
        "snmp",
        "survey",
        "throughput",
        "verdict",
        "web_probe",
    ]


def test_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """With the names of those there are."""
    with pytest.raises(SystemExit) as stop:
        main(["speed"])
    assert stop.value.code == 2
    assert "agent" in capsys.readouterr().err


def test_facts_become_samples() -> None:
    """Numbers and truths as samples, texts as labels of one info line, what is missing not at all."""
    facts: Facts = {"signal_dbm": -61.0, "channel": 36, "on": True, "bssid": "02:00:00:00:00:01", "width_mhz": None}
    result = ProbeResult("wifi", 1, "ok", NOW, 0.1, facts=facts)
    report = Report(1, "r", "d", NOW, "simulated", "98000001", "A101", [result])
    assert lines(report, labels={"device": "x"}, at_ms=5) == [
        'provklar_wifi_signal_dbm{device="x"} -61.0 5',
        'provklar_wifi_channel{device="x"} 36.0 5',
        'provklar_wifi_on{device="x"} 1.0 5',
        'provklar_wifi_info{device="x",bssid="02:00:00:00:00:01"} 1 5',
    ]
    assert lines(report, labels={})[0] == "provklar_wifi_signal_dbm -61.0"


@pytest.fixture(scope="module")
def few() -> Drawn:
    return drawn(municipality(schools=2, devices=5), NOW, 7)


def test_drawn_reports_are_a_quarter_of_an_hour_apart(few: Drawn) -> None:
    """The last one a quarter before now, by clocks as the machines have them."""
    device, measurements = few[0]
    assert len(few) == 5
    assert device.clock_offset_s == 0
    assert [found.results[0].started_at for found in measurements] == [
        NOW - timedelta(minutes=15 * back) for back in range(7, 0, -1)
    ]


def test_unchanged_repeats_facts_and_nothing_else(few: Drawn) -> None:
    """Moments go on and ids are new."""
    for (_, changing), (_, same) in zip(few, unchanged(few), strict=True):
        first = [result.facts for result in same[0].results]
        assert all([result.facts for result in found.results] == first for found in same)
        assert len({found.report_id for found in same}) == 7
        assert {found.report_id for found in same}.isdisjoint(found.report_id for found in changing)
        assert same[6].results[0].started_at - same[0].results[0].started_at == timedelta(minutes=90)


def test_peers_get_every_report(few: Drawn) -> None:
    """Batches of three make three turns of five devices; each line carries its time."""
    requests, count = import_requests(few, 3)
    assert len(requests) == 15
    bodies = [request.partition(b"\r\n\r\n")[2].decode().splitlines() for request in requests]
    assert sum(map(len, bodies)) == count
    assert all(line.rsplit(" ", 1)[1].isdecimal() for body in bodies for line in body)
    pushes = push_requests(few, devices=8, rounds=2)
    assert len(pushes) == 16
    assert len({push.split(b" ", 2)[1] for push in pushes}) == 8


@contextmanager
def answering(status: int, body: bytes) -> Iterator[tuple[int, list[str]]]:
    """A server that takes whole requests and answers each the same; gives its port and what it got."""
    got: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            got.append(f"{self.path} {self.rfile.read(int(self.headers['Content-Length'])).decode()}")
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: the requests are looked at instead."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port, got
        finally:
            server.shutdown()
            thread.join(10)


def test_load_sends_each_request_once_and_counts_answers(tmp_path: Path) -> None:
    """Two accepted reports in each answer."""
    requests = [post(f"/{number}", f"body {number}".encode(), {"X": "y"}) for number in range(3 * CONNECTIONS + 1)]
    with answering(200, b'[{"outcome":"accepted"},{"outcome":"accepted"},{"outcome":"duplicate"}]') as (port, got):
        load = drive(requests, port, folder=tmp_path, seconds=30)
    assert sorted(got) == sorted(f"/{number} body {number}" for number in range(25))
    assert (load.requests, load.accepted, load.statuses) == (25, 50, {"200": 25})
    assert load.seconds > 0
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_is_no_speed(tmp_path: Path) -> None:
    """A server that answers 503 fast does not win."""
    with answering(503, b"") as (port, _), pytest.raises(RuntimeError, match=r"refused requests: \{'503': 2\}"):
        drive([post("/", b"x")] * 2, port, folder=tmp_path, seconds=30)


def test_quantiles() -> None:
    """Nearest rank."""
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert quantile([float(value) for value in range(100)], 0.95) == 95.0
    assert quantile([1.0], 0.95) == 1.0


def test_costs_of_this_very_process() -> None:
    """Memory and CPU time are read from the kernel."""
    own = memory_mib(os.getpid())
    assert 5 < own["pss_mib"] <= own["rss_mib"] < 2_000
    assert cpu_s(os.getpid()) > 0


def test_waiting_has_an_end() -> None:
    """And says what it waited for."""
    with pytest.raises(TimeoutError, match=r"rain did not happen within 0\.02 s"):
        wait_for(lambda: False, "rain", 0.02)


def quick_run(name: str) -> dict[str, object]:
    """One benchmark as `make bench` runs it, only shorter."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", name, "--quick"],
        check=False,
        capture_output=True,
        text=True,
        timeout=QUICK_RUN_S,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    outcomes = json.loads(done.stdout)
    assert outcomes.keys() == {name}
    assert outcomes[name].keys() == {"ours", "peers", "ratio", "how"}
    outcome: dict[str, object] = outcomes[name]
    return outcome


@pytest.mark.needs("prometheus-pushgateway", "victoria-metrics")
def test_ingest_runs() -> None:
    """Ours and both peers give figures, and all our reports arrived."""
    outcome = msgspec.convert(quick_run("ingest"), dict[str, object])
    ours = msgspec.convert(outcome["ours"], dict[str, float])
    peers = msgspec.convert(outcome["peers"], dict[str, dict[str, float]])
    ratio = msgspec.convert(outcome["ratio"], dict[str, float])
    assert ours["reports"] == 800
    assert peers.keys() == {"victoria_metrics", "pushgateway"} == ratio.keys()
    assert peers["victoria_metrics"]["reports"] == 800
    assert peers["pushgateway"]["held_devices"] == 40
    assert ratio["pushgateway"] == pytest.approx(
        ours["reports_per_s"] / peers["pushgateway"]["reports_per_s"], abs=0.01
    )


def test_judging_runs() -> None:
    """An hour at one level is one content: a fraction of what every reading takes, in bytes and in what is judged."""
    outcome = quick_run("judging")
    ours = msgspec.convert(outcome["ours"], dict[str, float | None])
    former = msgspec.convert(outcome["peers"], dict[str, dict[str, float]])["every_reading"]
    assert ours["results"] == former["results"] > 6_000
    assert 0 < (ours["observations"] or 0) < former["observations"] / 4
    assert 0 < (ours["bytes_per_device_day"] or 0) < former["bytes_per_device_day"] / 4
    assert 0 < (ours["read_cpu_s"] or 0) <= (ours["judge_cpu_s"] or 0)


def test_ladder_runs() -> None:
    """Times told in steps take a fraction of what exact times take."""
    ours = msgspec.convert(quick_run("ladder")["ours"], dict[str, float])
    assert ours["exact_rows_per_device_day"] == 96
    assert ours["steps_rows_per_device_day"] < 10
    assert ours["steps_bytes_per_device_day"] < ours["exact_bytes_per_device_day"] / 5


@pytest.mark.needs("prometheus-node-exporter")
def test_agent_runs() -> None:
    """Both lie in memory, and neither is busy all the time."""
    outcome = quick_run("agent")
    ours = msgspec.convert(outcome["ours"], dict[str, float])
    theirs = msgspec.convert(outcome["peers"], dict[str, dict[str, float]])["prometheus-node-exporter"]
    assert 0 < ours["pss_mib"] <= ours["rss_mib"]
    assert 0 < theirs["pss_mib"] <= theirs["rss_mib"]
    assert ours["start_s"] > 0


def test_verdict_runs() -> None:
    """Every report changed the verdict; there is nobody to compare with, and the outcome says so."""
    outcome = quick_run("verdict")
    ours = msgspec.convert(outcome["ours"], dict[str, float])
    assert ours["changes"] == 4
    assert 0 < ours["p50_ms"] <= ours["max_ms"]
    assert ours["loaded_changes"] >= 1
    assert 0 < ours["loaded_p50_ms"] <= ours["loaded_max_ms"]
    assert ours["loaded_reports_per_s"] > 0
    assert outcome["peers"] is None
    assert "judge nothing" in str(outcome["how"])


@pytest.mark.serial
@pytest.mark.needs("nginx")
def test_measurement_point_runs() -> None:
    """Every pupil is served by both, and bytes flow both ways."""
    outcome = quick_run("measurement_point")
    ours = msgspec.convert(outcome["ours"], dict[str, float])
    theirs = msgspec.convert(outcome["peers"], dict[str, dict[str, float]])["nginx"]
    assert ours.keys() == theirs.keys()
    for side in (ours, theirs):
        assert 1 <= side["pupils"] <= 25
        assert 0.95 <= side["pupils_worst_share"] <= 1
        assert min(side["stream_down_mbit_s"], side["stream_up_mbit_s"]) > 1
    ratio = msgspec.convert(outcome["ratio"], dict[str, float])
    assert ratio["nginx"] == pytest.approx(ours["pupils"] / theirs["pupils"], abs=0.001)


@pytest.mark.serial
@pytest.mark.skipif(os.geteuid() != 0, reason="the lab needs root (see docs/lab.md)")
@pytest.mark.needs("ip", "tc", "nft", "iperf3")
def test_throughput_runs() -> None:
    """All three tools answer for both directions of one line."""
    outcome = quick_run("throughput")
    ours = msgspec.convert(outcome["ours"], dict[str, float | None])
    peers = msgspec.convert(outcome["peers"], dict[str, dict[str, float]])
    ratio = msgspec.convert(outcome["ratio"], dict[str, float])
    assert peers.keys() == {"iperf3", "speedtest-cli"} == ratio.keys()
    assert [ours["answers"], *(side["answers"] for side in peers.values())] == [2, 2, 2]
    assert 0 < (ours["bytes"] or 0) < peers["iperf3"]["bytes"]
    assert ratio["iperf3"] == pytest.approx((ours["bytes"] or 0) / peers["iperf3"]["bytes"], abs=0.001)


@pytest.mark.needs("prometheus-snmp-exporter")
def test_snmp_runs() -> None:
    """Both of ours and the exporter walk every port of the same agent."""
    outcome = quick_run("snmp")
    ours = msgspec.convert(outcome["ours"], dict[str, float | str])
    peers = msgspec.convert(outcome["peers"], dict[str, dict[str, float]])
    ratio = msgspec.convert(outcome["ratio"], dict[str, float])
    assert peers.keys() == {"pysnmp", "snmp_exporter", "snmp_exporter_default"}
    assert [ours["ports"], *(side["ports"] for side in peers.values())] == [57] * 4
    assert all(side["devices_per_cpu_s"] > 0 for side in peers.values())
    assert ratio["pysnmp"] == pytest.approx(
        float(ours["devices_per_cpu_s"]) / peers["pysnmp"]["devices_per_cpu_s"], abs=0.01
    )


@pytest.mark.needs("chromium")
def test_web_probe_runs() -> None:
    """Within the goal, by the browser's count."""
    outcome = quick_run("web_probe")
    ours = msgspec.convert(outcome["ours"], dict[str, float])
    assert 0 < ours["bytes_to_begin"] < ours["bytes_before_measuring"] <= ours["goal_bytes"] == 100_000
    assert ours["begin_p50_ms"] <= ours["begin_max_ms"]
    assert outcome["peers"] is None
