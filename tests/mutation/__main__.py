"""`python -m tests.mutation`: changes the core one small thing at a time, and looks whether a test notices.

All changes that there are to make would take days, so a run draws as many as it is told, by a seed, and says what share
was noticed and how sure that is. What nobody noticed is shown: each is a rule that could be broken unseen.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.mutation.copied import Copied
from tests.mutation.tally import table


def main(arguments: Sequence[str]) -> int:
    """Prints the table, then what nobody noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__.partition("\n")[0])
    parser.add_argument("--mutants", type=int, default=400, help="how many changes are drawn")
    parser.add_argument("--seed", type=int, default=2023)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=Path("var/mutation"), help="where the copy of the tree is made")
    parser.add_argument("rooms", nargs="*", help="of collector/readiness, such as line; all of them if none is named")
    chosen = parser.parse_args(arguments)

    copied = Copied(chosen.folder)
    print("making the changes, and running the core's tests once without them", file=sys.stderr, flush=True)
    every = copied.prepared(chosen.rooms)
    drawn = random.Random(chosen.seed).sample(every, min(chosen.mutants, len(every)))
    print(f"{len(drawn)} of {len(every)} changes, each with the tests that come past it", file=sys.stderr, flush=True)
    found = copied.tried(drawn, chosen.processes)
    print(table(found, len(every)))
    for name, outcome in sorted(found.items()):
        if outcome.is_unnoticed:
            print(f"\n{name}: {outcome.value}\n{copied.shown(name)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
