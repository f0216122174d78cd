"""months_old_at_most: a version that was released at most so many months ago."""

from __future__ import annotations

import calendar
from datetime import date

from agent.protocol.wire import FactValue
from collector.readiness.domain.comparison import ComparisonOperator, RequiredValue, Setting
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.versions import parse_version

_MOST_MONTHS = 1_200


def _compare(measured: FactValue, wanted: RequiredValue, setting: Setting) -> bool | None:
    return setting.unless_supported(_by_the_list(measured, wanted, setting), measured)


def _by_the_list(measured: FactValue, wanted: RequiredValue, setting: Setting) -> bool | None:
    found, months = parse_version(measured), number_of(wanted) if not isinstance(wanted, list) else None
    known = setting.known
    if found is None or months is None or not known:
        return None
    oldest_allowed = months_before(setting.now.date(), min(int(months), _MOST_MONTHS))
    newest = max(version for version, _ in known)
    if found.major > newest.major:
        # Released after the list was made, so no older than the list: only a fresh enough list settles it.
        return True if setting.releases.known_on(setting.product) >= oldest_allowed else None
    same = [(version, day) for version, day in known if version.major == found.major and version <= found]
    return max(same)[1] >= oldest_allowed if same else None


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


OPERATOR = ComparisonOperator(
    of="releases",
    compare=_compare,
    better="lower",
    used_for="browsers",
    met_when="it was released so many months ago, or fewer",
    value="a number",
    at_risk_value="higher",
)
