"""Several real agents of one school want to measure its line at the same moment: they take turns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.box import SchoolBox
from tests.lab.collector import LabCollector
from tests.lab.line_counters import Stretch, Watch

pytestmark = pytest.mark.xdist_group("lab")  # measures nothing, so it may run beside other tests

CLIENTS = 3
FILLING_MBIT_S = 8
"""Far more than cheap probes take, and far less than a full test."""
LEAST_TURN_S = 2
"""Half of what the two directions take, on a machine that may be busy."""
TAIL_STRETCHES = 1
"""What still stands in the line's queue when a test has ended may arrive in the next one's first stretch."""


@pytest.fixture
def box() -> Iterator[SchoolBox]:
    """A school with three machines."""
    with SchoolBox(40, 40, delay_ms=5, clients=CLIENTS) as made:
        made.start_services()
        yield made


@pytest.fixture
def collector(box: SchoolBox, tmp_path: Path) -> LabCollector:
    """Tests of two seconds in each direction, however soon the estimate is good, so that they would meet."""
    made = LabCollector(box, tmp_path)
    made.place.replace("collector.yaml", "    max_seconds: 1\n", "    max_seconds: 2\n    precision: 0.0001\n")
    made.start()
    return made


def test_full_tests_of_one_line_never_overlap(box: SchoolBox, collector: LabCollector) -> None:
    """All are asked for at once and all are made, one after the other."""
    for client in box.clients:
        collector.enroll(client)
    with Watch(box) as watch:
        agents = [collector.start_command(client, "once") for client in box.clients]
        codes = [agent.wait(timeout=180) for agent in agents]
    assert codes == [0] * CLIENTS, [collector.log_of(client).read_text()[-2_000:] for client in box.clients]
    results = collector.said("throughput")
    assert [one.status for one in results] == ["ok"] * CLIENTS
    assert len({one.device_id for one in results}) == CLIENTS

    turns = turns_of(watch.stretches)
    assert sorted({client for client, _ in turns}) == list(range(CLIENTS))
    assert len(turns) == CLIENTS, f"somebody's test was interrupted by another's: {turns}"
    assert all(seconds > LEAST_TURN_S for _, seconds in turns), turns
    together = [one for one in watch.stretches if len(one.filled_by(FILLING_MBIT_S)) > 1]
    assert len(together) <= TAIL_STRETCHES * (CLIENTS - 1), together


def turns_of(stretches: list[Stretch]) -> list[tuple[int, float]]:
    """Who filled the line, turn by turn, and for how many seconds."""
    turns: list[tuple[int, float]] = []
    for one in stretches:
        filling = one.filled_by(FILLING_MBIT_S)
        if len(filling) != 1:
            continue
        (client,) = filling
        before_s = turns.pop()[1] if turns and turns[-1][0] == client else 0.0
        turns.append((client, before_s + one.end_s - one.start_s))
    return turns
