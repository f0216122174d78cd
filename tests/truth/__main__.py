"""`python -m tests.truth`: holds simulated schools of known truth against the product, and prints what came of it.

With `--results FILE` what was judged is kept, and a run that is begun again goes on where the last one ended. `--write`
writes worlds into a folder instead, each with its configuration, replay and truth, for `provklar replay`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from multiprocessing import Pool
from pathlib import Path

import msgspec

from tests.truth.judging import Judged, Task, is_false_not_ready, is_false_ready, judge
from tests.truth.tables import tables
from tests.truth.worlds.world import families, make

PROGRESS_S = 5.0


def tasks(worlds: int, seed: int, named: Sequence[str]) -> list[Task]:
    """So many worlds, each family in its turn."""
    return [Task(named[index % len(named)], index // len(named), seed) for index in range(worlds)]


def judged_before(path: Path | None) -> list[Judged]:
    """What an earlier run has kept; a line that it could not end is done again."""
    if path is None or not path.exists():
        return []
    decoder = msgspec.json.Decoder(Judged)
    whole = path.read_bytes().rpartition(b"\n")[0]
    path.write_bytes(whole + b"\n" if whole else b"")
    return [decoder.decode(line) for line in whole.splitlines()]


def judged_now(wanted: Sequence[Task], processes: int) -> Iterator[Judged]:
    """Judges worlds, in several processes where more than one is asked for."""
    if processes <= 1:
        yield from map(judge, wanted)
        return
    with Pool(processes) as pool:
        yield from pool.imap_unordered(judge, wanted, chunksize=4)


def kept(found: Iterable[Judged], path: Path | None) -> Iterator[Judged]:
    """Writes each down as it comes."""
    if path is None:
        yield from found
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        for one in found:
            file.write(msgspec.json.encode(one) + b"\n")
            file.flush()
            yield one


def told(found: Iterable[Judged], of: int) -> Iterator[Judged]:
    """Says now and then how far it is."""
    began_s = said_s = time.monotonic()
    ready = not_ready = 0
    for done, one in enumerate(found, 1):
        ready += is_false_ready(one.worst)
        not_ready += is_false_not_ready(one.worst)
        if time.monotonic() - said_s > PROGRESS_S or done == of:
            said_s = time.monotonic()
            left_s = (said_s - began_s) / done * (of - done)
            print(
                f"{done} of {of} worlds, {ready} false ready, {not_ready} false not ready, {left_s:.0f} s left",
                file=sys.stderr,
                flush=True,
            )
        yield one


def write(wanted: Sequence[Task], folder: Path) -> None:
    """Each world in a folder of its own."""
    for task in wanted:
        place = folder / f"{task.family}-{task.seed}-{task.number}"
        place.mkdir(parents=True)
        make(task.family, task.number, task.seed).write(place)
        print(place)


def main(arguments: Sequence[str] | None = None) -> int:
    """Parses, judges, prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.truth", description=__doc__)
    parser.add_argument("--worlds", type=int, default=3_000, metavar="N", help="how many in all (3000)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="other worlds by another seed (1)")
    parser.add_argument("--processes", type=int, default=1, metavar="P", help="side by side (1)")
    parser.add_argument("--families", nargs="+", choices=sorted(families()), metavar="NAME", help="only these")
    parser.add_argument("--results", type=Path, metavar="FILE", help="keep what was judged, and go on from there")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write the worlds here and judge none")
    chosen = parser.parse_args(arguments)
    wanted = tasks(chosen.worlds, chosen.seed, chosen.families or sorted(families()))
    if chosen.write is not None:
        write(wanted, chosen.write)
        return 0
    before = {one.task: one for one in judged_before(chosen.results)}
    missing = [task for task in wanted if task not in before]
    found = [before[task] for task in wanted if task in before]
    found += told(kept(judged_now(missing, chosen.processes), chosen.results), len(missing))
    print(f"{len(found)} worlds, seed {chosen.seed}, commit {commit()}, {datetime.now(UTC):%-d %B %Y}\n")
    print(tables(found))
    return 0


def commit() -> str:
    """What was held against them."""
    asked = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    said = subprocess.run(asked, cwd=Path(__file__).parent, capture_output=True, text=True, timeout=30, check=False)
    return said.stdout.strip() or "not known"


if __name__ == "__main__":
    sys.exit(main())
