"""The worked examples of docs/extending.md, taken out of the document and performed in a copy of the tree.

An example is a section called `## One more ...`. In it, a fenced block whose first line names a file (a language and
then its path) is that file; a path after `>>` means that the block is added to a file that is there. A block in `sh`
holds the commands to run, one a line. So what a reader copies out of the document is what the test does.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec

from tests.hygiene.modules import ROOT

DOCUMENT = ROOT / "docs/extending.md"
PATIENCE_S = 300
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}

_SECTION = re.compile(r"^## (One more [^\n]+)\n((?:^```.*?^```$|.)*?)(?=^## |\Z)", flags=re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```(\w+)(?: (>> )?(\S+))?\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
_PROGRAMS = {
    "provklar": ["-m", "collector.cli"],
    "provklar-agent": ["-m", "agent.cli"],
    "pytest": ["-m", "pytest", "-q", "-p", "no:cacheprovider"],
    "python": [],
}
"""Commands of the document, as the interpreter that runs the tests knows them: the copy has no environment."""


class File(msgspec.Struct, frozen=True):
    """A file that the reader writes, or what is added to one."""

    path: str
    text: str
    is_added: bool


class Example(msgspec.Struct, frozen=True):
    """A section: what is written, and what is run then."""

    title: str
    files: list[File]
    commands: list[str]


@lru_cache(maxsize=1)
def examples() -> dict[str, Example]:
    """Every example by its title."""
    return {title: _example(title, text) for title, text in _SECTION.findall(DOCUMENT.read_text("utf-8"))}


def _example(title: str, text: str) -> Example:
    files, commands = list[File](), list[str]()
    for language, added, path, body in _BLOCK.findall(text):
        if path:
            files.append(File(path, body, bool(added)))
        elif language == "sh":
            commands += body.splitlines()
    return Example(title, files, commands)


class Copy:
    """A copy of what the repository holds, in which an example was performed; `said` is what each command printed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.said: dict[str, str] = {}

    @classmethod
    def of_the_tree(cls, root: Path) -> Copy:
        """Of all files that are or may become the repository's."""
        listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
        for name in filter(None, names):
            if (ROOT / name).is_file():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, root / name)
        return cls(root)

    def perform(self, example: Example) -> None:
        """Writes what the reader writes, and runs what the reader runs."""
        self.write(example)
        for command in example.commands:
            self.said[command] = self.run(command)

    def write(self, example: Example) -> None:
        """Writes what the reader writes."""
        for file in example.files:
            path = self.root / file.path
            assert path.exists() is file.is_added, f"{file.path}: is it there, or is it written anew?"
            path.parent.mkdir(parents=True, exist_ok=True)
            before = path.read_text("utf-8") if file.is_added else ""
            path.write_text(before + file.text, "utf-8")

    def run(self, command: str) -> str:
        """What a command prints; it must end well. `make generate` is done as the Makefile says."""
        if command == "make generate":
            return "".join(self._shell(line) for line in self._recipe("generate"))
        program, *arguments = command.split()
        return self._done([sys.executable, *_PROGRAMS[program], *arguments])

    def python(self, source: str) -> str:
        """What a piece of Python prints in the copy."""
        return self._done([sys.executable, "-c", source])

    def text(self, path: str) -> str:
        """What is in a file of the copy."""
        return (self.root / path).read_text("utf-8")

    def _recipe(self, target: str) -> Iterator[str]:
        lines = iter(self.text("Makefile").splitlines())
        for line in lines:
            if line.startswith(f"{target}:"):
                break
        for line in lines:
            if not line.startswith("\t"):
                return
            yield line.strip().replace("$(BIN)/python", sys.executable)

    def _shell(self, line: str) -> str:
        return self._done(["sh", "-ec", line])

    def _done(self, command: list[str]) -> str:
        done = subprocess.run(
            command,
            cwd=self.root,
            env={**_ENVIRONMENT, "PYTHONPATH": str(self.root), "HOME": str(self.root / "home")},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done.stdout
