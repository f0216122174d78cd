"""Makes releases from MDN's browser-compat-data (CC0), the document `data.json` of the npm package, and writes them.

Only releases that users have got count: no beta, no nightly, nothing planned, nothing without a date.
"""

from __future__ import annotations

import json
import os
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from collector.readiness.domain.model import Release, Releases
from collector.readiness.domain.versions import parse_version

PRODUCTS = ("chrome", "edge", "firefox", "opera", "safari")
FOLLOWERS = {"chromium": "chrome"}
"""Browsers that are released with another one's version numbers."""
KEPT = timedelta(days=3 * 365)
"""How far back releases are listed: well beyond every age that a profile allows."""

_RELEASED = frozenset({"current", "esr", "retired"})


class _CompatRelease(msgspec.Struct, frozen=True):
    status: str
    release_date: str | None = None


class _CompatBrowser(msgspec.Struct, frozen=True):
    releases: dict[str, _CompatRelease]


class _CompatMeta(msgspec.Struct, frozen=True):
    version: str
    timestamp: datetime


class CompatData(msgspec.Struct, frozen=True):
    """The part of `data.json` that is read here."""

    browsers: dict[str, _CompatBrowser]
    meta: _CompatMeta = msgspec.field(name="__meta")


def read_compat_data(path: Path) -> CompatData:
    """The package's `data.json`. Raises OSError, or msgspec.ValidationError if it has another form than expected."""
    return msgspec.json.decode(path.read_bytes(), type=CompatData)


def releases_from_compat_data(document: CompatData, as_of: date) -> Releases:
    """The stable releases of the last three years as known on `as_of`, or when the document was made if that is
    earlier: a list never claims to know about days that its source had not seen. Raises KeyError for a browser that
    the document does not have.
    """
    known_until = min(as_of, document.meta.timestamp.date())
    products = {name: _released(document.browsers[name], known_until) for name in PRODUCTS}
    products |= {name: products[leader] for name, leader in FOLLOWERS.items()}
    return Releases(
        as_of=known_until,
        source=f"@mdn/browser-compat-data {document.meta.version} (CC0-1.0), browsers.*.releases",
        products=dict(sorted(products.items())),
    )


def _released(browser: _CompatBrowser, until: date) -> list[Release]:
    found = [
        Release(version=version, released=date.fromisoformat(release.release_date))
        for version, release in browser.releases.items()
        if release.release_date is not None and release.status in _RELEASED and parse_version(version) is not None
    ]
    recent = [release for release in found if until - KEPT <= release.released <= until]
    return sorted(recent, key=lambda release: (release.released, release.version))


def releases_yaml(releases: Releases) -> str:
    """The text of `releases.yaml`: one release per line, oldest first, so that an update is easy to review."""
    lines = [
        "# Stable browser releases: what `latest_minus` and `months_old_at_most` in a profile are laid against.",
        "# Made by `provklar releases refresh`; replace it as a whole rather than edit it.",
        f"as_of: {releases.as_of.isoformat()}",
        f"source: {_quoted(releases.source)}",
    ]
    if releases.looked_up:
        lines.append("looked_up:")
        lines += [f"  {product}: {day.isoformat()}" for product, day in releases.looked_up.items()]
    lines.append("products:")
    for product, known in releases.products.items():
        lines.append(f"  {product}:")
        lines += [f"    - {{version: {_quoted(one.version)}, released: {one.released.isoformat()}}}" for one in known]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def write_releases(releases: Releases, path: Path) -> None:
    """Replaces `path` in one step, so that a collector reading it at this moment sees the old list or the new one.
    Raises OSError, and leaves the old one as it was.
    """
    unfinished = path.with_suffix(".new")
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            file.write(releases_yaml(releases))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
