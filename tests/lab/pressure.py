"""Whether the machine had time for a measurement: how long its tasks waited for a processor meanwhile.

A measurement that went wrong while they did is made again; one that went wrong on a machine that had time is wrong.
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, Self

import pytest

PRESSURE = Path("/proc/pressure/cpu")
RUN_QUEUES = Path("/proc/schedstat")
"""Where the kernel keeps no pressure figures."""
TIMES = Path("/proc/stat")

STARVED_RATIO = 0.5
"""The share of the time in which some task waited for a processor, beyond which the machine was starved."""
STOLEN_RATIO = 0.05
"""The share of the processors' time that other machines of the same host took, beyond which it was."""
MOST_TIMES = 3

made_again: list[str] = []
"""What the running test measured again, for `conftest.py` to tell."""

Parameters = ParamSpec("Parameters")


class StarvedError(AssertionError):
    """What was measured on a starved machine is wrong."""


class Pressure:
    """What the kernel said at the beginning of the block and at its end."""

    def __enter__(self) -> Self:
        """Begins."""
        self._began_s, self._before_s = time.monotonic(), waited_s()
        self._before = stolen_and_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Looks once more."""
        took_s = time.monotonic() - self._began_s
        stolen, everything = (after - before for before, after in zip(self._before, stolen_and_all(), strict=True))
        self.waited_ratio = min(1.0, (waited_s() - self._before_s) / took_s)
        self.stolen_ratio = stolen / max(1, everything)

    @property
    def starved(self) -> bool:
        """Whether the machine had no time for what was to be done."""
        return self.waited_ratio > STARVED_RATIO or self.stolen_ratio > STOLEN_RATIO

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """For a block that judges what was measured then: what is wrong in it is so on a starved machine, if it was."""
        try:
            yield
        except AssertionError as error:
            if self.starved:
                raise StarvedError(f"{self}: {error}") from error
            raise

    def __str__(self) -> str:
        """For whoever reads why."""
        return f"some task waited for a processor {self.waited_ratio:.0%} of the time, {self.stolen_ratio:.0%} stolen"


def measures(test: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """For a test that measures: if it fails on a starved machine it is made again, and says so, at most `MOST_TIMES`
    in all. Then it fails as one that says nothing, whatever it found; it never passes with what was wrong.
    """

    @functools.wraps(test)
    def again(*arguments: Parameters.args, **named: Parameters.kwargs) -> None:
        for turn in range(1, MOST_TIMES + 1):
            pressure = Pressure()
            try:
                with pressure:
                    test(*arguments, **named)
            except Exception as error:
                if not pressure.starved and not isinstance(error, StarvedError):
                    raise
                made_again.append(f"{pressure}: {type(error).__name__}: {error}")
                if turn == MOST_TIMES:
                    pytest.fail(f"the machine was starved, {MOST_TIMES} times in a row; at last {made_again[-1]}")
            else:
                return

    return again


def waited_s() -> float:
    """For how long some task waited for a processor, since the machine began."""
    if PRESSURE.exists():
        return waited_by_pressure_s(PRESSURE.read_text())
    return waited_by_run_queues_s(RUN_QUEUES.read_text()) if RUN_QUEUES.exists() else 0.0


def waited_by_pressure_s(said: str) -> float:
    """By the pressure figures of the whole machine, as `/proc/pressure/cpu` has them."""
    total = re.search(r"^some .*total=(\d+)$", said, re.MULTILINE)
    assert total, said
    return int(total[1]) / 1e6


def waited_by_run_queues_s(said: str) -> float:
    """By how long tasks stood in the run queues, as `/proc/schedstat` has it: the longest of all queues."""
    return max(int(numbers.split()[7]) / 1e9 for numbers in re.findall(r"^cpu\d+ (.*)$", said, re.MULTILINE))


def stolen_and_all() -> tuple[int, int]:
    """Ticks that other machines of the host took, and all ticks, of all processors together."""
    numbers = [int(number) for number in TIMES.read_text().split("\n", 1)[0].split()[1:9]]
    return numbers[7], sum(numbers)
