"""The throughput probe as an agent runs it, which also tells over which time it made each rate.

`python -m tests.lab.measuring TASK CA_FILE PROXY`, inside a namespace. It writes `ready`, and measures when it is told
to by a line of its standard input, so that nothing else begins meanwhile; then it writes `Measured` as JSON.
"""

from __future__ import annotations

import sys

import msgspec

from agent.measuring.contract import Task
from agent.probes import discovered, throughput
from agent.protocol.wire import ProbeResult
from agent.runtime.runner import run_probe
from agent.system.machine import System
from agent.throughput.estimate import Estimate
from agent.throughput.stop import StopRule
from agent.throughput.timeline import Timeline
from tests.lab.carried import Span, Way


class Measured(msgspec.Struct):
    """What the probe found, and the steady part of each direction whose rate it is: down by the device's clock, up by
    the receiver's. Both are the machine's monotonic clock.
    """

    result: ProbeResult
    steady: dict[Way, Span]


def measured(system: System, task: Task) -> Measured:
    """Runs the probe."""
    steady: dict[Way, Span] = {}
    made = throughput._sure

    def noting(direction: Way, rule: StopRule, timeline: Timeline, to_s: float | None = None) -> Estimate:
        found = made(direction, rule, timeline, to_s)
        steady[direction] = Span(found.steady_from_s, timeline.end_s if to_s is None else to_s)
        return found

    throughput._sure = noting
    try:
        return Measured(run_probe(discovered()["throughput"], system, task), steady)
    finally:
        throughput._sure = made


if __name__ == "__main__":
    ca_file, proxy = (argument or None for argument in sys.argv[2:4])
    print("ready", flush=True)
    sys.stdin.readline()
    told = measured(System(ca_file, proxy), msgspec.json.decode(sys.argv[1], type=Task))
    sys.stdout.buffer.write(msgspec.json.encode(told))
