"""The internet probe as it is meant: asking speedtest.net, which in the lab is a server of ours behind the line."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

from agent.protocol.wire import ProbeResult
from tests.lab.box import SchoolBox
from tests.lab.capture import Capture
from tests.lab.carried import LineMeter, Way
from tests.lab.pressure import measures
from tests.lab.wiring import INTERNET_ADDRESS
from tests.support.stub_collector import certificate

ROOT = Path(__file__).parents[2]
NAME = "www.speedtest.net"
ASKED_BEFORE = 2
"""Connections that speedtest-cli makes before it times three: for its configuration and for the list of servers. What
it tells is a sixth of the three together, each from its first segment to the last of its answer.
"""
BEFORE_LOAD_PACKETS = 120
MEASURE = """
import sys, msgspec
from pathlib import Path
from agent.measuring.contract import Task
from agent.probes import discovered
from agent.runtime.runner import run_probe
from agent.system.machine import System
from agent.protocol.wire import InternetLimits
task = Task(60, internet=InternetLimits(max_seconds=14), folder=Path(sys.argv[1]))
print(msgspec.json.encode(run_probe(discovered()["internet"], System(), task)).decode())
"""
SERVE = f"""
import sys, time
from pathlib import Path
from tests.support.internet_server import internet_server, refuse
with internet_server(("0.0.0.0", 443), (Path(sys.argv[1]), Path(sys.argv[2]))) as server:
    server.pages["/speedtest-config.php"] = b'''<settings>
<client ip="192.0.2.9" lat="59.3" lon="18.0" isp="Exempel"/><server-config threadcount="2" ignoreids=""/>
<download testlength="10" threadsperurl="2"/><upload testlength="10" ratio="5" threads="2" maxchunkcount="6"/>
</settings>'''
    server.pages["/speedtest-servers-static.php"] = b'''<settings><servers>
<server url="https://{NAME}/speedtest/upload.php" lat="59.3" lon="18.1" name="Exempelby" id="1"/>
</servers></settings>'''
    if sys.argv[3:] == ["refuse"]:
        server.misbehave["/speedtest-config.php"] = refuse(403)
    time.sleep(100)
"""


def measured(box: SchoolBox, folder: Path, *manners: str) -> ProbeResult:
    """What the probe finds on the first client."""
    cert, key = certificate(folder, NAME)
    client = box.clients[0]
    client.etc.mkdir(parents=True, exist_ok=True)
    (client.etc / "hosts").write_text(f"127.0.0.1 localhost\n{box.internet.address} {NAME}\n")
    path = {"PYTHONPATH": str(ROOT)}
    server = [sys.executable, "-c", SERVE, str(cert), str(key), *manners]
    box.popen(box.internet, server, env=path)
    box.wait_for_listener(box.internet, 443)
    command = [sys.executable, "-c", MEASURE, str(folder)]
    answer = box.run(client, command, env={**path, "SSL_CERT_FILE": str(cert)})
    return msgspec.json.decode(answer.stdout, type=ProbeResult)


@measures
def test_the_nearest_server_that_is_listed(tmp_path: Path) -> None:
    """Over TLS, from configuration to upload; what arrived is what the line carried, less the slow start."""
    with (
        SchoolBox(50, 20, delay_ms=20) as box,
        LineMeter(box) as meter,
        Capture(box, "tcp port 443", most=BEFORE_LOAD_PACKETS) as asked,
    ):
        result = measured(box, tmp_path)
    assert result.error is None
    assert result.facts["server_host"] == NAME
    down, up, rtt = (result.facts[name] for name in ("down_mbit_s", "up_mbit_s", "rtt_ms"))
    assert isinstance(down, float)
    assert isinstance(up, float)
    assert isinstance(rtt, float)
    carried_down, carried_up = (carried_mbit_s(meter, result, way) for way in ("down", "up"))
    assert 0.7 * carried_down < down < 1.05 * carried_down
    assert 0.5 * carried_up < up < 1.5 * carried_up
    asked_thrice_ms = asked.lasted_ms(INTERNET_ADDRESS)[ASKED_BEFORE:][:3]
    assert rtt == pytest.approx(sum(asked_thrice_ms) / 6, abs=15)


def carried_mbit_s(meter: LineMeter, result: ProbeResult, way: Way) -> float:
    """What the line carried, in the time of that length in which it carried most."""
    count, mbit_s = result.facts[f"{way}_bytes"], result.facts[f"{way}_mbit_s"]
    assert isinstance(count, int)
    assert isinstance(mbit_s, float)
    return meter.goodput_mbit_s(way, meter.busiest(way, count * 8 / 1e6 / mbit_s))


def test_a_refusal_by_its_configuration(tmp_path: Path) -> None:
    """As speedtest.net refuses those whom it has seen too often."""
    with SchoolBox(50, 20) as box:
        result = measured(box, tmp_path, "refuse")
    assert result.error is not None
    assert result.error.code == "internet_refused"
    assert (tmp_path / "internet_refused.json").exists()
