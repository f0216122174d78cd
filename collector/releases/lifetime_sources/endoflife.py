"""endoflife.date (MIT): Windows by edition, macOS, iPadOS, and Firefox' versions with extended support."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec

from collector.readiness.domain.releases import Lifetime
from collector.readiness.domain.trust import Trust
from collector.releases.lifetimes import LifetimeSource, PublishedLifetimes

_EDITIONS = {
    "e-lts": ["EnterpriseS", "EnterpriseSN"],
    "iot-lts": ["IoTEnterpriseS"],
    "e": ["Education", "EducationN", "Enterprise", "EnterpriseN", "IoTEnterprise"],
    "w": [],
}
"""Which editions (as Windows' registry calls them) the end of a release's name stands for; `w` is all others."""


class _Latest(msgspec.Struct, frozen=True):
    name: str


class _Release(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    label: str
    is_lts: bool
    eol_from: date | None = None
    latest: _Latest | None = None


class _Result(msgspec.Struct, frozen=True):
    name: str
    label: str
    releases: list[_Release]


class _Answer(msgspec.Struct, frozen=True):
    result: _Result


def _windows(one: _Release, label: str) -> Lifetime | None:
    """By the build, which Windows' versions have as their third number."""
    version = one.latest.name if one.latest is not None else ""
    if not version.startswith("10.0."):
        return None
    editions = next((names for end, names in _EDITIONS.items() if one.name.endswith(f"-{end}")), [])
    return Lifetime(f"{label} {one.label}", version, editions=editions, ends_on=one.eol_from)


def _by_major(one: _Release, label: str) -> Lifetime | None:
    return Lifetime(f"{label} {one.name}", one.name, ends_on=one.eol_from)


def _extended(one: _Release, label: str) -> Lifetime | None:
    return Lifetime(f"{label} ESR {one.name}", one.name, ends_on=one.eol_from) if one.is_lts else None


_READERS: dict[str, tuple[str, Callable[[_Release, str], Lifetime | None]]] = {
    "windows": ("windows", _windows),
    "macos": ("macos", _by_major),
    "ipados": ("ipados", _by_major),
    "firefox": ("firefox-esr", _extended),
}
"""By the product there: what it is called here, and how one of its releases is read."""


def _read(answer: _Answer, today: date) -> PublishedLifetimes | None:
    known = _READERS.get(answer.result.name)
    if known is None:
        return None
    product, read = known
    found = [read(one, answer.result.label.removeprefix("Apple ")) for one in answer.result.releases]
    entries = [one for one in found if one is not None]
    return PublishedLifetimes("endoflife.date (MIT)", today, Trust.SECOND_HAND, {product: entries})


SOURCE = LifetimeSource(
    _Answer, _read, tuple(f"https://endoflife.date/api/v1/products/{product}/" for product in _READERS)
)
