"""The operators of requirements: each compares one measured value with the wanted one.

The answer is True, False, or None where it cannot be told: a value of the wrong type, a version that is none, a
product without release data. None never passes.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from agent.protocol.wire import FactValue
from collector.readiness.domain.model import Operator, Releases
from collector.readiness.domain.releases import LIST_FRESH_DAYS, LIST_USABLE_DAYS
from collector.readiness.domain.versions import Version, parse_version
from collector.readiness.evidence.index import number_of

Wanted = FactValue | list[str]

_MOST_MONTHS = 1_200


@dataclass(frozen=True)
class Setting:
    """What an operator may need beside the two values: whose version it is, the known releases, and the time."""

    fact: str
    releases: Releases
    now: datetime

    @property
    def product(self) -> str:
        """The browser that the fact is a version of."""
        return self.fact.rpartition(".")[2].removesuffix("_version")

    @cached_property
    def list_age_days(self) -> int:
        """How old the list of the product's releases is."""
        return self.releases.age_days(self.product, self.now)

    @cached_property
    def known(self) -> list[tuple[Version, date]]:
        """The releases of the product behind the fact that were out by then; none if it is not in the list."""
        parsed = [(parse_version(release.version), release.released) for release in self.releases.known(self.product)]
        return [(version, day) for version, day in parsed if version is not None and day <= self.now.date()]


Comparison = Callable[[FactValue, Wanted, Setting], bool | None]


def _at_least(measured: FactValue, wanted: Wanted, _: Setting) -> bool | None:
    pair = _two_numbers(measured, wanted)
    return None if pair is None else pair[0] >= pair[1]


def _at_most(measured: FactValue, wanted: Wanted, _: Setting) -> bool | None:
    pair = _two_numbers(measured, wanted)
    return None if pair is None else pair[0] <= pair[1]


def _equals(measured: FactValue, wanted: Wanted, _: Setting) -> bool | None:
    pair = _two_numbers(measured, wanted)
    if pair is not None:
        return pair[0] == pair[1]
    alike = isinstance(measured, bool | str) and type(measured) is type(wanted)
    return measured == wanted if alike else None


def _one_of(measured: FactValue, wanted: Wanted, _: Setting) -> bool | None:
    if not isinstance(measured, str) or not isinstance(wanted, list):
        return None
    return measured in wanted


def _version_at_least(measured: FactValue, wanted: Wanted, _: Setting) -> bool | None:
    found, limit = parse_version(measured), parse_version(wanted)
    return None if found is None or limit is None else found >= limit


def _version_at_most(measured: FactValue, wanted: Wanted, _: Setting) -> bool | None:
    found, limit = parse_version(measured), parse_version(wanted)
    return None if found is None or limit is None else found <= limit


def _latest_minus(measured: FactValue, wanted: Wanted, setting: Setting) -> bool | None:
    found, allowed = parse_version(measured), number_of(wanted) if not isinstance(wanted, list) else None
    majors = sorted({version.major for version, _ in setting.known}, reverse=True)
    if found is None or allowed is None or not majors:
        return None
    if _majors_behind(found.major, majors) > allowed:
        return False  # by an old list already; a newer one could only say more
    return None if setting.list_age_days > LIST_USABLE_DAYS else True


def is_aging(operator: Operator, setting: Setting) -> bool:
    """Whether what passes by the list of releases is not quite to be believed any more, as the list has aged. Release
    dates do not age: only "the latest" does.
    """
    return operator == "latest_minus" and setting.list_age_days > LIST_FRESH_DAYS


def _majors_behind(major: int, known: list[int]) -> int:
    """How many known majors are newer; for a major that the list leaves out, the plain difference, which is harsher."""
    return known.index(major) if major in known else max(0, known[0] - major)


def _months_old_at_most(measured: FactValue, wanted: Wanted, setting: Setting) -> bool | None:
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


def _two_numbers(measured: FactValue, wanted: Wanted) -> tuple[float, float] | None:
    if isinstance(wanted, list):
        return None
    found, limit = number_of(measured), number_of(wanted)
    return None if found is None or limit is None else (found, limit)


COMPARISONS: Mapping[Operator, Comparison] = {
    "at_least": _at_least,
    "at_most": _at_most,
    "equals": _equals,
    "one_of": _one_of,
    "version_at_least": _version_at_least,
    "version_at_most": _version_at_most,
    "latest_minus": _latest_minus,
    "months_old_at_most": _months_old_at_most,
}


def compare(operator: Operator, measured: FactValue, wanted: Wanted, setting: Setting) -> bool | None:
    """Whether `measured` satisfies `wanted`, or None where that cannot be told."""
    return COMPARISONS[operator](measured, wanted, setting)
