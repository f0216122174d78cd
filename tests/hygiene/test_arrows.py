"""Imports point one way: cli -> app -> edges -> pure core; collector knows nothing of agent but the wire."""

from __future__ import annotations

import ast
import sys

import pytest

from tests.hygiene.modules import imports, modules, tree, within

PURE = (
    "collector.readiness",
    "collector.readiness.alerts.decide",
    "collector.readiness.alerts.stages",
    "collector.readiness.alerts.causes",
)
WIRING = ("collector.app", "collector.cli", "collector.local.processes", "collector.commands")
AGENT_WIRING = ("agent.app", "agent.cli", "agent.commands.dispatch", "agent.commands.doctor", "agent.commands.survey")
HEAVY = ("scapy", "pysnmp", "weasyprint", "playwright")

NAMES = sorted(modules())


def test_there_are_modules_to_look_at() -> None:
    assert {"agent.protocol.wire", "collector.readiness.verdict.judge", "collector.app"} <= set(NAMES)


@pytest.mark.parametrize("name", [n for n in NAMES if within(n, "collector")])
def test_the_collector_imports_only_the_wire_of_the_agent(name: str) -> None:
    assert [i for i in imports(name) if within(i, "agent") and i != "agent.protocol.wire"] == []


@pytest.mark.parametrize("name", [n for n in NAMES if within(n, "agent")])
def test_the_agent_never_imports_the_collector(name: str) -> None:
    assert [i for i in imports(name) if within(i, "collector", "dashboards")] == []


@pytest.mark.parametrize("name", [n for n in NAMES if within(n, *PURE)])
def test_the_core_is_pure(name: str) -> None:
    """No disk, network, logging or clock: only the standard library's values, msgspec, the wire and itself."""
    impure = {"logging", "os", "socket", "subprocess", "pathlib", "sqlite3", "time", "threading", "asyncio", "random"}
    for imported in imports(name):
        top = imported.partition(".")[0]
        allowed = top in sys.stdlib_module_names - impure or top == "msgspec" or imported == "agent.protocol.wire"
        assert allowed or within(imported, *PURE), f"{name} imports {imported}"


@pytest.mark.parametrize("name", [n for n in NAMES if within(n, *PURE)])
def test_the_core_never_asks_what_time_it_is(name: str) -> None:
    asked = [
        ast.unparse(node)
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "utcnow", "today", "monotonic"}
    ]
    assert asked == []


@pytest.mark.parametrize("name", [n for n in NAMES if within(n, "collector") and not within(n, *WIRING)])
def test_only_the_top_knows_the_wiring(name: str) -> None:
    assert [i for i in imports(name) if within(i, *WIRING)] == []


@pytest.mark.parametrize("name", [n for n in NAMES if within(n, "agent") and not within(n, *AGENT_WIRING)])
def test_only_the_top_of_the_agent_knows_its_wiring(name: str) -> None:
    assert [i for i in imports(name) if within(i, *AGENT_WIRING)] == []


@pytest.mark.parametrize("name", NAMES)
def test_heavy_libraries_load_only_where_they_are_used(name: str) -> None:
    assert [i for i in imports(name, top_level_only=True) if i.partition(".")[0] in HEAVY] == []
