"""The latency probe against known delay and loss: which way it goes, and where the loss begins."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

from agent.measuring.contract import Task
from agent.protocol.wire import Host, ProbeResult
from tests.lab.box import SchoolBox
from tests.lab.capture import Capture, typical
from tests.lab.pressure import measures
from tests.lab.wiring import INTERNET_ADDRESS, ROUTER_ADDRESS

pytestmark = pytest.mark.xdist_group("lab-latency")  # held to the packets' own times, it may run beside other tests

ROOT = Path(__file__).parents[2]
MEASURE = """
import sys, msgspec
from agent.measuring.contract import Task
from agent.probes import discovered
from agent.probes import latency
from agent.measuring import rtt_methods
from agent.runtime.runner import run_probe
from agent.system.machine import System
latency.PAUSE_S, latency.ROUND_TRIP_MAX_S, rtt_methods.TRIAL_MAX_S = 0.05, 0.5, 0.3
task = msgspec.json.decode(sys.argv[1], type=Task)
print(msgspec.json.encode(run_probe(discovered()["latency"], System(), task)).decode())
"""
POINT = """
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Point(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(204)
        self.end_headers()
ThreadingHTTPServer(("0.0.0.0", 8080), Point).serve_forever()
"""


def measured(box: SchoolBox, samples: int = 20) -> ProbeResult:
    """What the probe finds on the first client, with the internet as measurement point and as test service."""
    url = f"http://{box.internet.address}:8080/measure/v1"
    task = Task(40, url, "token", [Host(box.internet.address, 8080)], latency_samples=samples)
    command = [sys.executable, "-c", MEASURE, msgspec.json.encode(task).decode()]
    return msgspec.json.decode(box.run(box.clients[0], command, env={"PYTHONPATH": str(ROOT)}).stdout, type=ProbeResult)


def milliseconds(result: ProbeResult, name: str) -> float:
    """A fact that has to be there."""
    value = result.facts[name]
    assert isinstance(value, float), (name, result.missing)
    return value


def no_echo_allowed(box: SchoolBox) -> None:
    """What many systems are: ordinary users may send no ICMP echo."""
    box.run(box.clients[0], ["sysctl", "-q", "-w", "net.ipv4.ping_group_range=1 0"])


@measures
def test_delay_by_echo_and_by_connection() -> None:
    """20 ms is added to the round trip beyond the gateway, and both ways of timing find what the packets took."""
    with SchoolBox(50, 20, delay_ms=20) as box:
        box.popen(box.internet, [sys.executable, "-c", POINT])
        box.wait_for_listener(box.internet, 8080)
        with Capture(box) as echoes:
            by_echo = measured(box)
        no_echo_allowed(box)
        with Capture(box) as segments:
            by_connection = measured(box)
    methods = [
        [result.facts[f"{target}method"] for target in ("gateway_", "", "service_")]
        for result in (by_echo, by_connection)
    ]
    assert methods == [["icmp", "icmp", "icmp"], ["tcp", "http", "tcp"]]
    own_ms = typical(echoes.echoes_ms(INTERNET_ADDRESS)), typical(segments.answered_ms(INTERNET_ADDRESS))
    service_ms = own_ms[0], typical(segments.opened_ms(INTERNET_ADDRESS))
    gateway_ms = typical(echoes.echoes_ms(ROUTER_ADDRESS)), typical(segments.opened_ms(ROUTER_ADDRESS))
    for number, result in enumerate((by_echo, by_connection)):
        assert result.status == "ok"
        assert milliseconds(result, "rtt_median_ms") == pytest.approx(own_ms[number], abs=4)
        assert milliseconds(result, "service_rtt_median_ms") == pytest.approx(service_ms[number], abs=4)
        assert milliseconds(result, "rtt_p95_ms") >= milliseconds(result, "rtt_median_ms")
        assert milliseconds(result, "gateway_rtt_median_ms") == pytest.approx(gateway_ms[number], abs=5)
        assert (result.facts["loss_ratio"], result.facts["gateway_loss_ratio"]) == (0.0, 0.0)


@measures
def test_loss_on_the_line_is_not_the_gateways() -> None:
    """A tenth of the packets is lost each way, so 19 of 100 echoes: within four standard deviations of that."""
    with SchoolBox(50, 20, loss=0.1) as box:
        result = measured(box, samples=40)
    loss = milliseconds(result, "loss_ratio")
    assert 0.0 < loss == pytest.approx(0.19, abs=4 * (0.19 * 0.81 / 40) ** 0.5)
    assert result.facts["gateway_loss_ratio"] == 0.0


@measures
def test_a_gateway_that_drops_echoes_is_timed_by_connections() -> None:
    """It refuses them, which is a round trip too."""
    with SchoolBox(50, 20) as box:
        rule = (
            "table ip deaf {\n chain in {\n type filter hook input priority 0;\n icmp type echo-request drop\n }\n}\n"
        )
        box.run(box.router, ["nft", "-f", "-"], text=rule)
        result = measured(box, samples=5)
    assert (result.facts["gateway_method"], result.facts["gateway_loss_ratio"]) == ("tcp", 0.0)
    assert result.facts["method"] == "icmp"


@measures
def test_a_gateway_that_says_nothing_is_unknown_not_lossy() -> None:
    """What lies beyond it is measured all the same."""
    with SchoolBox(50, 20) as box:
        rule = "table ip deaf {\n chain in {\n type filter hook input priority 0;\n iifname lan drop\n }\n}\n"
        box.run(box.router, ["nft", "-f", "-"], text=rule)
        result = measured(box, samples=5)
    assert result.facts["gateway_loss_ratio"] is None
    assert result.missing["gateway_loss_ratio"] == "no_answer"
    assert (result.status, result.facts["loss_ratio"]) == ("ok", 0.0)


@measures
def test_a_line_that_is_cut_beyond_the_gateway() -> None:
    """Failed, with the gateway's facts as evidence that the own network is fine."""
    with SchoolBox(50, 20) as box:
        box.run(box.router, ["ip", "link", "set", "dev", "wan", "down"])
        result = measured(box, samples=5)
    assert result.error is not None
    assert result.error.code == "measurement_point_away"
    assert result.facts["gateway_loss_ratio"] == 0.0
    assert result.facts["rtt_median_ms"] is None


def test_echo_over_ipv6() -> None:
    """The same, with the other message types and the kernel's own checksum."""
    script = """
import socket, time
from agent.measuring.icmp import opened, round_trip_s
from agent.system.machine import System
from agent.system.network import Address
with opened(System(), Address(socket.AF_INET6, ("::1", 0, 0, 0))) as connection:
    print(round_trip_s(connection, 1, 5.0, time.monotonic) < 5.0)
"""
    with SchoolBox(50, 20) as box:
        box.run(box.clients[0], ["sysctl", "-q", "-w", "net.ipv6.conf.lo.disable_ipv6=0"])
        answer = box.run(box.clients[0], [sys.executable, "-c", script], env={"PYTHONPATH": str(ROOT)})
    assert answer.stdout == "True\n"
