"""Compares two checkouts byte by byte: `python -m tests.support.same_bytes BEFORE AFTER`.

The same simulated municipality lives in both, one after the other, under a clock that stands still and with chance that
is always the same. Whatever it is asked and whatever it sends, prints and writes is recorded; all of it must be equal.
Both are driven by their command lines and over HTTP alone, so modules may have other names. Needs a C compiler
(Debian's package gcc) for that clock, and some minutes for each side.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.support.processes import free_port
from tests.support.same_bytes.clock import StillClock
from tests.support.same_bytes.differences import Difference, counted, differences
from tests.support.same_bytes.scenes import played
from tests.support.same_bytes.side import Checkout, Ports, Side

SHOWN = 40


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when all is the same, 1 when something differs, 2 when it can not be compared."""
    asked = _parser().parse_args(arguments)
    if shutil.which("cc") is None:
        print("There is no C compiler; on Debian: apt-get install gcc libc6-dev", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that what was started is ended
    ports = Ports(*(free_port() for _ in Ports._fields))
    with tempfile.TemporaryDirectory(prefix="same-bytes-") as folder:
        clock = StillClock(Path(folder))
        sides = [
            _side(
                Checkout(root.resolve(), (python or root / ".venv/bin/python").absolute()),
                Path(folder),
                ports,
                clock,
                name,
            )
            for root, python, name in (
                (asked.before, asked.before_python, "before"),
                (asked.after, asked.after_python, "after"),
            )
        ]
    before, after = sides
    if asked.keep:
        before.recording.save(asked.keep / "before")
        after.recording.save(asked.keep / "after")
    found = differences(before.recording, after.recording)
    _tell(before, after, found)
    return 1 if found else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="same_bytes", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    for name in ("before", "after"):
        parser.add_argument(name, type=Path, metavar=name.upper(), help="a checkout")
        parser.add_argument(f"--{name}-python", type=Path, metavar="FILE", help="its Python, if not .venv/bin/python")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write all that was recorded below this folder")
    return parser


def _side(checkout: Checkout, folder: Path, ports: Ports, clock: StillClock, name: str) -> Side:
    side = Side(checkout, folder / "world", ports, clock, folder / f"code-{name}")
    statuses = played(side)
    print(f"{name}: {checkout.root}: sittings {dict(sorted(statuses.items()))}", flush=True)
    return side


def _tell(before: Side, after: Side, found: list[Difference]) -> None:
    for kind, name, lines in found[:SHOWN]:
        print("\n".join([f"\n{kind}: {name}", *(f"    {line}" for line in lines)]))
    if len(found) > SHOWN:
        print(f"\n... and {len(found) - SHOWN} more (--keep)")
    print("\nset aside:", *before.aside.told(), sep="\n  ")
    print("\ncompared:", *counted(before.recording, after.recording, found), sep="\n  ")
    print("the same bytes" if not found else f"{len(found)} differ")


if __name__ == "__main__":
    sys.exit(main())
