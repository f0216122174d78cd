"""What the tests of a folder took, and what they may take by tests/budgets.yaml."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

FILE = Path(__file__).parents[1] / "budgets.yaml"
UNIT = "tests/unit/"
TEST_AT_MOST_S, FILE_AT_MOST_S = 1.0, 20.0
"""A test of one unit, and a file of them. Longer ones are told of, not refused."""


class Budgets(msgspec.Struct, frozen=True):
    """Seconds for folders, by name and otherwise, and what the yardstick took on the machine they were taken on."""

    yardstick_ms: float
    otherwise: float
    folders: dict[str, float]

    def of(self, folder: str) -> float:
        """What its tests may take together."""
        return self.folders.get(folder, self.otherwise)


class Part(msgspec.Struct):
    """One run of pytest: of each test the seconds by the clock and of processors (its programs' included)."""

    name: str
    took_s: float = 0.0
    calm: bool = False
    outcomes: dict[str, int] = {}
    failed: list[str] = []
    spent: dict[str, tuple[float, float]] = {}


@dataclass
class Sum:
    """Of some tests. `cost_s` is what is held against a budget."""

    tests: int = 0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    cost_s: float = 0.0

    def add(self, wall_s: float, cpu_s: float, *, calm: bool) -> None:
        """One test more.

        It costs what the clock says where the machine was the tests' own, since waiting makes a run as long as working
        does. Beside other work it costs only what it really used: on a busy machine everything waits, and that is no
        test's fault, while what it uses of processors hardly changes. So what runs beside the tests breaks no budget.
        """
        self.tests += 1
        self.wall_s += wall_s
        self.cpu_s += cpu_s
        self.cost_s += wall_s if calm else min(wall_s, cpu_s)


def read_budgets(path: Path = FILE) -> Budgets:
    """The budgets that are kept beside the tests."""
    return msgspec.yaml.decode(path.read_bytes(), type=Budgets)


def file_of(test_id: str) -> str:
    """The file that a test stands in."""
    return test_id.partition("::")[0]


def folder_of(test_id: str) -> str:
    """`tests/unit/agent/ladder/deep/test_dns.py::test_x` -> `tests/unit/agent/ladder`."""
    return "/".join(file_of(test_id).split("/")[:-1][:4])


def sums(parts: Sequence[Part], group: Callable[[str], str]) -> dict[str, Sum]:
    """Over the tests of each group, the longest first."""
    found: defaultdict[str, Sum] = defaultdict(Sum)
    for part in parts:
        for test_id, (wall_s, cpu_s) in part.spent.items():
            found[group(test_id)].add(wall_s, cpu_s, calm=part.calm)
    return dict(sorted(found.items(), key=lambda item: -item[1].wall_s))


def over_budget(folders: Mapping[str, Sum], budgets: Budgets, *, slower: float = 1.0) -> Iterator[str]:
    """Says of each folder that took more than it may. `slower`: how many times slower than there this machine is."""
    for name, of_folder in folders.items():
        budget = budgets.of(name) * slower
        if of_folder.cost_s > budget:
            yield f"{name} took {of_folder.cost_s:.0f} s of the {budget:.0f} s that tests/{FILE.name} gives it"


def slow_units(parts: Sequence[Part]) -> Iterator[str]:
    """Unit tests and files of them that take long, the longest first."""
    for group, most_s in ((file_of, FILE_AT_MOST_S), (str, TEST_AT_MOST_S)):
        for name, of_unit in sums(parts, group).items():
            if name.startswith(UNIT) and of_unit.cost_s > most_s:
                yield f"{of_unit.cost_s:6.1f} s  {name}"
