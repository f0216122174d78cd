"""MDN's browser-compat-data (CC0), the document `data.json` of the npm package: every browser, also Safari and Opera,
who publish no list of their own. It has no address here: an operator names it with `--from`.

Only releases that users have got count: no beta, no nightly, nothing planned, nothing without a date.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from collector.readiness.domain.model import Release
from collector.readiness.domain.versions import parse_version
from collector.releases.published import KEPT, Published, Source

PRODUCTS = ("chrome", "edge", "firefox", "opera", "safari")

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


def releases_from_compat_data(document: CompatData, as_of: date) -> Published:
    """The stable releases of the last three years as known on `as_of`, or when the document was made if that is
    earlier: a list never claims to know about days that its source had not seen. Raises KeyError for a browser that
    the document does not have.
    """
    known_until = min(as_of, document.meta.timestamp.date())
    return Published(
        name=f"@mdn/browser-compat-data {document.meta.version} (CC0-1.0), browsers.*.releases",
        day=known_until,
        products={name: _released(document.browsers[name], known_until) for name in PRODUCTS},
    )


def _released(browser: _CompatBrowser, until: date) -> list[Release]:
    found = [
        Release(version=version, released=date.fromisoformat(release.release_date))
        for version, release in browser.releases.items()
        if release.release_date is not None and release.status in _RELEASED and parse_version(version) is not None
    ]
    recent = [release for release in found if until - KEPT <= release.released <= until]
    return sorted(recent, key=lambda release: (release.released, release.version))


SOURCE = Source(CompatData, releases_from_compat_data)
