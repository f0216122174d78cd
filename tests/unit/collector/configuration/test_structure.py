"""Reading YAML along a type: what is accepted, and that every complaint points at the line where the fault stands."""

from __future__ import annotations

import re
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from collector.configuration.document import compose, line_of
from collector.configuration.problems import ConfigurationErrors, DocumentPath
from collector.configuration.structure import read
from collector.readiness.domain.model import Release, Releases


class Room(msgspec.Struct, frozen=True):
    """A part with a bound, a choice and defaults."""

    id: str
    seats: Annotated[int, msgspec.Meta(ge=0, le=500)] = 0
    kind: Literal["hall", "classroom"] = "classroom"
    open: bool = True


class Site(msgspec.Struct, frozen=True):
    """A whole document."""

    name: str
    rooms: list[Room] = []
    limit: int | float | str | bool | list[str] | None = None
    speeds: dict[str, float] = {}


def read_text(text: str, kind: type[Any] = Site) -> Any:
    """What `text` is read as."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.yaml"
        path.write_text(text, encoding="utf-8")
        return read(path, kind).value


def complaints(text: str, kind: type[Any] = Site) -> list[tuple[int | None, str]]:
    """Line and code of everything that is wrong with `text`."""
    with pytest.raises(ConfigurationErrors) as raised:
        read_text(text, kind)
    return [(error.line, error.message.code) for error in raised.value]


def test_numbers_are_accepted_where_text_belongs() -> None:
    """A grade `9`, a school code with a leading zero and a room called `no` mean what they look like."""
    site = read_text("name: 09000001\nrooms: [{id: 9}, {id: no}, {id: 1.10}, {id: true}, {id: '12'}]\n")
    assert site.name == "09000001"
    assert [room.id for room in site.rooms] == ["9", "no", "1.10", "true", "12"]


def test_quoted_stays_text_where_both_are_allowed() -> None:
    """`value: 9` in a requirement is a number and `value: "9"` is not."""
    assert read_text("name: x\nlimit: 9").limit == 9
    assert read_text("name: x\nlimit: '9'").limit == "9"
    assert read_text("name: x\nlimit: [9, no]").limit == ["9", "no"]
    assert read_text("name: x\nlimit:").limit is None


def test_defaults_hold_for_what_is_left_out() -> None:
    """And the list that is a default is not shared."""
    assert read_text("name: x") == Site("x", [], None, {})
    assert read_text("name: x\nspeeds: {a: 1, b: 2.5}").speeds == {"a": 1.0, "b": 2.5}


def test_anchors_may_be_used() -> None:
    """YAML's own way of not repeating oneself."""
    assert read_text("name: &n Ek\nrooms: [{id: *n}]").rooms == [Room("Ek")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: x\nrooms:\n  - id: a\n    seats: 501\n", [(4, "config_above_maximum")]),
        ("name: x\nrooms:\n  - id: a\n    kind: hal\n", [(4, "config_unknown_choice_near")]),
        ("name: x\nrooms:\n  - id: a\n    open: ja\n", [(4, "config_expected_true_or_false")]),
        ("name: x\nrooms:\n  - a\n", [(3, "config_expected_group")]),
        ("name: x\nrooms: {id: a}\n", [(2, "config_expected_list")]),
        ("name: x\nspeeds: {a: fast}\n", [(2, "config_expected_number")]),
        ("name: x\nspeeds: {a: .inf}\n", [(2, "config_expected_number")]),
        ("name: x\n<<: {rooms: []}\n", [(2, "config_unknown_key")]),
        ("name: x\n? [a, b]\n: c\n", [(2, "config_unknown_key")]),
        ("name: x\nlimit: !!python/name:os.system ''\n", [(2, "config_unknown_tag")]),
        ("- name: x\n", [(1, "config_expected_group")]),
        ("name: x\n---\nname: y\n", [(2, "config_bad_yaml")]),
        ("rooms: []\n", [(1, "config_missing_key")]),
        (
            "rooms:\n  - seats: many\n    size: 3\nsepeds: 1\n",
            [
                (1, "config_missing_key"),
                (2, "config_missing_key"),
                (2, "config_expected_whole_number"),
                (3, "config_unknown_key"),
                (4, "config_unknown_key_near"),
            ],
        ),
    ],
)
def test_complaints(text: str, expected: list[tuple[int, str]]) -> None:
    """All of them, each on its line."""
    assert sorted(complaints(text)) == sorted(expected)


def test_python_tags_run_nothing(tmp_path: Path) -> None:
    """The safe loader composes a tree and never builds an object."""
    target = tmp_path / "ran"
    assert complaints(f"name: !!python/object/apply:pathlib.Path.touch [{target}]\n")
    assert not target.exists()


def test_dates_and_nested_parts() -> None:
    """The real types, from text to frozen values."""
    text = "as_of: 2026-11-12\nsource: x\nproducts: {safari: [{version: 18.4, released: 2025-03-31}]}\n"
    assert read_text(text, Releases) == Releases(
        date(2026, 11, 12), "x", {"safari": [Release("18.4", date(2025, 3, 31))]}
    )


# --- a place maps to the line where it stands, whatever the document ------------------------------------------------

names = st.text(alphabet="abcdefghij", min_size=1, max_size=6)
leaves = st.one_of(st.integers(), st.booleans(), st.text(max_size=20), st.none())
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4), st.dictionaries(names, inner, min_size=1, max_size=4)
    ),
    max_leaves=20,
)


def places(tree: object, place: DocumentPath = ()) -> list[DocumentPath]:
    """Every place in a tree of lists and mappings."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(tree, dict):
        inner = list(tree.items())
    elif isinstance(tree, list):
        inner = list(enumerate(tree))
    return [place, *(found for step, part in inner for found in places(part, (*place, step)))]


@given(st.dictionaries(names, trees, min_size=1, max_size=4), st.integers(0, 5), st.data())
def test_a_place_maps_to_its_line(tree: dict[str, object], comments: int, data: st.DataObject) -> None:
    """The text from the mapped line on begins with that very key or list entry."""
    text = "# a comment\n" * comments + yaml.safe_dump(tree, default_flow_style=False)
    place = data.draw(st.sampled_from([place for place in places(tree) if place]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tree.yaml"
        path.write_text(text, encoding="utf-8")
        line = text.split("\n")[line_of(compose(path), place) - 1]
    beginning = line.lstrip(" -?")
    if isinstance(place[-1], str):
        assert re.match(rf"'?{place[-1]}'?:", beginning)
    else:
        assert "- " in line.removesuffix(beginning)


@given(st.dictionaries(names, trees, min_size=1, max_size=4), st.data())
def test_a_place_that_is_missing_maps_to_what_surrounds_it(tree: dict[str, object], data: st.DataObject) -> None:
    """Something left out is told where it belongs."""
    text = yaml.safe_dump(tree, default_flow_style=False)
    place = data.draw(st.sampled_from(places(tree)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tree.yaml"
        path.write_text(text, encoding="utf-8")
        root = compose(path)
    assert line_of(root, (*place, "not there")) == line_of(root, place)
    assert line_of(root, (*place, 99, "nor there")) == line_of(root, place)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=12), st.data())
def test_a_wrong_value_is_told_on_its_own_line(seats: list[int], data: st.DataObject) -> None:
    """Whatever surrounds it: break one value of many, and exactly that line is named."""
    broken = data.draw(st.integers(0, len(seats) - 1))
    lines = ["name: Ek", "rooms:"]
    for index, count in enumerate(seats):
        lines += ["  # a room", f"  - id: r{index}", f"    seats: {'many' if index == broken else count}"]
    assert complaints("\n".join(lines)) == [(2 + 3 * (broken + 1), "config_expected_whole_number")]
