"""Google's Chrome Management API: until when each model among the own Chromebooks gets updates.

It asks for a login of the authority's, so it has no address here: an operator names a document of it with `--from`.
"""

from __future__ import annotations

import calendar
from datetime import date

import msgspec

from collector.readiness.domain.releases import Lifetime
from collector.readiness.domain.trust import Trust
from collector.releases.lifetimes import LifetimeSource, PublishedLifetimes

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_name) if name}
_LONG_AGO = date(1970, 1, 1)
"""The end of a model whose updates are over: the report no longer says since when."""


class _Model(msgspec.Struct, frozen=True, rename="camel"):
    model: str
    aue_month: str = ""
    aue_year: str = ""
    expired: bool = False


class _Report(msgspec.Struct, frozen=True, rename="camel"):
    device_aue_count_reports: list[_Model]


def _read(report: _Report, today: date) -> PublishedLifetimes | None:
    ends = [(one.model, _end(one)) for one in report.device_aue_count_reports]
    entries = [Lifetime(model, ends_on=end) for model, end in sorted(set(ends)) if end is not None]
    return PublishedLifetimes("Google, Chrome Management API", today, Trust.PUBLISHED, {"chromebooks": entries})


def _end(one: _Model) -> date | None:
    """The last day of the month that it names."""
    if one.expired:
        return _LONG_AGO
    month = _MONTHS.get(one.aue_month)
    if month is None or not one.aue_year.isdigit():
        return None
    year = int(one.aue_year)
    return date(year, month, calendar.monthrange(year, month)[1])


SOURCE = LifetimeSource(_Report, _read)
