"""The browsers' releases: what "the latest" and "so many months old" are laid against."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

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


class Releases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
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
