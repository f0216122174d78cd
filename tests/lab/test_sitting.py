"""Nothing fills the line during a sitting at the school or in quiet hours: real agents would, and the router counts
what crosses the line meanwhile. Cheap probes go on.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.i18n.messages import Messages
from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.readiness.leases.scheduler import FIRST_TESTS
from collector.store.leases import NewLease
from tests.lab.box import SchoolBox
from tests.lab.collector import LabCollector
from tests.lab.line_counters import crossed
from tests.lab.namespaces import Namespace
from tests.support.collectors import SCHOOL

pytestmark = pytest.mark.xdist_group("lab")  # measures nothing, so it may run beside other tests

CHEAP_BYTES = 400_000
"""More than all cheap probes, reports and questions of the two agents take in such a test."""
FULL_TEST_BYTES = 2_000_000
"""Less than any full test of this line takes: a second at half its rate."""
ROUNDS = 2
"""How often each agent measures latency, and would measure throughput if it might."""

SITTING = """
  - id: bjork-prov-nu
    school: {school}
    test: Matematik
    year_group: 9
    pupils: 20
    rooms: [A101]
    starts_at: {starts_at:%Y-%m-%d %H:%M}
    minutes: 120
"""


@pytest.fixture
def box() -> Iterator[SchoolBox]:
    """A school with two machines."""
    with SchoolBox(50, 20, delay_ms=5, clients=2) as made:
        made.start_services()
        yield made


@pytest.fixture
def collector(box: SchoolBox, tmp_path: Path) -> LabCollector:
    """Not started: each test writes its calendar first."""
    made = LabCollector(box, tmp_path)
    made.hurry()
    return made


def sit_now(collector: LabCollector) -> None:
    """A sitting that began ten minutes ago stands in the calendar."""
    starts_at = datetime.now(SCHOOL_TIME) - timedelta(minutes=10)
    calendar = collector.place.config / "calendar.yaml"
    calendar.write_text(calendar.read_text() + SITTING.format(school=SCHOOL, starts_at=starts_at))


def agents_run(box: SchoolBox, collector: LabCollector) -> int:
    """Lets both agents run until each has measured latency `ROUNDS` times; the bytes that crossed the line."""
    before = crossed(box)
    agents = []
    for client in box.clients:
        collector.enroll(client)
        agents.append(collector.start_agent(client))
    collector.until_devices(lambda _: rounds(collector) >= ROUNDS, seconds=120)
    took = crossed(box).since(before).both
    for agent in agents:
        assert agent.poll() is None
        agent.send_signal(signal.SIGTERM)
        agent.wait(timeout=30)
    return took


def rounds(collector: LabCollector) -> int:
    """How often the device that reported least has measured latency by now."""
    counted: dict[str, int] = {}
    for one in collector.said("latency"):
        counted[one.device_id] = counted.get(one.device_id, 0) + one.count * (one.status == "ok")
    return min(counted.values()) if len(counted) == 2 else 0


def told(collector: LabCollector, client: Namespace, sentence: str) -> bool:
    """Whether that client's agent has said why it does not measure."""
    return Messages("sv").say(sentence) in collector.log_of(client).read_text()


def leases_given(collector: LabCollector) -> int:
    """How many leases there were in the last hour."""
    now = datetime.now(UTC)
    with collector.store() as store:
        return len(store.line_use(SCHOOL, "throughput", now - timedelta(hours=1), now).tests)


def test_nothing_fills_the_line_during_a_sitting(box: SchoolBox, collector: LabCollector) -> None:
    """Latency and the ladder go on. When the sitting has been held, the same machines measure the line."""
    sit_now(collector)
    collector.start()
    took = agents_run(box, collector)
    assert 0 < took < CHEAP_BYTES
    assert collector.said("ladder")
    assert (collector.said("throughput"), leases_given(collector)) == ([], 0)
    assert all(told(collector, client, "lease_sitting_in_progress") for client in box.clients)
    before = crossed(box)
    by_hand = collector.agent(box.clients[0], "once")
    assert by_hand.returncode == 0, by_hand.stderr
    assert crossed(box).since(before).both < CHEAP_BYTES
    assert leases_given(collector) == 0

    collector.reconfigure("calendar.yaml", "    minutes: 120\n", "    minutes: 120\n    held: true\n")
    before = crossed(box)
    done = collector.agent(box.clients[0], "once")
    assert done.returncode == 0, done.stderr
    assert crossed(box).since(before).both > FULL_TEST_BYTES
    (result,) = collector.said("throughput")
    assert result.status == "ok"


def test_nothing_fills_the_line_in_quiet_hours(box: SchoolBox, collector: LabCollector) -> None:
    """A school that had its first tests waits for its own hours. All hours of the day are quiet here."""
    quiet = "[{begins_at: 00:00, until: 12:00}, {begins_at: 12:00, until: 00:00}]"
    collector.place.replace("collector.yaml", "quiet_hours: []", f"quiet_hours: {quiet}")
    collector.start()
    with collector.store() as store:
        for number in range(FIRST_TESTS):
            at = datetime.now(UTC) - timedelta(days=1, hours=number)
            assert store.grant_lease(NewLease(f"{number}", SCHOOL, "d", "throughput", at, at), at)
    took = agents_run(box, collector)
    assert 0 < took < CHEAP_BYTES
    assert (collector.said("throughput"), leases_given(collector)) == ([], 0)
    assert all(told(collector, client, "lease_quiet_hours") for client in box.clients)
