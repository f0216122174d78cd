"""The web probe as a whole on a real shaped line: a pupil's visit ends in the collector with the line's true rate."""

from __future__ import annotations

import json
import sys

import pytest

from tests.lab.box import SchoolBox
from tests.lab.capture import Capture, typical
from tests.lab.carried import LineMeter, Span, Way
from tests.lab.collector import PORT, LabCollector
from tests.lab.pressure import measures
from tests.lab.throughput import PYTHON_PATH
from tests.lab.wiring import INTERNET_ADDRESS
from tests.support.shown_pages import CHROMIUM
from tests.support.web_visits import said

pytestmark = [pytest.mark.needs(CHROMIUM), pytest.mark.timeout(300)]

PLAIN_HTTP = "Cross-Origin-Opener-Policy header has been ignored"
"""What the browser says of any page without TLS."""
DOWN_MBIT_S, UP_MBIT_S = 50, 20
WAYS: tuple[Way, ...] = ("down", "up")


@measures
def test_a_visit_measures_the_line(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Joined, leased, measured, reported and judged, by the real page; within ten percent of what it carried."""
    with SchoolBox(DOWN_MBIT_S, UP_MBIT_S, delay_ms=10) as box:
        collector = LabCollector(box, tmp_path_factory.mktemp("collector"))
        collector.place.replace("collector.yaml", "    max_seconds: 1\n", "    max_seconds: 6\n")
        collector.start()
        command = [sys.executable, "-m", "tests.lab.visit", collector.url]
        with LineMeter(box) as meter, Capture(box, f"tcp port {PORT}") as packets:
            ran = box.run(box.clients[0], command, env=PYTHON_PATH, timeout_s=200)
    visit = json.loads(ran.stdout)
    assert [one for one in visit["complaints"] if PLAIN_HTTP not in one] == []
    assert visit["headline"]
    stored = said(collector.place, visit["device"])
    assert {"browsers", "device", "latency", "lockdown", "throughput", "visit"} <= stored.keys()
    throughput = stored["throughput"]
    assert (throughput.status, throughput.room) == ("ok", "A101")
    for way in WAYS:
        carried_mbit_s = meter.goodput_mbit_s(way, Span(*visit["steady"][way]))
        assert throughput.facts[f"{way}_mbit_s"] == pytest.approx(carried_mbit_s, rel=0.1)
    idle_ms = typical(packets.answered_ms(INTERNET_ADDRESS))
    assert stored["latency"].facts["rtt_median_ms"] == pytest.approx(idle_ms, abs=8)
