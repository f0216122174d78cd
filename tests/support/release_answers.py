"""What publishers of browsers answered, as recorded beside the tests of their sources."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from collector.releases.published import Published
from collector.releases.sources import understood

ANSWERS = Path(__file__).parents[1] / "unit/collector/releases/sources/answers"
TODAY = date(2026, 11, 21)


def recorded(source: str) -> bytes:
    """The answer of a source, by the name of its file."""
    return (ANSWERS / f"{source}.json").read_bytes()


def answer(source: str) -> Published:
    """What is understood of a recorded answer."""
    return understood(f"https://example.org/{source}", recorded(source), TODAY)
