"""The page's results are those of the agent's probes, in the version that its modules measure."""

from __future__ import annotations

import re

from collector.facts.catalogue import PLANNABLE
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
