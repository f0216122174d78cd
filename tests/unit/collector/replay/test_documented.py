"""docs/replay.md names every kind and every field of lines, and its examples are taken."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import pytest

from collector.replay import lines
from collector.replay.lines import KINDS, ReplayLine, decoded_line
from tests.hygiene.modules import ROOT

DOCUMENT = (ROOT / "docs/replay.md").read_text("utf-8")
EXAMPLES = re.findall(r'^\{"received_at".*$', DOCUMENT, flags=re.MULTILINE)


def fields() -> Iterator[str]:
    """What every field of every line, and of what lines bring, is called in JSON."""
    for name, one in vars(lines).items():
        if isinstance(one, type) and one.__module__ == lines.__name__ and issubclass(one, msgspec.Struct):
            yield from (field.encode_name for field in msgspec.structs.fields(one) if not name.startswith("_"))


def test_every_kind_and_field_is_named() -> None:
    named = set(re.findall(r"`(\w+)`", DOCUMENT))
    assert {*fields(), *KINDS} - named == set()
    assert set(re.findall(r"^\| `(\w+)` \| `", DOCUMENT, flags=re.MULTILINE)) == set(KINDS)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: msgspec.json.decode(text)["kind"])
def test_examples_can_be_read(example: str) -> None:
    assert isinstance(decoded_line(example.encode()), ReplayLine)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 7
