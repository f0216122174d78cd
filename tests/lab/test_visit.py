"""The web probe as a whole on a real shaped line: a pupil's visit ends in the collector with the line's true rate."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.lab.box import SchoolBox, goodput_mbit_s
from tests.lab.collector import LabCollector
from tests.lab.throughput import PYTHON_PATH
from tests.support.shown_pages import CHROMIUM
from tests.support.web_visits import said

pytestmark = [pytest.mark.needs(CHROMIUM), pytest.mark.timeout(300)]

PLAIN_HTTP = "Cross-Origin-Opener-Policy header has been ignored"
"""What the browser says of any page without TLS."""
DOWN_MBIT_S, UP_MBIT_S = 50, 20


def test_a_visit_measures_the_line(tmp_path: Path) -> None:
    """Joined, leased, measured, reported and judged, by the real page; within ten percent of the truth."""
    with SchoolBox(DOWN_MBIT_S, UP_MBIT_S, delay_ms=10) as box:
        collector = LabCollector(box, tmp_path)
        collector.place.replace("collector.yaml", "    max_seconds: 1\n", "    max_seconds: 6\n")
        collector.start()
        command = [sys.executable, "-m", "tests.lab.visit", collector.url]
        ran = box.run(box.clients[0], command, env=PYTHON_PATH, timeout_s=200)
    visit = json.loads(ran.stdout)
    assert [one for one in visit["complaints"] if PLAIN_HTTP not in one] == []
    assert visit["headline"]
    stored = said(collector.place, visit["device"])
    assert {"browsers", "device", "latency", "lockdown", "throughput", "visit"} <= stored.keys()
    throughput = stored["throughput"]
    assert (throughput.status, throughput.room) == ("ok", "A101")
    for way, rate in (("down", DOWN_MBIT_S), ("up", UP_MBIT_S)):
        assert throughput.facts[f"{way}_mbit_s"] == pytest.approx(goodput_mbit_s(rate), rel=0.1)
    assert stored["latency"].facts["rtt_median_ms"] == pytest.approx(10, abs=8)
