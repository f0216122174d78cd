"""Chrome's Version History."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from collector.releases.published import Published, Source, majors

_MOSTLY_SERVED = 0.5
"""Chrome serves a new release to a few per cent first; it counts from when half of its users are offered it."""


class _Serving(msgspec.Struct, frozen=True, rename="camel"):
    start_time: datetime


class _Release(msgspec.Struct, frozen=True):
    name: str
    version: str
    serving: _Serving
    fraction: float = 1.0


class _History(msgspec.Struct, frozen=True):
    releases: list[_Release]


def _read(document: _History, today: date) -> Published | None:
    stable = [one for one in document.releases if "/channels/stable/" in one.name and one.fraction >= _MOSTLY_SERVED]
    if not stable:
        return None
    days = [(one.version, one.serving.start_time.date()) for one in stable]
    return Published("Chrome Version History", today, {"chrome": majors(days)})


SOURCE = Source(
    _History,
    _read,
    "https://versionhistory.googleapis.com/v1/chrome/platforms/win/channels/stable/versions/all/releases",
)
