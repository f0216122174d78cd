"""Understands what publishers of browsers say about their releases, and lays it over the list that is there. Pure.

Four forms are known, told apart by what is in them: MDN's browser-compat-data (every browser), Chrome's Version
History, Firefox' product-details (the history of major releases) and Edge's list of releases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

import msgspec

from collector.readiness.domain.model import Release, Releases
from collector.readiness.domain.versions import Version, parse_version
from collector.releases.document import FOLLOWERS, KEPT, CompatData, releases_from_compat_data

_MOSTLY_SERVED = 0.5
"""Chrome serves a new release to a few per cent first; it counts from when half of its users are offered it."""

_AHEAD = timedelta(days=1)
"""Time zones: what is released tomorrow there may be today here."""


class Published(msgspec.Struct, frozen=True):
    """What one source said: the stable releases of each product, and the day that it speaks of."""

    name: str
    day: date
    products: dict[str, list[Release]]


class SourceRefusedError(Exception):
    """A source that can not be used: a code of the catalogue `releases.po`, and what to put in."""

    def __init__(self, code: str, **values: str | int | float) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values


class _ChromeServing(msgspec.Struct, frozen=True, rename="camel"):
    start_time: datetime


class _ChromeRelease(msgspec.Struct, frozen=True):
    name: str
    version: str
    serving: _ChromeServing
    fraction: float = 1.0


class _ChromeHistory(msgspec.Struct, frozen=True):
    releases: list[_ChromeRelease]


class _EdgeRelease(msgspec.Struct, frozen=True, rename="pascal"):
    product_version: str
    published_time: datetime


class _EdgeProduct(msgspec.Struct, frozen=True, rename="pascal"):
    product: str
    releases: list[_EdgeRelease]


def understood(source: str, raw: bytes, today: date) -> Published:
    """What a source said, whichever it is. Raises SourceRefusedError."""
    for form, reader in _READERS:
        try:
            document = msgspec.json.decode(raw, type=form)
            found: Published | None = reader(document, today)
        except (msgspec.DecodeError, KeyError, ValueError):
            continue
        if found is not None:
            return found
    raise SourceRefusedError("releases_unknown_form", source=source)


def _mdn(document: CompatData, today: date) -> Published:
    listed = releases_from_compat_data(document, today)
    products = {name: known for name, known in listed.products.items() if name not in FOLLOWERS}
    return Published(listed.source, listed.as_of, products)


def _chrome(document: _ChromeHistory, today: date) -> Published | None:
    stable = [one for one in document.releases if "/channels/stable/" in one.name and one.fraction >= _MOSTLY_SERVED]
    if not stable:
        return None
    days = [(one.version, one.serving.start_time.date()) for one in stable]
    return Published("Chrome Version History", today, {"chrome": _majors(days)})


def _firefox(document: dict[str, date], today: date) -> Published | None:
    days = list(document.items())
    return Published("Firefox product-details", today, {"firefox": _majors(days)}) if days else None


def _edge(document: list[_EdgeProduct], today: date) -> Published | None:
    stable = [release for product in document if product.product == "Stable" for release in product.releases]
    days = [(one.product_version, one.published_time.date()) for one in stable]
    return Published("Edge releases", today, {"edge": _majors(days)}) if days else None


_READERS: tuple[tuple[object, Callable[..., Published | None]], ...] = (
    (CompatData, _mdn),
    (_ChromeHistory, _chrome),
    (list[_EdgeProduct], _edge),
    (dict[str, date], _firefox),
)


def _majors(days: list[tuple[str, date]]) -> list[Release]:
    """The first day of each major version. Versions that are none are left out."""
    first: dict[int, date] = {}
    for text, day in days:
        version = parse_version(text)
        if version is not None:
            first[version.major] = min(day, first.get(version.major, day))
    return [Release(str(major), day) for major, day in sorted(first.items())]


def renewed(old: Releases, published: Mapping[str, Published], today: date) -> Releases:
    """The old list with what the sources (by where they came from) add. What it knew stays as it was, as long as it is
    not too old to matter. Raises SourceRefusedError for a source that is empty, behind the list or ahead of the clock.
    """
    products, looked_up = dict(old.products), dict(old.looked_up)
    for source, said in published.items():
        for product, releases in said.products.items():
            _check(source, product, releases, old, today)
            products[product] = _added(products.get(product, []), releases, today)
            before = looked_up.get(product, old.as_of) if product in old.products else said.day
            looked_up[product] = max(before, said.day)
    for follower, leader in FOLLOWERS.items():
        if leader in looked_up:
            products[follower], looked_up[follower] = products[leader], looked_up[leader]
    names = dict.fromkeys(said.name for said in published.values())
    return _dated(Releases(old.as_of, _source(old.source, list(names)), dict(sorted(products.items())), looked_up))


def _check(source: str, product: str, releases: list[Release], old: Releases, today: date) -> None:
    found = _newest(releases)
    if found is None:
        raise SourceRefusedError("releases_without_releases", source=source, product=product)
    late = next((one for one in releases if one.released > today + _AHEAD), None)
    if late is not None:
        raise SourceRefusedError("releases_from_the_future", source=source, product=product, version=late.version)
    known = _newest(old.products.get(product, []))
    if known is not None and found.major < known.major:
        written = {"found": str(found.major), "known": str(known.major)}
        raise SourceRefusedError("releases_older_than_list", source=source, product=product, **written)


def _newest(releases: list[Release]) -> Version | None:
    parsed = [version for one in releases if (version := parse_version(one.version)) is not None]
    return max(parsed, default=None)


def _added(known: list[Release], found: list[Release], today: date) -> list[Release]:
    """Both lists, each version once; a day that was known stays. What came out a moment ahead of us came out today."""
    versions = {parse_version(one.version) for one in known}
    new = [
        Release(one.version, min(one.released, today)) for one in found if parse_version(one.version) not in versions
    ]
    recent = [one for one in [*known, *new] if today - KEPT <= one.released]
    return sorted(recent or known[-1:], key=lambda one: (one.released, parse_version(one.version) or Version(())))


def _source(old: str, names: list[str]) -> str:
    """Where the list comes from, each source once."""
    return "; ".join(dict.fromkeys([*old.split("; "), *names]))


def _dated(releases: Releases) -> Releases:
    """`as_of` is the oldest day of all products; only other days are written beside a product."""
    days = {product: releases.known_on(product) for product in releases.products}
    oldest = min(days.values(), default=releases.as_of)
    others = {product: day for product, day in sorted(days.items()) if day != oldest}
    return msgspec.structs.replace(releases, as_of=oldest, looked_up=others)
