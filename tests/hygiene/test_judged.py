"""Law 1: every fact of the catalogue and every kind of rung is judged by a shipped profile, or there is a reason."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import yaml

from agent.protocol.wire import RungKind
from collector.facts.catalogue import FACTS
from collector.readiness.derived import DERIVED_FACTS
from collector.readiness.domain.figures import SESSION_RTT, kind_end
from collector.readiness.evidence.known import KNOWN_FACTS
from collector.readiness.path.rungs import rung_fact
from collector.readiness.rooms import ROOM_FACT_UNITS
from tests.hygiene.modules import ROOT

CORE = ROOT / "collector/readiness"
WORDS_OF_A_REASON = 5


@lru_cache(maxsize=1)
def written() -> dict[str, Any]:
    """The data file."""
    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "judged.yaml").read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def named() -> frozenset[str]:
    """Every fact that a requirement of a shipped profile names."""
    return frozenset(_named())


def _named() -> Iterator[str]:
    for path in sorted((ROOT / "config/profiles").glob("*.yaml")):
        for requirement in yaml.safe_load(path.read_text(encoding="utf-8")).get("requirements", []):
            fact = requirement.get("fact", [])
            yield from [fact] if isinstance(fact, str) else fact


def not_judged() -> list[str]:
    """Every fact for which there is a reason."""
    return [fact for entry in written()["not_judged"] for fact in entry["facts"]]


def test_every_fact_is_judged_or_there_is_a_reason() -> None:
    """In exactly one of the three ways."""
    ways = [named(), written()["judged_through"].keys(), not_judged()]
    facts = {**FACTS, **KNOWN_FACTS, **DERIVED_FACTS, **ROOM_FACT_UNITS}
    assert {fact: [fact in way for way in ways] for fact in facts if sum(fact in way for way in ways) != 1} == {}


def test_every_kind_of_rung_is_judged_or_there_is_a_reason() -> None:
    """A rung that is climbed and read by no rule is a defect."""
    reasons = {entry["kind"] for entry in written()["rungs_not_judged"]}
    judged = {kind for kind in get_args(RungKind) if rung_fact(kind) in named()}
    assert judged | reasons == set(get_args(RungKind))
    assert judged & reasons == set()


def test_what_is_listed_exists_and_is_listed_once() -> None:
    """A fact that was renamed or is judged by now is struck off."""
    listed = [*written()["judged_through"], *not_judged()]
    assert [fact for fact in listed if fact not in FACTS or listed.count(fact) > 1] == []


def test_what_judges_is_itself_judged_and_reads_it() -> None:
    """The fact behind stands in a profile, and the core has the name of what it is said to read."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted(CORE.rglob("*.py")))
    for fact, through in written()["judged_through"].items():
        assert set(through) <= named(), fact
        assert f'"{fact.partition(".")[2]}"' in source, fact


def test_what_profiles_ask_of_what_wavers_is_told_of_every_reading() -> None:
    """What a shipped profile compares with is an edge of the fact's levels, by the same operator: of readings that are
    not kept, the one that is kept says the same.
    """
    assert [asked for asked in _asked_of_what_wavers() if not _is_edge(*asked)] == []
    assert {"wifi.signal_dbm", "latency.rtt_p95_ms"} <= {fact for fact, _, _ in _asked_of_what_wavers()}


def _asked_of_what_wavers() -> Iterator[tuple[str, str, float]]:
    """The fact, the operator, and each value."""
    for path in sorted((ROOT / "config/profiles").glob("*.yaml")):
        for asked in yaml.safe_load(path.read_text(encoding="utf-8")).get("requirements", []):
            for fact in _read_by(asked.get("fact", [])):
                values = [asked[key] for key in ("value", "at_risk_value") if asked.get(key) is not None]
                yield from ((fact, asked["operator"], value) for value in values if FACTS[fact].levels is not None)
    for value in (SESSION_RTT.value, kind_end(SESSION_RTT)):
        yield "latency.rtt_p95_ms", "at_most", value


def _read_by(asked: str | list[str]) -> Iterator[str]:
    """The facts of devices behind what a requirement names."""
    names = [asked] if isinstance(asked, str) else asked
    yield from (fact for fact in names if fact in FACTS)
    yield from (fact for fact, through in written()["judged_through"].items() if set(through) & set(names))


def _is_edge(fact: str, operator: str, value: float) -> bool:
    levels = FACTS[fact].levels
    return levels is not None and levels.operator == operator and value in levels.edges


def test_every_reason_is_a_reason() -> None:
    """More than a word."""
    reasons = [entry["reason"] for key in ("not_judged", "rungs_not_judged") for entry in written()[key]]
    assert [reason for reason in reasons if len(reason.split()) < WORDS_OF_A_REASON] == []
