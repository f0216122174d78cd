"""How long a thread waits for its turn, on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.system import clocks
from agent.system.clocks import Clocks

WAITS = """
from agent.system.clocks import Clocks
clocks = Clocks()
until_s = clocks.monotonic_s() + 30
while clocks.monotonic_s() < until_s and clocks.waited_for_processor_s() < 0.3:
    pass
computing_s = clocks.waited_for_processor_s()
clocks.sleep(1)
print(computing_s, clocks.waited_for_processor_s() - computing_s)
"""


@pytest.mark.skipif(not clocks.SCHEDULED.exists(), reason="only Linux tells")
def test_a_thread_waits_while_another_has_its_processor() -> None:
    """As long as both compute; one that sleeps waits for nothing."""
    one_processor = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0))), sys.executable, "-c"]
    other = subprocess.Popen([*one_processor, "while True: pass"])
    try:
        said = subprocess.run([*one_processor, WAITS], capture_output=True, text=True, check=True, timeout=60).stdout
    finally:
        other.kill()
        other.wait()
    computing_s, sleeping_s = map(float, said.split())
    assert computing_s >= 0.3
    assert sleeping_s < 0.5


def test_where_the_system_does_not_tell_how_long_a_thread_waited_nobody_knows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Windows, macOS, and a Linux without these figures."""
    for said in (None, ""):
        monkeypatch.setattr(clocks, "SCHEDULED", tmp_path / "schedstat")
        if said is not None:
            (tmp_path / "schedstat").write_text(said)
        assert Clocks().waited_for_processor_s() is None


@pytest.mark.parametrize(
    ("said", "expected_s"),
    [
        ("some avg10=41.49 avg60=74.71 avg300=78.18 total=22391720994\nfull avg10=0.00 total=0\n", 22391.720994),
        ("some avg10=0.00", None),
        ("some total=much", None),
        (None, None),
    ],
)
def test_how_long_any_task_of_the_machine_waited(
    said: str | None, expected_s: float | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By the kernel's own figure, where it keeps one."""
    monkeypatch.setattr(clocks, "PRESSURE", tmp_path / "cpu")
    if said is not None:
        (tmp_path / "cpu").write_text(said)
    assert Clocks().processor_pressure_s() == expected_s
