"""`python -m tests.bench [NAME ...] [--quick]`: runs the benchmarks of this folder and prints one JSON document."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tests.bench.benchmark import Context, Outcome

PREFIX = "bench_"


def names() -> list[str]:
    """The benchmarks: one for each file of this folder that begins with `bench_`."""
    return sorted(path.stem.removeprefix(PREFIX) for path in Path(__file__).parent.glob(f"{PREFIX}*.py"))


def say(line: str) -> None:
    """Progress, apart from the figures."""
    print(line, file=sys.stderr, flush=True)


def run(name: str, *, quick: bool) -> Outcome:
    """Runs one benchmark in an empty folder of its own."""
    module = importlib.import_module(f"tests.bench.{PREFIX}{name}")
    with tempfile.TemporaryDirectory(prefix=f"provklar-bench-{name}-") as folder:
        outcome: Outcome = module.run(Context(quick, Path(folder), lambda line: say(f"{name}: {line}")))
    return outcome


def main(arguments: Sequence[str] | None = None) -> int:
    """Parses, runs, prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *names()], metavar="NAME", help=", ".join(names()))
    parser.add_argument("--quick", action="store_true", help="a short run whose figures mean little")
    chosen = parser.parse_args(arguments)
    outcomes = {name: msgspec.to_builtins(run(name, quick=chosen.quick)) for name in chosen.names or names()}
    print(json.dumps(outcomes, indent=2, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
