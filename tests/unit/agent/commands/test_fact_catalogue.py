"""The catalogue that the collector holds is the one that the probes give."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from agent.commands.fact_catalogue import catalogue
from agent.probes import discovered
from agent.protocol.facts import FactSpec, FactType
from agent.protocol.wire import FactValue

COMMITTED = Path(__file__).parents[4] / "collector" / "facts" / "facts.json"


def test_the_committed_catalogue_is_current() -> None:
    """Else: python -m agent.commands.fact_catalogue > collector/facts/facts.json."""
    assert COMMITTED.read_text(encoding="utf-8") == catalogue(discovered())


def test_every_fact_is_explained() -> None:
    """A help text is a phrase without a full stop."""
    for declared in msgspec.json.decode(catalogue(discovered()))["probes"].values():
        for spec in declared["facts"]:
            assert spec["help"], spec
            assert not spec["help"].endswith(".")


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("str", ["", "x", None], [1, True, 1.5]),
        ("bool", [True, False, None], [0, 1, "true"]),
        ("int", [0, 100, None], [1.0, True, "1", -1, 101]),
        ("float", [0, 0.5, 100.0, None], [True, "1", -0.1, 100.1]),
    ],
)
def test_what_a_fact_accepts(kind: FactType, good: list[FactValue], bad: list[FactValue]) -> None:
    """Type and bounds; None is "not known" and always allowed."""
    spec = FactSpec("x", kind, "", "x", 0, 100)
    assert [value for value in good if not spec.accepts(value)] == []
    assert [value for value in bad if spec.accepts(value)] == []
