"""The page's results are those of the agent's probes, in the version that its modules measure."""

from __future__ import annotations

import re

from agent.protocol.facts import ALL_FACTS
from collector.facts.catalogue import PAGE_PROBE, PLANNABLE
from collector.readiness.machines.visits import VISIT_PROBE
from collector.web_probe.views import script_files

DECLARED = re.compile(r'^export const PROBE = \{ name: "(\w+)", version: (\d+) \};', flags=re.MULTILINE)


def test_every_module_measures_the_version_of_the_agents_probe() -> None:
    """Whoever changes what a fact means changes it here too, and then raises both."""
    declared = {
        name: int(version)
        for path in script_files()
        if path.suffix == ".js"
        for name, version in DECLARED.findall(path.read_text("utf-8"))
    }
    assert declared
    assert declared == {name: PLANNABLE[name].version for name in declared}


def test_the_page_marks_its_visits_as_the_collector_counts_them() -> None:
    """One name for it, where it may be sent and where it is read."""
    assert PAGE_PROBE == VISIT_PROBE
    assert f'name: "{PAGE_PROBE}"' in next(path for path in script_files() if path.name == "presence.js").read_text()


def test_what_a_page_knows_are_facts_of_the_probe() -> None:
    """No name is misspelled, and nothing is known of what is declared nowhere."""
    for name, declared in PLANNABLE.items():
        strange = set(declared.page_knows) - {spec.name for spec in declared.facts}
        assert strange <= set(ALL_FACTS), name


def test_every_module_of_the_page_measures_what_a_page_may_send() -> None:
    """Else the collector would refuse its reports."""
    names = {name for path in script_files() for name, _ in DECLARED.findall(path.read_text("utf-8"))}
    assert {name for name, declared in PLANNABLE.items() if declared.page_knows} == names
