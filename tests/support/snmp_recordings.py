"""Recordings of real gear as sessions, and as raw lines for whoever wants to count for himself."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

from collector.snmp.session import DEFAULT_LIMITS, Oid, SnmpAnswer, SnmpProblem, Value, WalkLimits, oid

RECORDINGS = Path(__file__).parents[1] / "fixtures/snmp"
OBJECT_IDENTIFIER = "6"
STRINGS = {"4", "64"}


class Recorded:
    """A session that answers from what was written down; `cut` columns end with a problem."""

    def __init__(self, values: dict[Oid, Value], cut: dict[Oid, SnmpProblem] | None = None) -> None:
        self._values = values
        self._cut = cut or {}
        self.asked = 0

    async def get(self, names: Sequence[Oid]) -> SnmpAnswer:
        """The values that are there."""
        self.asked += 1
        found = {name: self._values[name] for name in names if name in self._values}
        return SnmpAnswer(found, None if len(found) == len(names) else "no_such")

    async def walk(self, root: Oid, limits: WalkLimits = DEFAULT_LIMITS) -> SnmpAnswer:
        """All values below `root`, whatever the limits."""
        self.asked += 1
        found = {name: value for name, value in self._values.items() if name[: len(root)] == root}
        return SnmpAnswer(found, self._cut.get(root) or (None if found else "no_such"))


def lines(name: str) -> list[str]:
    """The lines of a recording as they are."""
    packed = RECORDINGS / f"{name}.snmprec.gz"
    if packed.exists():
        return gzip.decompress(packed.read_bytes()).decode().splitlines()
    return (RECORDINGS / f"{name}.snmprec").read_text(encoding="utf-8").splitlines()


def recording(name: str) -> dict[Oid, Value]:
    """The values of a recording, typed."""
    return dict(_value(*line.split("|", 2)) for line in lines(name))


def _value(name: str, tag: str, written: str) -> tuple[Oid, Value]:
    kind = tag.rstrip("x")
    if kind in STRINGS:
        return oid(name), bytes.fromhex(written) if tag.endswith("x") else written.encode()
    return oid(name), oid(written) if kind == OBJECT_IDENTIFIER else int(written)


def written(name: str, column: str) -> dict[str, str]:
    """A column as it stands in the recording: index and value, both as people read them. For whoever checks what is
    made of it, by other means than the product's.
    """
    return {index: bytes.fromhex(value).decode(errors="replace") for index, value in octets(name, column).items()}


def octets(name: str, column: str) -> dict[str, str]:
    """The same with each value in hexadecimal, as for addresses."""
    found = {}
    for line in lines(name):
        object_id, tag, value = line.split("|", 2)
        if object_id.startswith(f"{column}."):
            found[object_id.removeprefix(f"{column}.")] = value if tag.endswith("x") else value.encode().hex()
    return found
