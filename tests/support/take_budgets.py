"""Prints what tests/budgets.yaml may hold after a whole run on a machine that was otherwise idle:

make tests; python -m tests.support.take_budgets .pytest_cache/times.json > tests/budgets.yaml
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tests.support.budgets import Budgets, Part, folder_of, sums
from tests.support.machine import yardstick_s

HEADROOM, STEP_S, OTHERWISE_S = 2.5, 5, 30
HEAD = f"""\
# Seconds that the tests of a folder may take in all, those of both parts of `make tests` together: by the clock where
# the machine is otherwise idle, else of processors. They are {HEADROOM} times what they took on two idle cores: another
# machine like it took up to 1.7 times as long. Where
# the yardstick (a fixed piece of work) takes longer than here, they may take as much longer.
# Written by tests/support/take_budgets.py. Who raises a number by hand says why in the commit.
"""


def taken(parts: Sequence[Part], yardstick_ms: float) -> Budgets:
    """Budgets with some room; small folders need no line of their own."""
    wanted = {name: HEADROOM * one.wall_s for name, one in sorted(sums(parts, folder_of).items())}
    folders = {name: STEP_S * math.ceil(seconds / STEP_S) for name, seconds in wanted.items() if seconds > OTHERWISE_S}
    return Budgets(round(yardstick_ms, 1), OTHERWISE_S, dict[str, float](folders))


if __name__ == "__main__":
    budgets = taken(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=list[Part]), 1000 * yardstick_s())
    sys.stdout.write(HEAD + msgspec.yaml.encode(budgets).decode())
