"""Our throughput run beside iperf3 and speedtest-cli: how wrong, how many bytes, how long, on lines of known rate.

All three measure the same shaped lines in the lab (network namespaces; needs root). The truth is what TCP can carry on
them: the rate times the payload's share of a full frame.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median
from typing import Literal, NamedTuple

import msgspec

from agent.internet.outcome import InternetOutcome, Orders
from agent.protocol.wire import ThroughputLimits
from tests.bench.benchmark import Context, Figures, Outcome
from tests.lab.box import SchoolBox, goodput_mbit_s
from tests.lab.measurement import start_measurement_point
from tests.lab.throughput import PYTHON_PATH, iperf3, measured, number
from tests.support.processes import BIN

HOW = (
    "Each line three times by us (the median counts), once by iperf3 (4 connections, 10 s a direction after an omitted "
    "second, its receiver's figure) and once by speedtest-cli 2.1.3 against a server of its own kind on the far side. "
    "error_percent is the median over lines and directions of how far off the true goodput (rate * 1448 / 1514) an "
    "answer is, worst_error_percent the largest. bytes and seconds are what all lines and directions cost, one run "
    "each; speedtest-cli's seconds are of the whole program, ours and iperf3's of filling the line. flood_bytes_share "
    "and flood_seconds_share: median of ours / a flood of 10 s, from 20 Mbit/s up, of answers within 5 %; "
    "bytes_beside_floods and flood_bytes (and seconds) are the sums of both sides. ratio: ours / theirs in bytes."
)
SPEEDTEST_PORT = 8088
FLOOD_S = 10.0
FLOOD_FROM_MBIT_S = 20


class Line(NamedTuple):
    """Rates on the wire in Mbit/s, and the delay that is added to a round trip."""

    down_mbit_s: float
    up_mbit_s: float
    delay_ms: float

    @property
    def ways(self) -> list[tuple[Literal["down", "up"], float]]:
        """Both directions with what TCP can carry."""
        return [("down", goodput_mbit_s(self.down_mbit_s)), ("up", goodput_mbit_s(self.up_mbit_s))]


LINES = [
    Line(*line)
    for line in ((5, 2, 20), (20, 5, 0), (20, 20, 20), (100, 20, 0), (100, 100, 20), (500, 100, 0), (500, 500, 0))
]
QUICK_LINES = [Line(20, 20, 0)]


class Answer(NamedTuple):
    """What a tool says of one direction of one line, and what that cost."""

    truth_mbit_s: float
    mbit_s: float
    bytes: float
    seconds: float

    @property
    def error_percent(self) -> float:
        """How far off, either way."""
        return 100 * abs(self.mbit_s / self.truth_mbit_s - 1)


def figures(answers: list[Answer]) -> Figures:
    """What a tool's answers come to."""
    errors = [answer.error_percent for answer in answers]
    return {
        "error_percent": round(median(errors), 2),
        "worst_error_percent": round(max(errors), 2),
        "within_5_percent": sum(error <= 5 for error in errors),
        "answers": len(answers),
        "bytes": round(sum(answer.bytes for answer in answers)),
        "seconds": round(sum(answer.seconds for answer in answers), 1),
    }


def flood_shares(answers: list[Answer]) -> Figures:
    """Bytes and seconds beside a flood of ten seconds of the same line, by answers that are right within 5 %."""
    right = [one for one in answers if one.error_percent <= 5 and one.truth_mbit_s >= goodput_mbit_s(FLOOD_FROM_MBIT_S)]
    if not right:
        return {"flood_bytes_share": None, "flood_seconds_share": None}
    floods = [one.truth_mbit_s * FLOOD_S / 8 * 1e6 for one in right]
    return {
        "flood_bytes_share": round(median(one.bytes / flood for one, flood in zip(right, floods, strict=True)), 3),
        "flood_seconds_share": round(median(one.seconds / FLOOD_S for one in right), 3),
        "bytes_beside_floods": round(sum(one.bytes for one in right)),
        "flood_bytes": round(sum(floods)),
        "seconds_beside_floods": round(sum(one.seconds for one in right), 1),
        "flood_seconds": FLOOD_S * len(right),
    }


def _ours(box: SchoolBox, line: Line, runs: int) -> list[Answer]:
    point = start_measurement_point(box)
    results = [measured(box, point, ThroughputLimits()) for _ in range(runs)]
    for result in results:
        if result.error is not None:
            raise RuntimeError(f"our run failed: {result.error}")
    answers = []
    for way, truth_mbit_s in line.ways:
        middle = {
            name: median(number(result, f"{way}_{name}") for result in results)
            for name in ("mbit_s", "bytes", "duration_s")
        }
        answers.append(Answer(truth_mbit_s, middle["mbit_s"], middle["bytes"], middle["duration_s"]))
    return answers


def _iperf3(box: SchoolBox, line: Line, seconds: float) -> list[Answer]:
    answers = []
    for way, truth_mbit_s in line.ways:
        found = iperf3(box, way, seconds).mbit_s
        answers.append(Answer(truth_mbit_s, found, found * seconds / 8 * 1e6, seconds))
    return answers


def _speedtest(box: SchoolBox, line: Line, seconds: float) -> list[Answer]:
    """`seconds` is for the whole program. It needs a server that speaks like speedtest.net's own."""
    serve = (
        "import sys, time\nfrom tests.support.internet_server import internet_server\n"
        f"with internet_server(('0.0.0.0', {SPEEDTEST_PORT})):\n    time.sleep(600)"
    )
    box.popen(box.internet, [sys.executable, "-c", serve], env=PYTHON_PATH)
    box.wait_for_listener(box.internet, SPEEDTEST_PORT)
    orders = Orders(seconds, 512, f"http://{box.internet.address}:{SPEEDTEST_PORT}")
    began_s = time.monotonic()
    command: list[str | Path] = [BIN / "provklar-agent", "internet-child", msgspec.json.encode(orders).decode()]
    ran = box.run(box.clients[0], command, timeout_s=seconds + 30)
    took_s = time.monotonic() - began_s
    found = msgspec.json.decode(ran.stdout, type=InternetOutcome)
    if found.code is not None:
        raise RuntimeError(f"speedtest-cli failed: {found}")
    return [
        Answer(goodput_mbit_s(line.down_mbit_s), found.down_mbit_s, found.down_bytes, took_s / 2),
        Answer(goodput_mbit_s(line.up_mbit_s), found.up_mbit_s, found.up_bytes, took_s / 2),
    ]


def run(context: Context) -> Outcome:
    """Line by line, one tool after the other."""
    runs, flood_s, speedtest_s = (1, 3.0, 16.0) if context.quick else (3, FLOOD_S, 32.0)
    ours: list[Answer] = []
    iperf3: list[Answer] = []
    speedtest: list[Answer] = []
    for line in QUICK_LINES if context.quick else LINES:
        context.say("{:g}/{:g} Mbit/s, {:g} ms".format(*line))
        with SchoolBox(*line) as box:
            ours += _ours(box, line, runs)
            iperf3 += _iperf3(box, line, flood_s)
            speedtest += _speedtest(box, line, speedtest_s)
        for name, answers in (("ours", ours), ("iperf3", iperf3), ("speedtest-cli", speedtest)):
            last = " and ".join(f"{one.mbit_s:.1f} of {one.truth_mbit_s:.1f} Mbit/s" for one in answers[-2:])
            context.say(f"  {name}: {last}")
    peers = {"iperf3": figures(iperf3), "speedtest-cli": figures(speedtest)}
    mine = figures(ours)
    ratio = {name: round(float(mine["bytes"] or 0) / float(theirs["bytes"] or 1), 3) for name, theirs in peers.items()}
    return Outcome(mine | flood_shares(ours), peers, ratio, HOW)
