"""Edge's list of releases."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from collector.releases.published import Published, Source, majors


class _Release(msgspec.Struct, frozen=True, rename="pascal"):
    product_version: str
    published_time: datetime


class _Product(msgspec.Struct, frozen=True, rename="pascal"):
    product: str
    releases: list[_Release]


def _read(document: list[_Product], today: date) -> Published | None:
    stable = [release for product in document if product.product == "Stable" for release in product.releases]
    days = [(one.product_version, one.published_time.date()) for one in stable]
    return Published("Edge releases", today, {"edge": majors(days)}) if days else None


SOURCE = Source(list[_Product], _read, "https://edgeupdates.microsoft.com/api/products")
