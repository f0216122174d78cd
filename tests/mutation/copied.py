"""A copy of the tree in which mutmut changes the core: it writes beside what it changes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.hygiene.worked_examples import Copy
from tests.mutation.tally import CORE, Outcome, told_in

SETTINGS = """
[tool.mutmut]
source_paths = ["collector/readiness"]
only_mutate = [{rooms}]
also_copy = ["agent", "collector", "config", "dashboards", "docs", "README.md"]
pytest_add_cli_args_test_selection = ["tests/unit/collector/readiness", "--ignore={sources}"]
pytest_add_cli_args = ["-p", "no:cacheprovider"]
"""
"""Only unit tests: what a whole world alone notices, nobody finds the reason of."""

READS_SOURCES = "tests/unit/collector/readiness/test_sentences.py"
"""Would find each change by reading it."""

ANY_MODULE = f"{CORE}.domain.order.*"
"""mutmut tells of changes once it has been asked to try some."""


class Copied:
    """The tree as git has it, copied anew: nothing that was found before stands for what is there now."""

    def __init__(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self.folder = Copy.of_the_tree(folder).root

    def prepared(self, rooms: Sequence[str]) -> list[str]:
        """Names of all changes that can be made in these rooms of the core, in all if none is named. Raises
        CalledProcessError if a test fails without any.
        """
        paths = [f"collector/readiness/{room}/*" for room in rooms] or ["collector/readiness/*"]
        quoted = ", ".join(f'"{path}"' for path in [*paths, "collector/readiness/domain/order.py"])
        with (self.folder / "pyproject.toml").open("a", encoding="utf-8") as settings:
            settings.write(SETTINGS.format(rooms=quoted, sources=READS_SOURCES))
        self._run("run", ANY_MODULE)
        return sorted(name for name in self._told() if not rooms or name.split(".")[2] in rooms)

    def tried(self, names: Sequence[str], processes: int) -> dict[str, Outcome]:
        """What became of each."""
        if names:
            self._run("run", "--max-children", str(processes), *names)
        told = self._told()
        return {name: Outcome(told[name]) for name in names}

    def shown(self, name: str) -> str:
        """The change, as lines that go and lines that come."""
        lines = self._run("show", name).splitlines()
        return "\n".join(line for line in lines if re.match(r"[+-](?!\+\+|--)", line))

    def _told(self) -> dict[str, str]:
        return told_in(self._run("results", "--all", "True"))

    def _run(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "mutmut", *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{done.stdout[-4_000:]}\n{done.stderr[-4_000:]}", file=sys.stderr)
            done.check_returncode()
        return done.stdout
