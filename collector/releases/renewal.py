"""Lays what publishers say over the list that is there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import msgspec

from collector.readiness.domain.model import Release, Releases
from collector.readiness.domain.versions import Version, parse_version
from collector.releases.published import KEPT, Published, SourceRefusedError

FOLLOWERS = {"chromium": "chrome"}
"""Browsers that are released with another one's version numbers."""

_AHEAD = timedelta(days=1)
"""Time zones: what is released tomorrow there may be today here."""


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
