"""docs/extending.md, performed: each section in a copy of the tree, with a check that what it adds works.

Whoever adds a section `## One more ...` there adds a function here, under its title. It gets the copy in which the
files were written and the commands ended well, and looks whether the new thing does what it is for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.hygiene.worked_examples import Copy, examples

Check = Callable[[Copy], None]
CHECKS: dict[str, Check] = {}


def shows(title: str) -> Callable[[Check], Check]:
    """Names the section that a check belongs to."""

    def noted(check: Check) -> Check:
        CHECKS[title] = check
        return check

    return noted


def told(copy: Copy, source: str) -> Any:
    """What a piece of Python in the copy gives for `answer`, by way of JSON."""
    return json.loads(copy.python(f"import json\n{source}\nprint(json.dumps(answer))"))


def test_every_section_is_performed() -> None:
    """And no check is left without its section."""
    assert examples().keys() == CHECKS.keys()
    assert [title for title, example in examples().items() if not (example.files and example.commands)] == []


@pytest.mark.parametrize("title", examples())
def test_it_works_as_it_is_written(title: str, tmp_path: Path) -> None:
    copy = Copy.of_the_tree(tmp_path)
    copy.perform(examples()[title])
    CHECKS[title](copy)


@shows("One more probe")
def _probe(copy: Copy) -> None:
    """Its result is taken by the collector, its lies are not; it is planned, simulated, and bound to the school."""
    assert '"resolver"' in copy.text("collector/facts/facts.json")
    assert "{probe: resolver, every_s: 900, jitter_s: 300, deadline_s: 60}" in copy.text("config/collector.yaml")
    assert "| `resolver.slowest_ms` | float | ms |" in copy.text("docs/profiles.md")
    (result,) = [json.loads(said) for command, said in copy.said.items() if command.startswith("provklar-agent")]
    assert (result["status"], result["facts"]) == ("ok", {"lookups_count": 0, "slowest_ms": None})
    answer = told(copy, _PROBE_TOLD.replace("RESULT", repr(json.dumps(result))))
    assert answer["refused"] == [None, "resolver.slowest_ms is -1 ms, below 0, the least that can be true"]
    assert answer["simulated"]["status"] == "ok"
    assert 0 <= answer["simulated"]["facts"]["slowest_ms"] <= 60_000
    assert answer["counts"] == [True, False]
    copy.run("provklar check-config config")


_PROBE_TOLD = """
import msgspec
from datetime import timedelta
from agent.protocol.wire import ProbeResult
from collector.facts.catalogue import DECLARED, check_facts
from collector.readiness.domain.location import tells_of_the_school
from collector.simulate.history import measure
from tests.unit.collector.simulate.sample import NOW, pupils_machine, school_with

measured = msgspec.json.decode(RESULT, type=ProbeResult)
lie = msgspec.structs.replace(measured, facts={**measured.facts, "slowest_ms": -1.0})
school = school_with("none")
simulated = measure(school, pupils_machine(school), seed=7, at=NOW).results
answer = {
    "refused": [None if (found := check_facts(one)) is None else found[1] for one in (measured, lie)],
    "simulated": msgspec.to_builtins(next(one for one in simulated if one.probe == "resolver")),
    "counts": [tells_of_the_school(DECLARED["resolver"], at, timedelta()) for at in ("at_school", "elsewhere")],
}
"""


@shows("One more requirement")
def _requirement(copy: Copy) -> None:
    """It is among the findings of a sitting; nothing is known of any device yet."""
    explained = copy.said["provklar explain bjork-6-engelska --config config"]
    assert "Datorn har minne nog" in explained


@shows("One more derived fact")
def _derived_fact(copy: Copy) -> None:
    """Unknown where nobody is enrolled, and a share where somebody is; in words, in both languages."""
    explained = copy.said["provklar explain bjork-6-engelska --config config"]
    assert "Ingen enhet är ansluten, så ingen kan ha hörts av." in explained
    assert "| `devices.heard_ratio` | ratio |" in copy.text("docs/profiles.md")
    assert told(copy, _DERIVED_TOLD) == [
        "ready",
        1.0,
        "Of 1 devices, 1 have been heard from lately.",
        "Av 1 enheter har 1 hörts av på sistone.",
    ]


_DERIVED_TOLD = """
from collector.i18n.messages import render
from tests.unit.collector.readiness.cases import found, memory, on_school

finding = found(on_school("devices.heard_ratio", value=0.9), [memory(1, 8192)])
answer = [finding.status, finding.measured, render(finding.why, "en"), render(finding.why, "sv")]
"""


@shows("One more operator")
def _operator(copy: Copy) -> None:
    """It judges; a profile that writes nonsense with it is refused, in words."""
    assert "| `none_of` | text | the fact is not in the list |" in copy.text("docs/profiles.md")
    assert told(copy, _OPERATOR_TOLD) == [True, False, None]
    profile = copy.root / "config/profiles/skoldigiguide-2023.yaml"
    profile.write_text(profile.read_text("utf-8").replace("value: [ipados, android]", "value: 7"), "utf-8")
    with pytest.raises(AssertionError, match="no-tablets"):
        copy.run("provklar check-config config")


_OPERATOR_TOLD = """
from collector.readiness.domain.comparison import Setting
from collector.readiness.domain.operators import compare
from tests.unit.collector.readiness.cases import NOW, RELEASES

setting = Setting("device.os_name", RELEASES, NOW)
answer = [compare("none_of", name, ["ipados", "android"], setting) for name in ("windows", "ipados", 7)]
"""


@shows("One more vendor")
def _vendor(copy: Copy) -> None:
    """Recognised by what it calls itself, and read."""
    assert "| Example controllers | name, state, clients | not told |" in copy.text("docs/gear.md")
    assert told(copy, _VENDOR_TOLD) == ["example", [["BJORK-A101", True, 12], ["BJORK-A102", False, 0]], 12]


_VENDOR_TOLD = """
import asyncio
from collector.snmp.vendors import find_family
from collector.snmp.wireless import read_wireless
from tests.support.snmp_recordings import Recorded, recording

device = Recorded(recording("hand-written-example"))
family = asyncio.run(find_family(device))
read = asyncio.run(read_wireless(device, family))
answer = [family.name, [[one.name, one.up, one.clients] for one in read.access_points], read.clients]
"""
