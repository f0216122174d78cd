"""A plugin of pytest: tells at the end of a run which folders took longest, and fails it when one breaks its budget.

`--times FILE` makes a run part of a longer one: it tells of the parts in FILE as well, and adds itself to them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec
import pytest

from tests.support import machine
from tests.support.budgets import Part, folder_of, over_budget, read_budgets, slow_units, sums

SHOWN = 10
BEGAN: pytest.StashKey[tuple[float, float]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--times", type=Path, metavar="FILE", help="tell of the earlier parts in FILE too, and add this")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # a worker measures only; the process that started it adds up
        config.pluginmanager.register(FolderTimes(config.getoption("markexpr"), config.getoption("times")))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    item.stash[BEGAN] = (monotonic(), machine.cpu_s())
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "teardown":
        wall_s, cpu_s = item.stash[BEGAN]
        report.user_properties.append(("spent", [monotonic() - wall_s, machine.cpu_s() - cpu_s]))
    return report


class FolderTimes:
    """Adds up what comes from this process or from its workers."""

    def __init__(self, name: str, file: Path | None) -> None:
        """Begins to count now."""
        self._part, self._file = Part(name or "all"), file
        self._earlier: list[Part] = []
        self._began, self._before, self._yardstick_s = monotonic(), machine.read(), machine.yardstick_s()
        self._outcomes: Counter[str] = Counter()
        self._over: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of each test three reports."""
        test_id = _without_group(report.nodeid)
        spent: Any = dict(report.user_properties).get("spent")
        if spent:
            self._part.spent[test_id] = tuple(spent)
        if report.failed:
            self._part.failed.append(test_id)
        if report.when == "call" or not report.passed:
            self._outcomes[report.outcome] += 1

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, Any, Any]:
        """When the workers are gone, so that what they used is known, and before anything is told."""
        done = yield
        self._part.outcomes, self._part.took_s = dict(self._outcomes), monotonic() - self._began
        self._part.calm = machine.was_ours(self._before, machine.read())
        self._join_earlier_parts()
        budgets = read_budgets()
        slower = max(1.0, 1000 * min(self._yardstick_s, machine.yardstick_s()) / budgets.yardstick_ms)
        self._over = list(over_budget(sums(self._parts, folder_of), budgets, slower=slower))
        if self._over and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        return done

    @property
    def _parts(self) -> list[Part]:
        return [*self._earlier, self._part]

    def _join_earlier_parts(self) -> None:
        if self._file is None:
            return
        if self._file.exists():
            self._earlier = msgspec.json.decode(self._file.read_bytes(), type=list[Part])
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_bytes(msgspec.json.encode(self._parts))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Before pytest's own closing line."""
        if not any(part.spent for part in self._parts):
            return
        whose = "the machine was theirs" if self._part.calm else "beside other work: budgets are of processors only"
        _tell(terminalreporter, f"the {SHOWN} slowest folders ({whose})", _table(self._parts))
        _tell(terminalreporter, "unit tests over 1 s and files of them over 20 s", _at_most(slow_units(self._parts)))
        _tell(terminalreporter, "over budget", self._over)
        _tell(terminalreporter, "the parts of this run", [_said(part) for part in self._parts if self._earlier])


def _without_group(node_id: str) -> str:
    """As it is written: xdist puts the group of a test behind its id."""
    return node_id.rpartition("@")[0] if node_id.rfind("@") > node_id.rfind("]") else node_id


def _tell(terminal: pytest.TerminalReporter, title: str, lines: Sequence[str]) -> None:
    if lines:
        terminal.section(title)
        for line in lines:
            terminal.write_line(line)


def _table(parts: Sequence[Part]) -> list[str]:
    budgets = read_budgets()
    rows = [
        f"{row.wall_s:9.1f} {row.cpu_s:10.1f} {budgets.of(name):7.0f} {row.tests:6}  {name}"
        for name, row in islice(sums(parts, folder_of).items(), SHOWN)
    ]
    return ["seconds of which    its    tests", "          processor budget", *rows]


def _at_most(lines: Iterable[str]) -> list[str]:
    every = list(lines)
    return [*every[:SHOWN], *([f"and {len(every) - SHOWN} more"] if len(every) > SHOWN else [])]


def _said(part: Part) -> str:
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(part.outcomes.items()))
    failed = "".join(f"\n  failed: {test_id}" for test_id in part.failed)
    return f"{part.name}: {outcomes} in {part.took_s:.0f} s{failed}"
