"""Firefox' product-details: the history of its major releases."""

from __future__ import annotations

from datetime import date

from collector.releases.published import Published, Source, majors


def _read(document: dict[str, date], today: date) -> Published | None:
    days = list(document.items())
    return Published("Firefox product-details", today, {"firefox": majors(days)}) if days else None


SOURCE = Source(
    dict[str, date],
    _read,
    "https://product-details.mozilla.org/1.0/firefox_history_major_releases.json",
)
