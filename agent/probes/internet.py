"""How much comes through from the public internet, where the policy allows to ask: speedtest-cli, a child process.

Beside `throughput`, which ends at the own measurement point, so that "our line" and "the internet" can be told apart.
"""

from __future__ import annotations

import random

import msgspec

from agent.internet.backoff import BackingOff
from agent.internet.outcome import InternetOutcome, Orders
from agent.measuring.contract import Probe, ProbeFailureError, ProbeReading, ProbeUnsupportedError, Task
from agent.protocol.facts import FactSpec
from agent.system.machine import System
from agent.system.programs import CommandFailedError
from agent.system.relaunch import own_command

_CHILD_SPARE_S = 3.0
"""For starting the child and for hearing its last words, out of the probe's deadline."""


def read(system: System, task: Task) -> ProbeReading:
    """Runs one test, unless a server refused us lately. Raises ProbeFailureError with the child's code."""
    if task.internet is None:
        raise ProbeUnsupportedError("internet_not_allowed", "the policy allows no test towards the public internet")
    if task.folder is None:
        raise ProbeFailureError("no_data_folder", "there is nowhere to remember a refusal, so nobody is asked")
    backing_off = BackingOff(task.folder)
    until = backing_off.until(system.now())
    if until is not None:
        raise ProbeFailureError("internet_backing_off", f"refused before; not asked again before {until.isoformat()}")
    limits = task.internet
    outcome = _child_says(system, Orders(seconds_left(task), limits.max_memory_mib, limits.server_url))
    if outcome.code == "internet_refused":
        backing_off.refused(system.now(), outcome.retry_after_s, random.random())
    if outcome.code is not None:
        raise ProbeFailureError(outcome.code, outcome.detail)
    backing_off.welcome()
    return reading(outcome)


def seconds_left(task: Task) -> float:
    """How long the child may take: within the policy's bound, the probe's deadline and the lease of the line."""
    bounds = [task.deadline_s - _CHILD_SPARE_S]
    if task.internet is not None:
        bounds.append(task.internet.max_seconds)
    if task.lease is not None:
        bounds.append(task.lease.valid_s - _CHILD_SPARE_S)
    if min(bounds) <= 0:
        raise ProbeFailureError("internet_too_slow", "no time was left to begin")
    return min(bounds)


def _child_says(system: System, orders: Orders) -> InternetOutcome:
    command = [*own_command(), "internet-child", msgspec.json.encode(orders).decode()]
    try:
        said = system.output_of(command, orders.max_seconds + _CHILD_SPARE_S)
        return msgspec.json.decode(said, type=InternetOutcome)
    except CommandFailedError as error:
        raise ProbeFailureError("internet_child_died", str(error)) from error
    except msgspec.DecodeError as error:
        raise ProbeFailureError("internet_child_died", "its last words can't be read") from error


def reading(outcome: InternetOutcome) -> ProbeReading:
    """The facts of a test that came to its end."""
    return ProbeReading(
        {
            "down_mbit_s": round(outcome.down_mbit_s, 3),
            "up_mbit_s": round(outcome.up_mbit_s, 3),
            "down_bytes": outcome.down_bytes,
            "up_bytes": outcome.up_bytes,
            "rtt_ms": None if outcome.rtt_ms is None else round(outcome.rtt_ms, 3),
            "server_host": outcome.server_host,
        },
        {"rtt_ms": "no_answer"} if outcome.rtt_ms is None else {},
    )


_MBIT_S_MAX = 1_000_000
_BYTES_MAX = 1_099_511_627_776
PROBE = Probe(
    name="internet",
    version=1,
    about="network",
    counts_late=True,  # its lease is from the school
    read=read,
    loads_line=True,
    needs_policy=True,
    facts=(
        FactSpec("down_mbit_s", "float", "Mbit/s", "from a server on the public internet", 0, _MBIT_S_MAX),
        FactSpec(
            "up_mbit_s",
            "float",
            "Mbit/s",
            "to a server on the public internet; counted by the sender, buffers and all, so less to be trusted",
            0,
            _MBIT_S_MAX,
        ),
        FactSpec("down_bytes", "int", "bytes", "data that the download cost", 0, _BYTES_MAX),
        FactSpec("up_bytes", "int", "bytes", "data that the upload cost", 0, _BYTES_MAX),
        FactSpec("rtt_ms", "float", "ms", "mean round trip to that server", 0, 60_000),
        FactSpec("server_host", "str", "", "the server on the public internet"),
    ),
)
