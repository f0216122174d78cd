"""Rules of `lifetimes/*.yaml`: entries that can be recognised, each once, in a list that is not from the future."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from collector.configuration.problems import ConfigurationProblem, problem
from collector.readiness.domain.releases import LifetimeList
from collector.readiness.domain.versions import parse_version

_CLOCKS_DIFFER = timedelta(days=1)


def lifetime_problems(listed: LifetimeList, now: datetime) -> Iterator[ConfigurationProblem]:
    """All that is wrong with one list of lifetimes."""
    if listed.as_of > (now + _CLOCKS_DIFFER).date():
        yield problem(("as_of",), "config_releases_from_the_future", date=listed.as_of.isoformat())
    seen: set[tuple[str | None, ...]] = set()
    for index, one in enumerate(listed.entries):
        place = ("entries", index)
        if one.version is not None and parse_version(one.version) is None:
            yield problem((*place, "version"), "config_bad_version", product=one.name, version=one.version)
        if one.known_by in seen:
            yield problem(place, "config_lifetime_twice", name=one.name)
        seen.add(one.known_by)
