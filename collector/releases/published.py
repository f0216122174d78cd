"""What a publisher of browsers says about its releases, and what a source of it declares. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import msgspec

from collector.readiness.domain.model import Release
from collector.readiness.domain.versions import parse_version

KEPT = timedelta(days=3 * 365)
"""How far back releases are listed: well beyond every age that a profile allows."""


class Published(msgspec.Struct, frozen=True):
    """What one source said: the stable releases of each product, and the day that it speaks of."""

    name: str
    day: date
    products: dict[str, list[Release]]


class Source(msgspec.Struct, frozen=True):
    """What a file in `sources/` declares. `form` is the type that its JSON fits, and no other source's; `read` makes
    releases of it as known on a day, or gives None where it has none. `provklar releases refresh` asks at `address`;
    a source without one is read only where an operator names a document of it.
    """

    form: Any
    read: Callable[[Any, date], Published | None]
    address: str | None = None


class SourceRefusedError(Exception):
    """A source that can not be used: a code of the catalogue `releases.po`, and what to put in."""

    def __init__(self, code: str, **values: str | int | float) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values


def majors(days: list[tuple[str, date]]) -> list[Release]:
    """The first day of each major version. Versions that are none are left out."""
    first: dict[int, date] = {}
    for text, day in days:
        version = parse_version(text)
        if version is not None:
            first[version.major] = min(day, first.get(version.major, day))
    return [Release(str(major), day) for major, day in sorted(first.items())]
