"""Rules of `releases.yaml`: versions that can be laid in order, each once, none from the future."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from collector.configuration.problems import ConfigurationProblem, problem
from collector.readiness.domain.releases import ReleaseList
from collector.readiness.domain.versions import parse_version

_CLOCKS_DIFFER = timedelta(days=1)


def releases_problems(releases: ReleaseList, now: datetime) -> Iterator[ConfigurationProblem]:
    """All that is wrong with the list of browser releases."""
    if releases.as_of > (now + _CLOCKS_DIFFER).date():
        yield problem(("as_of",), "config_releases_from_the_future", date=releases.as_of.isoformat())
    for product, day in releases.looked_up.items():
        if day > (now + _CLOCKS_DIFFER).date():
            yield problem(("looked_up", product), "config_releases_from_the_future", date=day.isoformat())
        if product not in releases.products:
            yield problem(("looked_up", product), "config_looked_up_unlisted", product=product)
    for product, known in releases.products.items():
        seen: set[str] = set()
        for index, release in enumerate(known):
            place = ("products", product, index)
            values = {"product": product, "version": release.version}
            if parse_version(release.version) is None:
                yield problem((*place, "version"), "config_bad_version", **values)
            if release.version in seen:
                yield problem((*place, "version"), "config_version_twice", **values)
            if release.released > releases.known_on(product):
                yield problem((*place, "released"), "config_released_after_list", **values)
            seen.add(release.version)
