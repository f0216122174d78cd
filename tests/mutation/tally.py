"""How many of the changes a test noticed, by room of the core. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from enum import Enum

from tests.truth.tally import at_most

CORE = "collector.readiness"
_TOLD = re.compile(rf"^ *({re.escape(CORE)}\.\S+): (.+)$", re.MULTILINE)


class Outcome(Enum):
    """What became of a change, in mutmut's words. One that made the tests run on and on was noticed."""

    KILLED = "killed"
    TIMEOUT = "timeout"
    SUSPICIOUS = "suspicious"
    SEGFAULT = "segfault"
    SURVIVED = "survived"
    NO_TESTS = "no tests"

    @property
    def is_unnoticed(self) -> bool:
        """Whether no test failed for it."""
        return self in (Outcome.SURVIVED, Outcome.NO_TESTS)


def told_in(said: str) -> dict[str, str]:
    """What mutmut's list of results says of each change, by its dotted name."""
    return dict(_TOLD.findall(said))


def room_of(name: str) -> str:
    """The room of the core that a change is in, by its dotted name."""
    return name.removeprefix(f"{CORE}.").partition(".")[0]


def table(found: Mapping[str, Outcome], of: int) -> str:
    """A row a room and one for all, in Markdown; below it how sure the share of all is, where `of` could be drawn."""
    drawn, unnoticed = Counter(map(room_of, found)), Counter(room_of(n) for n, one in found.items() if one.is_unnoticed)
    lines = ["| room | changes | noticed |", "|---|---|---|"]
    lines += [f"| {room} | {drawn[room]} | {_share(drawn[room], unnoticed[room])} |" for room in sorted(drawn)]
    missed = unnoticed.total()
    lines.append(f"| all | {len(found)} | {_share(len(found), missed)} |")
    if found:
        least = 1 - at_most(missed, len(found))
        lines.append(f"\nDrawn from {of}: with 95 % confidence at least {least:.1%} of all are noticed.")
    return "\n".join(lines)


def _share(of: int, missed: int) -> str:
    return f"{1 - missed / of:.1%}" if of else "-"
