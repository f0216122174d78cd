"""`python -m tests.support.trim_recording KIND SOURCE [SOURCE ...] --to FOLDER`: keeps what the product reads.

Clients' tables, with addresses and names of people's devices, go away with all the rest. SOURCE is a file of the
package snmpsim-data, packed (bz2) or not; what comes out larger than 200 kB is packed (gz).
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import sys
from collections.abc import Sequence
from pathlib import Path

from collector.snmp.interfaces import COLUMNS, SYS_UPTIME
from collector.snmp.lldp import WALKED
from collector.snmp.session import dotted, oid
from collector.snmp.vendor_profile import AnyFamily, Standalone
from collector.snmp.vendors import SYS_OBJECT_ID, families_of, for_strangers

LARGE_BYTES = 200_000


def kept(kind: str, lines: list[str]) -> list[str]:
    """The lines that are read of this gear's family, or of a switch's interfaces and neighbours. Those whose values
    were not recorded, but are made up when asked for, go away too.
    """
    columns, single = [*COLUMNS, *WALKED], [SYS_OBJECT_ID, SYS_UPTIME]
    if kind == "wireless":
        read = families_read(lines)
        columns = [column for family in read for column in family.columns]
        single = [SYS_OBJECT_ID, *(total for family in read for total in family.totals)]
    below = tuple(f"{dotted(column)}." for column in columns)
    names = {dotted(name) for name in single}
    wanted = (line for line in lines if line.startswith(below) or line.partition("|")[0] in names)
    return [line for line in wanted if ":" not in line.split("|")[1]]


def families_read(lines: list[str]) -> list[AnyFamily]:
    """Those of the device's sysObjectID; of an access point of its own, also those that are tried on any."""
    told = next(line for line in lines if line.startswith(f"{dotted(SYS_OBJECT_ID)}|"))
    read = families_of(oid(told.strip().rpartition("|")[2]))
    if any(isinstance(family, Standalone) for family in read):
        read += for_strangers()
    return read


def trim(kind: str, source: Path, folder: Path) -> Path:
    """Writes the trimmed recording and gives its path."""
    packed_bytes = source.read_bytes()
    text = (bz2.decompress(packed_bytes) if source.suffix == ".bz2" else packed_bytes).decode(errors="replace")
    text = "".join(kept(kind, text.splitlines(keepends=True)))
    target = folder / source.name.removesuffix(".bz2")
    if len(text) <= LARGE_BYTES:
        target.write_text(text)
        return target
    packed = target.with_name(f"{target.name}.gz")
    packed.write_bytes(gzip.compress(text.encode(), mtime=0))
    return packed


def main(arguments: Sequence[str] | None = None) -> int:
    """Parses, trims, says what was written."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.trim_recording", description=__doc__)
    parser.add_argument("kind", choices=["wireless", "switch"])
    parser.add_argument("sources", nargs="+", type=Path, metavar="SOURCE")
    parser.add_argument("--to", required=True, type=Path, metavar="FOLDER")
    chosen = parser.parse_args(arguments)
    for source in chosen.sources:
        print(trim(chosen.kind, source, chosen.to))
    return 0


if __name__ == "__main__":
    sys.exit(main())
