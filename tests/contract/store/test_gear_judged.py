"""What was stored of a line is judged as what was counted: nothing that matters is left out on the way."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from collector.judgement.service import window
from collector.readiness.domain.model import Finding
from collector.store.gear import GearReading, PortCount
from collector.store.store import Store
from tests.support.judging import judge_alone
from tests.unit.collector.readiness.cases import NOW, RELEASES, SCHOOL, evidence, school, step
from tests.unit.collector.readiness.line.test_background import DOWN, NINETY, down, line_tests, rules, thursdays


def test_the_finding_is_the_same(store: Store) -> None:
    """Six weeks back, over the end of summer time, with the runs of the last day; a busy Thursday decides."""
    counted, runs = line_tests()
    weeks = thursdays(lambda at: 20.25 if at.month == 10 else 12.5)
    near = {one.at + timedelta(minutes=minutes) for one in counted for minutes in range(-2, 3)}
    loads = [*(one for one in weeks if not any(abs(one.at - at) < timedelta(minutes=1) for at in near)), *counted]
    store.name_gear({(SCHOOL, "router"): True}, NOW - timedelta(days=60))
    port = PortCount(1000, is_up=True, packets_count=10)
    store.save_gear([GearReading("router", SCHOOL, one.at, load=one, port=port) for one in loads])
    profile = rules(DOWN)
    read = store.evidence(SCHOOL, NOW, NOW - window([profile]))
    seen = msgspec.structs.replace(evidence(runs), uplink=read.uplink, uplink_ports=read.uplink_ports)
    stored: Finding = judge_alone(NINETY, school(), profile, seen, RELEASES, NOW).findings[0]
    direct = down(loads, runs)
    assert (stored.status, stored.why.code) == (direct.status, direct.why.code)
    assert step(stored, "step_background") == 20.25
    assert stored.headroom == pytest.approx(direct.headroom, abs=0.001)
    assert read.uplink_ports[0].packets_count == 10 * len(loads)


def test_the_window_reaches_as_far_as_the_background() -> None:
    """Else counters would be read that nobody can tell from tests, as the runs of then are not."""
    assert window([rules()]) >= timedelta(days=42)
    assert window([rules(days=90)]) >= timedelta(days=90)
