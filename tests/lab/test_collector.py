"""Real agents on the school's clients reach the real collector over the line, and only over it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lab import breakages
from tests.lab.box import SchoolBox
from tests.lab.collector import Device, LabCollector
from tests.support.collectors import ROOM, SCHOOL

pytestmark = pytest.mark.xdist_group("lab")  # measures nothing, so it may run beside other tests


@pytest.fixture(scope="module")
def box() -> Iterator[SchoolBox]:
    with SchoolBox(50, 20, delay_ms=10, clients=2) as box:
        box.start_services()
        yield box


@pytest.fixture(scope="module")
def collector(box: SchoolBox, tmp_path_factory: pytest.TempPathFactory) -> LabCollector:
    collector = LabCollector(box, tmp_path_factory.mktemp("collector"))
    collector.hurry()
    collector.start()
    return collector


def test_an_agent_enrolls_measures_and_reports_over_the_line(box: SchoolBox, collector: LabCollector) -> None:
    collector.enroll(box.clients[0])
    done = collector.agent(box.clients[0], "once")
    assert done.returncode == 0, done.stderr
    (device,) = collector.until_devices(lambda devices: bool(devices and devices[0]["last_seen_at"]))
    assert (device["school"], device["room"], device["simulated"]) == (SCHOOL, ROOM, False)


def test_nothing_gets_past_a_silent_line(box: SchoolBox, collector: LabCollector) -> None:
    key = collector.place.key()
    with breakages.line_silent(box):
        assert collector.agent(box.clients[1], "enroll", key=key).returncode != 0
    assert collector.agent(box.clients[1], "enroll", key=key).returncode == 0


def test_an_agent_that_runs_is_seen_by_the_collector(box: SchoolBox, collector: LabCollector) -> None:
    seen_before = seen(collector.get("/api/v1/devices"))
    collector.enroll(box.clients[1])
    agent = collector.start_agent(box.clients[1])
    collector.until_devices(lambda devices: seen(devices) > seen_before, seconds=90)
    assert agent.poll() is None


def seen(devices: list[Device]) -> int:
    """How many of the devices have reported."""
    return sum(device["last_seen_at"] is not None for device in devices)
