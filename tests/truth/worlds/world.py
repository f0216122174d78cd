"""A world: schools and their sittings, how they are watched, when somebody asks, and what is true."""

from __future__ import annotations

import importlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from pkgutil import iter_modules

from tests.truth.worlds.configuration import Told
from tests.truth.worlds.days import LESSONS, at
from tests.truth.worlds.draw import Draw
from tests.truth.worlds.machines import UNBOUND
from tests.truth.worlds.school import School
from tests.truth.worlds.sitting import Outcome, Sitting, held, left_for
from tests.truth.worlds.watching import Received, Watch, Watcher, encoded


@dataclass
class World:
    """`asked` are the moments at which somebody wants a verdict; the last one decides, those before tell how soon it is
    known. `is_typical` worlds are no trap: they tell how useful verdicts are, by themselves and where `is_rehearsed`.
    """

    schools: list[School]
    sittings: list[Sitting]
    watch: Watch
    asked: list[datetime]
    extra: list[Received] = field(default_factory=list)
    shared_lines: dict[str, list[str]] = field(default_factory=dict)
    point_is_inside: bool = False
    is_typical: bool = False
    is_rehearsed: bool = False
    name: str = ""

    def outcomes(self) -> dict[str, Outcome]:
        """What would come of each sitting."""
        return {one.id: held(one, self.sittings) for one in self.sittings}

    def quantities(self) -> dict[str, float]:
        """What bounds are stated of: what a machine that can fill the line gets of it in all but a tenth of the lessons
        of the days that are watched, from every stretch of five minutes in them; and what is left for the first sitting
        in all but a tenth of its own.
        """
        school, step = self.schools[0], timedelta(minutes=5)
        got = [
            school.line.run(at(day, 8) + step * number, UNBOUND)
            for day in self.watch.days
            for number in range(12 * len(LESSONS))
        ]
        tenth = len(got) // 10
        left = left_for(self.sittings[0], self.sittings)
        return {
            "down_q10": sorted(down for down, _ in got)[tenth],
            "up_q10": sorted(up for _, up in got)[tenth],
            "down_left": left[0],
            "up_left": left[1],
        }

    def lines(self) -> list[bytes]:
        """The lines of its replay."""
        received = list(self.extra)
        for school in self.schools:
            watcher = Watcher(random.Random(f"{self.name}/{school.code}"), school, self.watch, self.asked[-1])
            received += watcher.lines()
        return encoded(received)

    def write(self, folder: Path) -> None:
        """Writes its configuration, its replay and the truth into `folder`, as anyone can use them."""
        told = Told(self.schools, self.sittings, self.shared_lines, self.point_is_inside)
        told.write(folder / "config")
        (folder / "replay.jsonl").write_bytes(b"\n".join([*self.lines(), b""]))
        truth = {
            name: {"succeeds": one.succeeds, "is_comfortable": one.is_comfortable, "margins": one.margins}
            for name, one in self.outcomes().items()
        }
        known = {"world": self.name, "asked": [moment.isoformat() for moment in self.asked], "truth": truth}
        (folder / "truth.json").write_text(json.dumps(known, indent=1) + "\n", "utf-8")


Build = Callable[[Draw], World]


@lru_cache(maxsize=1)
def families() -> dict[str, Build]:
    """Every family by name: one file of the folder each."""
    package = importlib.import_module("tests.truth.worlds.families")
    names = [module.name for module in iter_modules(package.__path__)]
    return {name: importlib.import_module(f"{package.__name__}.{name}").build for name in names}


def make(family: str, number: int, seed: int) -> World:
    """World `number` of a family. Of four that follow each other one fails far from the threshold, one near it, one
    holds near it and one far: as far as the family's own chance lets them.
    """
    name = f"{family}/{seed}/{number}"
    draw = Draw(random.Random(name), holds=number % 2 == 1, near=number // 2 % 2 == 1, name=name)
    world = families()[family](draw)
    world.name = name
    return world
