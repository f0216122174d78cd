"""Units that are words are said in the reader's language; symbols stand as they are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import yaml

import collector.readiness
from collector.i18n.formatting import BARE, quantity, unit_in_words
from collector.i18n.messages import LANGUAGES, sentences
from collector.readiness.domain.figures import GAVE_WAY, NEWEST_DAYS

CORE = Path(collector.readiness.__file__).parent
PROFILES = Path(__file__).parents[4] / "config" / "profiles"
STEPS = {"computed", "measured", "configured"}
SYMBOLS = {"Mbit/s", "Mbyte", "MiB", "ms", "µs", "s", "dB", "dBm", "%", "px", "date"}


def units_of_steps() -> Iterator[str]:
    """Each unit that is written out beside a number on the way to a finding."""
    for path in CORE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[_, _, ast.Constant(value=str(unit)), *_]) if name in STEPS:
                    yield unit


def units_of_profiles() -> Iterator[str]:
    for path in PROFILES.glob("*.yaml"):
        told = yaml.safe_load(path.read_text("utf-8"))
        figures = [*told.get("capacity", {}).values(), *told.get("evidence", {}).values(), *told["requirements"]]
        yield from (str(one["unit"]) for one in figures if one is not None and "unit" in one)


def test_every_unit_is_a_symbol_or_has_words() -> None:
    built_in = {GAVE_WAY.unit, NEWEST_DAYS.unit}
    units = {*built_in, *units_of_steps(), *units_of_profiles()} - BARE - SYMBOLS
    assert {"days", "hours", "pupils", "places"} <= units
    for language in LANGUAGES:
        assert [unit for unit in sorted(units) if f"page_unit_{unit}" not in sentences(language)] == []
    assert unit_in_words("school days", "2", "sv") == "skoldagar"


def test_a_unit_counts_its_value() -> None:
    """As the reader sees it."""
    assert [quantity(value, "devices", "sv") for value in (0, 1, 2)] == [
        "0\u00a0enheter",
        "1\u00a0enhet",
        "2\u00a0enheter",
    ]
    assert [quantity(value, "hours", "en") for value in (1.0, 1.5)] == ["1\u00a0hour", "1.5\u00a0hours"]
    assert quantity(1, "Mbit/s", "sv") == "1\u00a0Mbit/s"
