"""Law 12: a rate counts as far as the measurement point counted it. What can not be is set aside, counted and shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.domain.model import CountedRun, DeviceKind, Observation, SetAsideSummary
from collector.readiness.evidence.index import EvidenceIndex, index_evidence
from collector.readiness.evidence.set_aside import counted_rate
from tests.unit.collector.readiness.cases import FRESH, NOW, PASS, device, evidence, judged, observation, on_school

RUN = "throughput"


def run(down: float = 90.0, up: float = 9.0, *, at: datetime = FRESH, status: str = "ok") -> Observation:
    """What device 1 says of a run, in a session."""
    facts = {"down_mbit_s": down, "up_mbit_s": up, "down_half_width_mbit_s": down / 50}
    return observation(1, RUN, facts if status == "ok" else {}, at=at, status=status, session=PASS)


def counted(
    down: float | None = 90.0, up: float | None = 9.0, *, at: datetime = FRESH, seconds: float = 4.0, of: str = "1"
) -> CountedRun:
    """What the measurement point saw of it."""
    return CountedRun(of, at, at + timedelta(seconds=10), seconds, 1, 1, down, up, PASS)


def index(one: Observation, *runs: CountedRun, kind: DeviceKind = "agent") -> EvidenceIndex:
    """Of an agent, unless told otherwise."""
    sender = msgspec.structs.replace(device(1), kind=kind)
    return index_evidence(msgspec.structs.replace(evidence([one], [sender]), counted=list(runs)), NOW)


def rates(laid_out: EvidenceIndex) -> list[tuple[object, object]]:
    """What is left of the runs."""
    return [(one.facts.get("down_mbit_s"), one.facts.get("up_mbit_s")) for one in laid_out.by_probe.get(RUN, [])]


def caught(laid_out: EvidenceIndex) -> list[tuple[str, str]]:
    """What is not, and why."""
    return [(one.fact, one.reason) for one in laid_out.set_aside]


def test_an_agents_word_stands_where_nobody_counted() -> None:
    """An older measurement point, or one that was started again meanwhile; in one direction too."""
    assert rates(index(run())) == [(90.0, 9.0)]
    assert rates(index(run(), counted(up=None))) == [(90.0, 9.0)]
    assert rates(index(run(), counted(down=20.0, of="2"))) == [(90.0, 9.0)]


@pytest.mark.parametrize(("down", "up"), [(81.0, 9.0), (90.0, 8.0), (20.0, 2.0)])
def test_an_agent_that_tells_more_than_was_counted_tells_of_another_run(down: float, up: float) -> None:
    """All of it is set aside: what is wrong one way is not believed the other way."""
    laid_out = index(run(), counted(down, up))
    assert rates(laid_out) == []
    assert {reason for _, reason in caught(laid_out)} == {"beyond_counted"}
    assert rates(index(run(), counted(82.0, 8.2))) == [(90.0, 9.0)]


def test_a_browsers_rate_counts_only_where_it_was_counted() -> None:
    """Whoever supervises it sees the pupils and not their numbers."""
    for runs in ([], [counted(up=None)], [counted(down=None)]):
        laid_out = index(run(), *runs, kind="web")
        assert (rates(laid_out), [reason for _, reason in caught(laid_out)]) == ([], ["not_counted"])
    assert rates(index(run(), counted(), kind="web")) == [(90.0, 9.0)]


def test_a_browsers_rate_counts_no_further_than_it_was_counted() -> None:
    """What is more is cut off, and how sure it is with it; far more is shown, too."""
    laid_out = index(run(900.0), counted(20.0), kind="web")
    [left] = laid_out.by_probe[RUN]
    assert left.facts == {"down_mbit_s": 20.0, "up_mbit_s": 9.0, "down_half_width_mbit_s": pytest.approx(0.4)}
    assert caught(laid_out) == [("down_mbit_s", "beyond_counted")]
    assert caught(index(run(92.0), counted(), kind="web")) == []


def test_a_run_that_failed_states_no_rate() -> None:
    """It stays what it is."""
    assert len(index(run(status="failed"), kind="web").by_probe[RUN]) == 1


@pytest.mark.parametrize(("minutes", "is_of"), [(-2, False), (-1, True), (0, True), (2, True), (4, False)])
def test_which_run_it_is(minutes: int, is_of: bool) -> None:
    """By its time, give or take what clocks and a run may."""
    laid_out = index(run(), counted(at=FRESH + timedelta(minutes=minutes)), kind="web")
    assert bool(rates(laid_out)) == is_of


def test_what_was_counted_later_is_not_known_yet() -> None:
    """As-of is exact: by when the count came in."""
    late = msgspec.structs.replace(counted(20.0), received_at=NOW + timedelta(seconds=1))
    assert rates(index(run(), late)) == [(90.0, 9.0)]


def test_several_processes_count_side_by_side() -> None:
    """What overlaps in time is added up, what follows is not."""
    first, beside = counted(50.0), counted(40.0, at=FRESH + timedelta(seconds=1))
    later = counted(70.0, at=FRESH + timedelta(seconds=30))
    assert counted_rate([first, beside, later], "down_mbit_s") == 90.0
    assert counted_rate([first, later], "down_mbit_s") == 70.0
    assert counted_rate([counted(None)], "down_mbit_s") is None


@given(
    st.lists(st.tuples(st.floats(0.1, 2_000), st.floats(0.1, 2_000)), min_size=1, max_size=5),
    st.floats(0.1, 200),
    st.floats(0.1, 200),
    st.sampled_from(["agent", "web"]),
)
def test_no_claim_lifts_the_line_above_what_was_counted(
    claims: Sequence[tuple[float, float]], down: float, up: float, kind: DeviceKind
) -> None:
    """Whatever is claimed of one counted run, and however often."""
    said = [run(*claim, at=FRESH + timedelta(seconds=number)) for number, claim in enumerate(claims)]
    sender = msgspec.structs.replace(device(1), kind=kind)
    known = msgspec.structs.replace(evidence(said, [sender]), counted=[counted(down, up)])
    for told_down, told_up in rates(index_evidence(known, NOW)):
        assert isinstance(told_down, float)
        assert isinstance(told_up, float)
        assert (told_down <= 1.1 * down, told_up <= 1.1 * up) == (True, True)


def test_a_verdict_says_what_was_set_aside() -> None:
    """How many, of how many devices, when last."""
    rules = [on_school("line.down_headroom", value=1.3, at_risk_value=1.0)]
    browser = msgspec.structs.replace(device(1), kind="web")
    said = [run(at=FRESH - timedelta(hours=1)), run(91.0)]
    verdict = judged(rules, said, devices=[browser])
    assert verdict.set_aside == [SetAsideSummary("not_counted", 2, 1, FRESH)]
    assert judged(rules, [run()], devices=[device(1)]).set_aside == []


CONTRACT = {"down_mbit_s": 100.0, "up_mbit_s": 100.0}


def told(rates: dict[int, float], *counts: CountedRun) -> EvidenceIndex:
    """Runs of agents on a line whose contract says 100, of which nobody counted any but these."""
    runs = [observation(of, RUN, {"down_mbit_s": rate, "up_mbit_s": 90.0}) for of, rate in rates.items()]
    seen = msgspec.structs.replace(evidence(runs), counted=list(counts), contract=CONTRACT)
    return index_evidence(seen, NOW)


def test_a_rate_far_above_the_contract_that_nobody_else_comes_near() -> None:
    """9 007 Mbit/s on a line of 100 was believed. A contract may be outdated: then a second machine says so."""
    assert caught(told({1: 9_007.0, 2: 95.0, 3: 80.0})) == [("down_mbit_s", "beyond_contract")]
    assert caught(told({1: 9_007.0})) == [("down_mbit_s", "beyond_contract")]
    assert caught(told({1: 290.0, 2: 20.0})) == []
    assert caught(told({1: 900.0, 2: 500.0})) == []
    assert caught(told({1: 900.0}, counted(890.0, 90.0))) == []
    assert caught(index(run(9_007.0))) == [], "where no contract is told"


def test_what_is_older_than_its_machine() -> None:
    """A browser that joined a moment ago was believed to have measured on nine of fourteen days."""
    joined = NOW - timedelta(hours=2)
    new = msgspec.structs.replace(device(1), enrolled_at=joined)
    old = observation(1, "device", {"memory_total_mib": 4096}, at=joined - timedelta(days=3))
    spans = msgspec.structs.replace(old, first_at=joined - timedelta(days=9), last_at=NOW - timedelta(hours=1))
    laid_out = index_evidence(evidence([old], [new]), NOW)
    assert (caught(laid_out), laid_out.by_probe) == ([("last_at", "before_enrolment")], {})
    [kept] = index_evidence(evidence([spans], [new]), NOW).by_probe["device"]
    assert (kept.first_at, kept.last_at) == (joined, spans.last_at)
    simulated = msgspec.structs.replace(new, simulated=True)
    assert caught(index_evidence(evidence([old], [simulated]), NOW)) == []
    near = observation(1, "device", {"memory_total_mib": 4096}, at=joined - timedelta(minutes=4))
    assert caught(index_evidence(evidence([near], [new]), NOW)) == []
