"""How long makers support what they make: what a source says of it, laid over the list that is there, and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from collector.readiness.domain.releases import Lifetime, LifetimeList
from collector.readiness.domain.trust import Trust
from collector.readiness.domain.versions import Version, parse_version
from collector.releases.document import quoted, write_whole
from collector.releases.published import SourceRefusedError


class PublishedLifetimes(msgspec.Struct, frozen=True):
    """What one source said: lifetimes by product, and the day that it speaks of."""

    name: str
    day: date
    trust: Trust
    products: dict[str, list[Lifetime]]


class LifetimeSource(msgspec.Struct, frozen=True):
    """What a file in `lifetime_sources/` declares: like a `Source`, with as many addresses as it has products."""

    form: Any
    read: Callable[[Any, date], PublishedLifetimes | None]
    addresses: tuple[str, ...] = ()


def renewed_lifetimes(
    old: Mapping[str, LifetimeList], published: Mapping[str, PublishedLifetimes]
) -> dict[str, LifetimeList]:
    """The lists that the sources (by where they came from) have something for. An operator's own entries stay, and so
    does what a source no longer lists. Raises SourceRefusedError for a source without any lifetime.
    """
    renewed: dict[str, LifetimeList] = {}
    for source, said in published.items():
        for product, entries in said.products.items():
            if not entries:
                raise SourceRefusedError("releases_without_releases", source=source, product=product)
            before = renewed.get(product) or old.get(product)
            merged = _merged(before.entries if before else [], entries)
            renewed[product] = LifetimeList(said.day, said.name, said.trust, merged)
    return renewed


def _merged(before: Iterable[Lifetime], entries: Iterable[Lifetime]) -> list[Lifetime]:
    """The operator's own go before what the source says, and that before what was known."""
    found = {one.known_by: one for one in [*before, *entries]}
    found |= {one.known_by: one for one in before if one.source is not None}
    return _sorted(found.values())


def _sorted(entries: Iterable[Lifetime]) -> list[Lifetime]:
    return sorted(entries, key=lambda one: (parse_version(one.version) or Version(()), one.name, one.editions))


def lifetimes_yaml(product: str, listed: LifetimeList) -> str:
    """The text of `lifetimes/<product>.yaml`: one entry per line, so that an update is easy to review."""
    return "\n".join([
        f"# How long {product} is supported: see docs/profiles.md. Renewed by `provklar releases refresh`; an entry",
        "# with a `source` of its own is left alone by it.",
        f"as_of: {listed.as_of.isoformat()}",
        f"source: {quoted(listed.source)}",
        f"trust: {listed.trust.value}",
        "entries:" if listed.entries else "entries: []",
        *(f"  - {{{', '.join(_written(one))}}}" for one in listed.entries),
    ]) + "\n"  # fmt: skip


def _written(one: Lifetime) -> list[str]:
    texts = {"name": one.name, "version": one.version, "release": one.release}
    parts = [f"{key}: {quoted(value)}" for key, value in texts.items() if value is not None]
    if one.editions:
        parts.append(f"editions: [{', '.join(map(quoted, one.editions))}]")
    if one.ends_on is not None:
        parts.append(f"ends_on: {one.ends_on.isoformat()}")
    return [*parts, *([] if one.source is None else [f"source: {quoted(one.source)}"])]


def write_lifetimes(lists: Mapping[str, LifetimeList], folder: Path) -> None:
    """Replaces each list in one step. Raises OSError."""
    for product, listed in lists.items():
        write_whole(lifetimes_yaml(product, listed), folder / f"{product}.yaml")
