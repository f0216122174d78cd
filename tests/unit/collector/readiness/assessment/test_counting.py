"""Counting devices when some of them have not said what they are like."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.assessment.counting import DeviceCount, needed_devices, tally
from collector.readiness.domain.model import Status
from collector.readiness.domain.verdicts import BADNESS
from collector.readiness.evidence.compliance import Fulfilment
from collector.readiness.evidence.index import index_evidence
from tests.support.judging import assess_alone
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    device,
    evidence,
    memory,
    profile,
    requirement,
    school,
    sitting,
    supervised,
)

COUNTS = st.integers(0, 40)


def counted(*, ok: int = 0, risky: int = 0, failed: int = 0, unknown: int = 0, unseen: int = 0) -> DeviceCount:
    """Against 20 pupils and two spares."""
    return DeviceCount(ok, risky, failed, unknown, unseen, reported=ok + risky + failed, pupils=20, need=22)


@pytest.mark.parametrize(
    ("count", "status"),
    [
        (counted(ok=22), Status.READY),
        (counted(ok=22, failed=50, unknown=50), Status.READY),
        (counted(ok=21), Status.AT_RISK),
        (counted(ok=20, failed=9), Status.AT_RISK),
        (counted(ok=19), Status.NOT_READY),
        (counted(ok=19, risky=1), Status.AT_RISK),
        (counted(risky=22), Status.AT_RISK),
        (counted(ok=21, unknown=1), Status.UNKNOWN),
        (counted(ok=20, unknown=1), Status.AT_RISK),
        (counted(ok=19, unknown=1), Status.UNKNOWN),
        (counted(ok=18, unknown=1, failed=10), Status.NOT_READY),
        (counted(ok=1, unseen=22), Status.UNKNOWN),
        (counted(), Status.NOT_READY),
    ],
)
def test_status_of_a_count(count: DeviceCount, status: Status) -> None:
    """Unknown exactly where what is not known could change the answer."""
    assert count.status() is status


@given(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
def test_unknown_devices_never_make_it_ready(ok: int, risky: int, failed: int, unknown: int, unseen: int) -> None:
    """Ready only by devices that are known to be in order."""
    count = counted(ok=ok, risky=risky, failed=failed, unknown=unknown, unseen=unseen)
    assert (count.status() is Status.READY) == (ok >= 22)


@given(COUNTS, COUNTS, COUNTS, st.integers(1, 5))
def test_one_more_good_device_is_never_worse(ok: int, risky: int, failed: int, more: int) -> None:
    """With nothing unknown, the status only improves."""
    before = counted(ok=ok, risky=risky, failed=failed).status()
    after = counted(ok=ok + more, risky=risky, failed=failed).status()
    assert BADNESS[after] <= BADNESS[before]


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_what_unknown_turns_out_to_be_was_possible(ok: int, failed: int, unknown: int, good: int) -> None:
    """Resolving unknown devices never contradicts a known status."""
    before = counted(ok=ok, failed=failed, unknown=unknown).status()
    good = min(good, unknown)
    after = counted(ok=ok + good, failed=failed + unknown - good).status()
    assert before is Status.UNKNOWN or after is before


@pytest.mark.parametrize(
    ("pupils", "spare", "need"), [(20, 0.05, 21), (20, 0.1, 22), (52, 0.05, 55), (10, 0.0, 10), (1, 0.01, 2)]
)
def test_spares_are_rounded_up(pupils: int, spare: float, need: int) -> None:
    """20 % of 10 is 2 and not 3, whatever floating point thinks."""
    case = assess_alone(
        sitting(pupils=pupils),
        school(),
        profile(capacity={"spare_share": spare}),
        index_evidence(evidence([]), NOW),
        RELEASES,
    )
    assert needed_devices(case) == need


@pytest.mark.parametrize(("owned", "enrolled", "unseen"), [(None, 3, 11), (None, 11, 0), (40, 3, 37), (2, 3, 0)])
def test_unseen_devices(owned: int | None, enrolled: int, unseen: int) -> None:
    """What the school owns beyond the enrolled; where it has not said, as many as needed until enough are enrolled."""
    devices = [device(number) for number in range(enrolled)]
    observed = index_evidence(evidence([memory(0, 4096)], devices), NOW)
    case = assess_alone(sitting(pupils=10), school(devices=owned), profile(), observed, RELEASES)
    outcomes = {str(number): Fulfilment.UNKNOWN for number in range(enrolled)}
    count = tally(case, outcomes | {"0": Fulfilment.OK})
    assert (count.need, count.unseen, count.known, count.reported) == (11, unseen, enrolled, 1)
    assert count.missing == 10


def test_a_browser_that_may_come_twice_is_not_counted() -> None:
    """Not among those in order, not among those that could be, not among those that reported."""
    memory_rule = requirement()
    ones = [device(1), *(msgspec.structs.replace(device(n), kind="web_once") for n in range(2, 30))]
    ones.append(msgspec.structs.replace(device(30), kind="web"))
    seen = index_evidence(evidence([memory(1, 8192), *supervised(*(memory(n, 8192) for n in range(2, 31)))], ones), NOW)
    case = assess_alone(sitting(pupils=10), school(devices=12), profile(memory_rule), seen, RELEASES)
    answers = case.answers[memory_rule.id]
    count = tally(case, {device: one.outcome for device, one in answers.items()})
    assert set(answers) == {"1", "30"}
    assert (count.ok + count.ok_in_turn, count.unknown, count.reported) == (2, 0, 2)
    assert count.unseen == 11, "the browser may be at the machine that has the agent"


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_what_is_not_required_is_known_to_be_bad_sooner(ok: int, risky: int, failed: int, unknown: int) -> None:
    """It puts a sitting at risk at most, so that it is not known how bad it is does not make it unknown."""
    count = counted(ok=ok, risky=risky, failed=failed, unknown=unknown)
    required, recommended = count.status(), count.status("recommended")
    assert (recommended is Status.READY) == (required is Status.READY)
    assert (recommended is Status.UNKNOWN) == (ok < 22 <= ok + unknown)
