"""The agent at rest beside prometheus-node-exporter: memory, CPU and how soon it is up.

Different tools: the exporter waits to be scraped, the agent measures on its own schedule. What they share is that
both lie in the memory of every machine all day long.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import httpx

from tests.bench.benchmark import Context, Figures, Outcome, cpu_s, memory_mib, own_cpu_s, wait_for
from tests.bench.measured_collector import MeasuredCollector, bench_fleet, measured_collector
from tests.bench.peers import node_exporter
from tests.support.processes import BIN, running

HOW = (
    "provklar-agent run, enrolled against a running collector, after its first report has arrived and it has settled; "
    "prometheus-node-exporter with its defaults, scraped once. rss_mib and pss_mib from /proc/PID/smaps_rollup, "
    "children included; cpu_percent of the process that lies in memory, over the quiet time, of one core; "
    "with_measuring_cpu_percent also with the child processes that measured meanwhile and ended (the rungs of the "
    "ladder are in order, so it is climbed as planned); start_s until the agent's first report is at "
    "the collector, measuring included, and until the exporter answers. ratio: ours / theirs in rss_mib, below 1 is "
    "less memory."
)
_FIRST_REPORT_S = 120.0


def _at_rest(pids: Sequence[int], settle_s: float, quiet_s: float) -> list[Figures]:
    """CPU of each over the quiet time that follows the settling, and memory at its end."""
    time.sleep(settle_s)
    before_s = [(own_cpu_s(pid), cpu_s(pid)) for pid in pids]
    time.sleep(quiet_s)
    found: list[Figures] = []
    for pid, (own_before_s, all_before_s) in zip(pids, before_s, strict=True):
        own, both = own_cpu_s(pid) - own_before_s, cpu_s(pid) - all_before_s
        cpu = {"cpu_percent": own, "with_measuring_cpu_percent": both}
        shares = {name: round(100 * used_s / quiet_s, 3) for name, used_s in cpu.items()}
        found.append({**memory_mib(pid), **shares, "quiet_s": quiet_s})
    return found


def _ladder_in_order(config: Path, url: str) -> None:
    """Rungs that hold here: no test service is reached from this machine, and what is broken is climbed each minute."""
    rungs = f"rungs:\n  - {{id: link, kind: link}}\n  - {{id: test, kind: service, target: '{url}/healthz'}}\n"
    (config / "ladder.yaml").write_text(rungs)


def _start_agent(context: Context, collector: MeasuredCollector, stack: ExitStack) -> subprocess.Popen[bytes]:
    """Enrols this machine as a device of the first simulated school and starts its agent."""
    school = collector.fleet.schools[0].school
    options: list[str | Path] = [
        "--collector",
        collector.url,
        "--school",
        school.code,
        "--room",
        school.rooms[0].id,
        "--data",
        context.folder / "agent",
    ]
    key = {"PROVKLAR_ENROLMENT_KEY": collector.keys[school.code]}
    agent = BIN / "provklar-agent"
    subprocess.run([agent, "enroll", *options], check=True, timeout=60, env=os.environ | key, capture_output=True)
    return stack.enter_context(running([agent, "run", *options], log=context.folder / "agent.log"))


def _timed(start: Callable[[], subprocess.Popen[bytes]], up: Callable[[], bool]) -> tuple[int, float]:
    started = time.monotonic()
    process = start()
    wait_for(up, "the agent's first report", _FIRST_REPORT_S)
    return process.pid, round(time.monotonic() - started, 2)


def run(context: Context) -> Outcome:
    """Both started one after the other, then at rest together for ten minutes."""
    settle_s, quiet_s = (2.0, 3.0) if context.quick else (30.0, 600.0)
    with ExitStack() as stack:
        collector = stack.enter_context(
            measured_collector(context.folder, bench_fleet(schools=1, devices=1), _ladder_in_order)
        )
        context.say("agent: enrolling, then waiting for its first report")
        pid, start_s = _timed(lambda: _start_agent(context, collector, stack), lambda: collector.stored_reports() > 0)
        started = time.monotonic()
        peer = stack.enter_context(node_exporter(context.folder))
        peer_start_s = round(time.monotonic() - started, 2)
        httpx.get(f"{peer.url}/metrics", trust_env=False).raise_for_status()
        context.say(f"agent and prometheus-node-exporter: at rest for {settle_s + quiet_s:.0f} s")
        ours, theirs = _at_rest([pid, peer.pid], settle_s, quiet_s)
    ours |= {"start_s": start_s}
    theirs |= {"start_s": peer_start_s}
    ratio = round(float(ours["rss_mib"] or 0) / float(theirs["rss_mib"] or 1), 2)
    return Outcome(ours, {"prometheus-node-exporter": theirs}, {"prometheus-node-exporter": ratio}, HOW)
