"""A probe that the simulation says nothing of is drawn from what it declares, and disturbs no other."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol.facts import Declaration, FactSpec
from collector.facts.catalogue import DECLARED, PLANNABLE
from collector.simulate import any_probe, probes, results
from collector.simulate.history import measure
from collector.simulate.probe import Moment
from collector.simulate.probes import in_turn
from tests.unit.collector.simulate.sample import NOW, pupils_machine, school_with

NEW = Declaration(
    version=3,
    about="network",
    plan=PLANNABLE["wifi"].plan,
    facts=(
        FactSpec("delay_ms", "float", "ms", "some delay", 0, 60_000),
        FactSpec("hops_count", "int", "hops", "some hops", 1, 64),
        FactSpec("answered", "bool", "", "whether it answered"),
        FactSpec("server_version", "str", "", "its version"),
    ),
)


@pytest.mark.parametrize("name", DECLARED)
@given(seed=st.integers())
def test_values_are_such_as_a_report_may_hold(name: str, seed: int) -> None:
    """Every fact of every probe, whatever the chance."""
    school = school_with("none")
    simulated = any_probe.by_declaration(name, DECLARED[name])
    drawn = simulated.draw(Moment(school, pupils_machine(school), 0.5, random.Random(seed)))
    assert list(drawn) == [spec.name for spec in DECLARED[name].facts]
    assert [spec.name for spec in DECLARED[name].facts if not spec.accepts(drawn[spec.name])] == []


def test_a_new_probe_is_simulated_and_leaves_the_others_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its results come after theirs, from a source of chance of their own."""
    school = school_with("none")
    before = measure(school, pupils_machine(school), seed=7, at=NOW)
    known = {**PLANNABLE, "new": NEW}
    monkeypatch.setattr(probes, "PLANNABLE", known)
    monkeypatch.setattr(results, "PLANNABLE", known)
    probes.latecomers.cache_clear()
    try:
        after = measure(school, pupils_machine(school), seed=7, at=NOW)
    finally:
        probes.latecomers.cache_clear()
    assert after.results[:-1] == before.results
    assert (after.results[-1].probe, after.results[-1].version, after.results[-1].status) == ("new", 3, "ok")
    assert after.results[-1].facts.keys() == {spec.name for spec in NEW.facts}


def test_what_is_about_the_device_stays_as_it_is() -> None:
    """So that a store need not grow."""
    school = school_with("none")
    simulated = any_probe.by_declaration("device", DECLARED["device"])
    drawn = [simulated.draw(Moment(school, pupils_machine(school), 0.5, random.Random(number))) for number in range(5)]
    assert all(one == drawn[0] for one in drawn)


def test_one_file_is_one_probe_and_turns_are_unlike() -> None:
    """Files are of probes that there are; two in one turn would draw in no order."""
    turns = [probe.turn for probe in in_turn().values()]
    assert len(set(turns)) == len(turns)
    assert in_turn().keys() <= PLANNABLE.keys()
