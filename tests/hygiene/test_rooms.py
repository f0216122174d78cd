"""The plan of the house holds: every module has a room, and every import goes along a declared arrow, downwards."""

from __future__ import annotations

import ast
import re
import sys
from graphlib import TopologicalSorter

from tests.hygiene.modules import ROOT, imports, modules, tree, within
from tests.hygiene.rooms import DOCUMENT, room_of, rooms, written

LOOSE = {"collector": {"app", "cli", "clock", "version"}, "agent": {"app", "cli", "version"}}
"""Modules that may lie at the top of a package; all others lie in a room."""

IMPURE = {"asyncio", "logging", "os", "pathlib", "random", "socket", "sqlite3", "subprocess", "threading", "time"}
ASKS_THE_TIME = {"now", "utcnow", "today", "monotonic", "perf_counter"}
CALLS_ITSELF_PURE = re.compile(r"\bPure\b(?! but)")
HEAVY = ("scapy", "pysnmp", "weasyprint", "playwright")


def arrows() -> dict[tuple[str, str], list[str]]:
    """Every import from one room into another, with the modules that make it."""
    found: dict[tuple[str, str], list[str]] = {}
    for name in modules():
        for imported in imports(name):
            here, there = room_of(name), room_of(imported)
            if here and there and here != there:
                found.setdefault((here, there), []).append(f"{name} imports {imported}")
    return found


def pure_modules() -> list[str]:
    """Those of pure rooms, and those that call themselves pure."""
    return [
        name
        for name in modules()
        if rooms().get(room_of(name) or "", rooms()["collector.app"]).pure
        or CALLS_ITSELF_PURE.search(ast.get_docstring(tree(name)) or "")
    ]


def test_every_module_has_a_room() -> None:
    outside = [name for name in modules() if room_of(name) is None]
    packages = {"agent", "collector", "collector.readiness", "dashboards"}
    assert set(outside) == packages, "a module lies outside every room: give it one, or declare it in rooms.yaml"


def test_no_module_lies_loose() -> None:
    for package, allowed in LOOSE.items():
        loose = {path.stem for path in (ROOT / package).glob("*.py")} - {"__init__"}
        assert loose == allowed, f"{package}/ holds rooms, not files"


def test_every_room_that_is_declared_exists() -> None:
    assert [room for room in rooms() if not any(within(name, room) for name in modules())] == []


def test_every_import_goes_along_a_declared_arrow() -> None:
    undeclared = [made for (here, there), made in arrows().items() if there not in rooms()[here].imports]
    assert undeclared == [], "an arrow that tests/hygiene/rooms.yaml does not have"


def test_every_declared_arrow_is_used() -> None:
    """Else the table would allow what nobody meant."""
    used = set(arrows())
    stale = [f"{room} -> {to}" for room, told in rooms().items() for to in told.imports if (room, to) not in used]
    assert stale == []


def test_no_arrow_points_upwards_or_in_a_circle() -> None:
    """Rooms are declared from the top floor down, so an arrow to a room below is the only kind there can be."""
    floors = {room: floor for floor, room in enumerate(rooms())}
    upwards = [
        f"{room} -> {to}"
        for room, told in rooms().items()
        for to in told.imports
        if room.partition(".")[0] == to.partition(".")[0] and floors[to] < floors[room]
    ]
    assert upwards == []


def test_no_folder_goes_in_a_circle_with_another() -> None:
    """Folders may hold several rooms: taken whole, they too stand above each other."""
    below: dict[str, set[str]] = {}
    for here, there in ((folder(h), folder(t)) for h, t in arrows()):
        below.setdefault(here, set()).update({there} - {here})
    TopologicalSorter(below).prepare()  # raises CycleError


def folder(room: str) -> str:
    """`collector.readiness.line` -> `collector.readiness`."""
    return ".".join(room.split(".")[:2])


def test_the_collector_imports_only_the_protocol_of_the_agent() -> None:
    """And the agent and the dashboards nothing of the collector."""
    across = {(h, t) for h, t in arrows() if h.partition(".")[0] != t.partition(".")[0]}
    assert {there for _, there in across} == {"agent.protocol"}
    assert {here.partition(".")[0] for here, _ in across} == {"collector"}


def test_what_is_pure_reaches_for_nothing_outside() -> None:
    """No disk, network, log, thread or clock: the standard library's values and msgspec. Chance is handed in."""
    known = (sys.stdlib_module_names - IMPURE) | {"msgspec", "agent", "collector"}
    impure = [
        f"{name} imports {imported}"
        for name in pure_modules()
        for imported in imports(name)
        if imported.partition(".")[0] not in known and not (imported == "random" and only_seeded_chance(name))
    ]
    assert impure == []


def only_seeded_chance(name: str) -> bool:
    """Whether a module uses of `random` nothing but generators that somebody gave a seed."""
    used = {
        node.attr
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "random"
    }
    return used <= {"Random"}


def test_pure_rooms_import_pure_rooms() -> None:
    values = {"agent.protocol"}
    told = rooms()
    assert [
        f"{room} -> {to}"
        for room, of in told.items()
        if of.pure
        for to in of.imports
        if not told[to].pure | (to in values)
    ] == []


def test_what_is_pure_never_asks_what_time_it_is() -> None:
    asked = [
        f"{name}: {ast.unparse(node)}"
        for name in pure_modules()
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKS_THE_TIME
    ]
    assert asked == []


def test_heavy_libraries_load_only_where_they_are_used() -> None:
    heavy = [
        f"{name} imports {imported}"
        for name in modules()
        for imported in imports(name, top_level_only=True)
        if imported.partition(".")[0] in HEAVY
    ]
    assert heavy == []


def test_verdicts_leave_judgement_only_as_they_are_known() -> None:
    """A snapshot is made in one place, whose reader asks how old each verdict is."""
    makers = [
        name
        for name in modules()
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Snapshot"
    ]
    assert makers == ["collector.judgement.service"]


def test_the_document_shows_the_plan_as_it_is() -> None:
    """Else: make generate."""
    assert DOCUMENT.read_text() == written(DOCUMENT.read_text())


def test_tests_mirror_the_rooms() -> None:
    """A folder below tests/unit has the name of a room or of a package that holds rooms."""
    packages = {str(path.parent) for name in modules() for path in [modules()[name].relative_to(ROOT)]}
    unit = ROOT / "tests/unit"
    folders = {str(path.parent.relative_to(unit)) for path in unit.rglob("test_*.py")}
    assert folders - packages - {"support"} == set(), "no room has this name"


def test_what_tests_share_lies_in_one_folder() -> None:
    assert {path.name for path in (ROOT / "tests").glob("*.py")} == {"conftest.py"}
