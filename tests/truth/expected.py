"""What the reduced run may come to, family by family: numbers that may only get better, and the goal beside them.

`python -m tests.truth.expected` judges it anew and writes down what got better; what got worse it leaves as it is.
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from tests.truth.judging import Judged, Task, judge
from tests.truth.tally import tallies, usefulness
from tests.truth.worlds.world import families

FILE = Path(__file__).with_name("expected.yaml")
HEAD = """\
# What the reduced run of the truth lab may come to: of `worlds` in each family, how many are said to be ready and
# would fail, and how many not ready and would succeed. These may only go down, and the shares of `typical` only
# up: a change that does otherwise breaks a promise. Written by `python -m tests.truth.expected`, which writes down what
# got better, and nothing else. `goal` is where all this is to end, of the whole run (docs/truth.md).
"""


class Expected(msgspec.Struct, frozen=True):
    """How many of a family's worlds may be so."""

    false_ready: int
    false_not_ready: int

    def better(self, found: Expected) -> Expected:
        """The lesser of each."""
        return Expected(*map(min, msgspec.structs.astuple(self), msgspec.structs.astuple(found)))

    def allows(self, found: Expected) -> bool:
        """Whether none of them is greater."""
        return self.better(found) == found


class Expectations(msgspec.Struct, frozen=True):
    """The file. `typical`: what share of typical worlds must be known rightly, and of truly ready ones called ready."""

    seed: int
    worlds: int
    goal: dict[str, str]
    typical: dict[str, float]
    families: dict[str, Expected]


def read() -> Expectations:
    """The file as it is."""
    return msgspec.yaml.decode(FILE.read_bytes(), type=Expectations)


def reduced(family: str, told: Expectations) -> list[Judged]:
    """The family's part of the reduced run."""
    return [judge(Task(family, number, told.seed)) for number in range(told.worlds)]


def found_in(judged: list[Judged]) -> Expected:
    """What one family's worlds came to."""
    [tally] = tallies(judged).values()
    return Expected(tally.false_ready, tally.false_not_ready)


def typical_in(judged: list[Judged]) -> dict[str, float]:
    """Shares of the typical worlds on their last day."""
    found = dict[str, float]()
    for useful, how in ((usefulness(judged), ""), (usefulness(judged, rehearsed=True), "rehearsed_")):
        if useful is not None:
            found |= {f"{how}rightly_known": round(useful.rightly, 3), f"{how}ready": round(useful.ready[-1], 3)}
    return found


def main() -> int:
    """Judges, and writes down what got better; families that are new are taken as they are."""
    told = read()
    better, typical = dict[str, Expected](), dict(told.typical)
    for family in sorted(families()):
        judged = reduced(family, told)
        found = found_in(judged)
        better[family] = told.families.get(family, found).better(found)
        typical |= {name: max(share, typical.get(name, 0.0)) for name, share in typical_in(judged).items()}
        print(f"{family}: {found}, written {better[family]}", file=sys.stderr, flush=True)
    write(msgspec.structs.replace(told, families=better, typical=typical))
    return 0


def write(told: Expectations) -> None:
    """The whole file, one family a line."""
    lines = [f"seed: {told.seed}", f"worlds: {told.worlds}", "goal:"]
    lines += [f"  {name}: {text!r}".replace("'", '"') for name, text in told.goal.items()]
    lines.append("typical: {" + ", ".join(f"{name}: {share}" for name, share in sorted(told.typical.items())) + "}")
    lines.append("families:")
    for family, one in sorted(told.families.items()):
        numbers = ", ".join(f"{name}: {count}" for name, count in msgspec.structs.asdict(one).items())
        lines.append(f"  {family}: {{{numbers}}}")
    FILE.write_text(HEAD + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
