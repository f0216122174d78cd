"""The browsers' releases: what "the latest" and "so many months old" are laid against; and how long makers support what
they make.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from collector.readiness.domain.trust import Trust

LIST_FRESH_DAYS = 42
"""How old the list may be for "the latest" to be believed as it stands: six weeks are one release of most browsers and
three of the quickest, so beyond it what passes is at the limit.
"""
LIST_USABLE_DAYS = 183
"""How old it may be before "the latest" can no longer be said at all: half a year is some six to thirteen releases."""

_SAME_RELEASES_AS = {"chromium": "chrome"}


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One stable release of a browser."""

    version: str
    released: date


class Lifetime(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long something is supported: through `ends_on`, None while its maker has not said. It is known by what is
    given of `version` (the first numbers of one), `release` (such as 24H2) and `editions` (any of them); what is not
    given fits all. `source` says who says so where it is not the list's; such an entry is an operator's own.
    """

    name: str
    version: str | None = None
    release: str | None = None
    editions: list[str] = []
    ends_on: date | None = None
    source: str | None = None

    @property
    def known_by(self) -> tuple[str | None, ...]:
        """What tells it from others of its product; a name does where nothing else is given."""
        name = self.name if self.version is None and self.release is None else None
        return self.version, self.release, name, *sorted(edition.lower() for edition in self.editions)


class LifetimeList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lifetimes of one product as known on `as_of`."""

    as_of: date
    source: str
    trust: Trust
    entries: list[Lifetime]

    def age_days(self, now: datetime) -> int:
        """How old the list is."""
        return (now.date() - self.as_of).days


class ReleaseList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Browser releases as known on `as_of`; `products` maps `chrome`, `edge`, `firefox`, `safari` ... to releases.

    `looked_up` holds the day for products that were looked up on another day than the list as a whole.
    """

    as_of: date
    source: str
    products: dict[str, list[Release]]
    looked_up: dict[str, date] = {}

    def known(self, product: str) -> list[Release]:
        """The releases of a product; none if it is not in the list."""
        return self.products.get(product) or self.products.get(_SAME_RELEASES_AS.get(product, "")) or []

    def known_on(self, product: str) -> date:
        """The day that the list of a product is of."""
        listed = product if product in self.products else _SAME_RELEASES_AS.get(product, product)
        return self.looked_up.get(listed, self.as_of)

    def age_days(self, product: str, now: datetime) -> int:
        """How old the list of a product is."""
        return (now.date() - self.known_on(product)).days

    def aged(self, now: datetime) -> list[str]:
        """The products whose list is no longer fresh."""
        return [product for product in self.products if self.age_days(product, now) > LIST_FRESH_DAYS]


class Releases(ReleaseList, frozen=True, forbid_unknown_fields=True):
    """The releases, and the lifetimes by product: `windows`, `macos` ..., `firefox-esr`, `chromebooks`."""

    lifetimes: dict[str, LifetimeList] = {}

    @classmethod
    def of(cls, listed: ReleaseList, lifetimes: dict[str, LifetimeList]) -> Releases:
        """A list of releases with lifetimes beside it."""
        return cls(listed.as_of, listed.source, listed.products, listed.looked_up, lifetimes)

    def aged_lifetimes(self, now: datetime) -> list[str]:
        """The products whose lifetimes nobody has looked up for so long that newer versions are missing."""
        return sorted(product for product, one in self.lifetimes.items() if one.age_days(now) > LIST_USABLE_DAYS)
