"""Which lifetime in a list is that of a system, a browser or a machine. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from collector.readiness.domain.releases import LIST_USABLE_DAYS, Lifetime, LifetimeList
from collector.readiness.domain.versions import parse_version

NOT_LISTED = "lifetime_not_listed"
"""No entry fits."""
NOT_SAID = "lifetime_not_said"
"""One does, and its maker has not said when it ends."""
EDITION_NOT_TOLD = "edition_not_told"
"""Editions end on different days, and it is not known which one it is."""


def end_of_support(
    listed: LifetimeList, version: str | None = None, release: str | None = None, edition: str | None = None
) -> date | str:
    """The last day of support, or why it is not known. Entries for the edition go before those for any."""
    fitting = [one for one in listed.entries if _fits(one, version, release)]
    own = [one for one in fitting if edition and _names(one, edition)]
    if own or edition is not None:
        return _only_end(own or [one for one in fitting if not one.editions])
    return _only_end(fitting)


def _fits(entry: Lifetime, version: str | None, release: str | None) -> bool:
    """By all that the entry gives; one that gives nothing but a name fits nobody by itself."""
    by_version = entry.version is None or (version is not None and begins_with(version, entry.version))
    by_release = entry.release is None or (release is not None and release.lower() == entry.release.lower())
    return by_version and by_release and (entry.version is not None or entry.release is not None)


def begins_with(version: str, first: str) -> bool:
    """Whether the numbers of a version begin with those of another: 10.0.26100.4 with 10.0.26100, 26.1 with 26."""
    whole, start = parse_version(version), parse_version(first)
    return whole is not None and start is not None and whole.numbers[: len(start.numbers)] == start.numbers


def _names(entry: Lifetime, edition: str) -> bool:
    return edition.lower() in {one.lower() for one in entry.editions}


def _only_end(entries: Iterable[Lifetime]) -> date | str:
    """The end that all of them have."""
    ends = {one.ends_on for one in entries}
    if len(ends) > 1:
        return EDITION_NOT_TOLD
    return next((end or NOT_SAID for end in ends), NOT_LISTED)


def goes_on(listed: LifetimeList, version: str, today: date) -> bool | None:
    """Whether a version is of those whose support goes on today; None where that is not known."""
    end = end_of_support(listed, version)
    if isinstance(end, date):
        return end >= today
    is_listed = end != NOT_LISTED
    return (True if (today - listed.as_of).days <= LIST_USABLE_DAYS else None) if is_listed else False


def end_of_model(listed: LifetimeList, model: str) -> date | None:
    """The last day on which a model gets updates; by its name, as the list has it. None where that is not known."""
    named = model.strip().lower()
    return next((one.ends_on for one in listed.entries if one.name.strip().lower() == named), None)
