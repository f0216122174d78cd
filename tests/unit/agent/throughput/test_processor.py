"""Whether a device had time for a run: by figures, and on a processor that another really keeps busy."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from agent.system import clocks
from agent.throughput.processor import ProcessorUse, held_back

AT_REST = ProcessorUse(10.0, 1.0, 2.0, 3.0)

COMPUTES = """
from agent.system.machine import System
from agent.throughput.processor import held_back, processor_use
system = System()
before = processor_use(system)
while system.monotonic_s() < before.at_s + 20 and system.waited_for_processor_s() < before.waited_s + 0.3:
    pass
print(held_back(before, processor_use(system)))
"""


@pytest.mark.parametrize(
    ("used_s", "waited_s", "pressed_s", "expected"),
    [
        (0.5, 0.05, 0.1, False),
        (0.5, 0.2, 0.1, True),
        (0.5, 0.05, 0.5, True),
        (1.9, 0.05, 0.1, True),
        (0.5, None, 0.1, None),
        (0.5, None, 0.5, True),
        (1.9, None, None, True),
        (0.5, None, None, None),
        (0.5, 0.05, None, False),
    ],
)
def test_each_sign_is_enough_and_without_them_nobody_knows(
    used_s: float, waited_s: float | None, pressed_s: float | None, expected: bool | None
) -> None:
    """In two seconds: a thread that computed, one that waited, a machine on which anything did."""
    before = AT_REST._replace(
        waited_s=None if waited_s is None else AT_REST.waited_s,
        pressed_s=None if pressed_s is None else AT_REST.pressed_s,
    )
    after = ProcessorUse(
        12.0,
        1.0 + used_s,
        None if waited_s is None else 2.0 + waited_s,
        None if pressed_s is None else 3.0 + pressed_s,
    )
    assert held_back(before, after) is expected


def test_no_time_at_all_says_nothing() -> None:
    """A run that ended before it began to count."""
    assert held_back(AT_REST, AT_REST) is None


@pytest.mark.skipif(not clocks.SCHEDULED.exists(), reason="only Linux tells")
def test_a_processor_that_another_keeps_busy_holds_back() -> None:
    """A real busy loop beside it, on the one processor that both may use."""
    one_processor = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0))), sys.executable, "-c"]
    other = subprocess.Popen([*one_processor, "while True: pass"])
    try:
        said = subprocess.run([*one_processor, COMPUTES], capture_output=True, text=True, check=True, timeout=60).stdout
    finally:
        other.kill()
        other.wait()
    assert said == "True\n"
