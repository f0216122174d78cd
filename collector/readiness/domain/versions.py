"""Versions of programs and operating systems, ordered as versions and never as text.

`10` is newer than `9`, `124.0.1` newer than `124`, `124` the same as `124.0`. A pre-release (`125.0b3`) comes
before its release, a lettered fix (`1.0.2k`) after it; `esr` and what a packager adds (`120.0-2`, `3.2+snap1`) change
nothing. What does not look like a version is None, so that nobody can compare it by accident.

Ours, because packaging and semver each know one scheme and refuse what browsers, firmware and distributions write.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache, total_ordering

_SHAPE = re.compile(
    r"v?(?P<numbers>\d{1,12}(?:\.\d{1,12}){0,9})"
    r"(?:esr|(?P<letter>[a-z])|[-.]?(?P<before>alpha|a|beta|b|rc|dev|pre)[-.]?(?P<serial>\d{1,6}))?"
    r"(?:-\d{1,6})?(?:\+[0-9a-z.~-]{1,40})?"
)
_BEFORE = {"dev": 0, "pre": 1, "alpha": 2, "a": 2, "beta": 3, "b": 3, "rc": 4}
_RELEASE = 5
_AFTER = 6


@total_ordering
@dataclass(frozen=True)
class Version:
    """Something that can be laid in order. `numbers` has no zeros at its end."""

    numbers: tuple[int, ...]
    stage: int = _RELEASE
    serial: int = 0

    @property
    def major(self) -> int:
        """The first number: what browsers count their releases by."""
        return self.numbers[0] if self.numbers else 0

    def _key(self) -> tuple[tuple[int, ...], int, int]:
        return self.numbers, self.stage, self.serial

    def __lt__(self, other: Version) -> bool:
        return self._key() < other._key()


def _without_end_zeros(numbers: list[int]) -> tuple[int, ...]:
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def parse_version(text: object) -> Version | None:
    """The version that `text` writes, or None where it is no version."""
    return _parse(text) if isinstance(text, str) else None


@lru_cache(maxsize=4_096)
def _parse(text: str) -> Version | None:
    match = _SHAPE.fullmatch(text.strip().lower())
    if match is None:
        return None
    numbers = _without_end_zeros([int(part) for part in match["numbers"].split(".")])
    if match["before"]:
        return Version(numbers, _BEFORE[match["before"]], int(match["serial"]))
    if match["letter"]:
        return Version(numbers, _AFTER, ord(match["letter"]))
    return Version(numbers)
