"""Invented names and codes of simulated schools, and the names of their rooms."""

from __future__ import annotations

import random

CODE_PREFIX = "98"
"""School codes of simulated schools begin so; those of the sample configuration begin with 99."""

LARGEST_NUMBER = 999_999

_FIRST = ("Bäver", "Ekorr", "Hackspett", "Hermelin", "Iller", "Järv", "Kungsörn", "Lavskrike", "Lodjurs", "Mård",
          "Orrtupp", "Rördrom", "Sädesärle", "Strömstare", "Utter", "Vessle")  # fmt: skip
_SECOND = ("bergs", "dals", "heds", "klint", "kulle", "mosse", "sunds", "tjärns", "viks", "ängs")


def school_code(number: int) -> str:
    """The eight-digit code of simulated school `number`, counted from 1."""
    if not 1 <= number <= LARGEST_NUMBER:
        raise ValueError(f"a simulated municipality has 1 to {LARGEST_NUMBER} schools, not {number}")
    return f"{CODE_PREFIX}{number:06d}"


def school_names(count: int, rng: random.Random) -> list[str]:
    """`count` different names in random order. When the invented names run out, they come again with a number."""
    names = [f"{first}{second}skolan" for first in _FIRST for second in _SECOND]
    rng.shuffle(names)
    rounds = [names, *([f"{name} {turn}" for name in names] for turn in range(2, count // len(names) + 2))]
    return [name for turn in rounds for name in turn][:count]


def room_id(index: int) -> str:
    """The name on the door of a school's room `index`, counted from 0: A101, A102 ... A110, B101 ..."""
    corridor, door = divmod(index, 10)
    return f"{chr(ord('A') + corridor % 26)}{1 + corridor // 26}{door + 1:02d}"
