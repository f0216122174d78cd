"""`provklar releases`: shows how old the lists of releases and lifetimes are, and renews them over the internet."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from collector.clock import utc_now
from collector.commands.printing import say
from collector.configuration.files import ConfigurationFiles, files_in
from collector.configuration.problems import ConfigurationErrors
from collector.configuration.structure import read
from collector.i18n.messages import Language
from collector.readiness.domain.model import Releases
from collector.readiness.domain.releases import LIST_FRESH_DAYS, LIST_USABLE_DAYS, LifetimeList, ReleaseList
from collector.readiness.domain.versions import Version, parse_version
from collector.releases.document import write_releases
from collector.releases.download import fetched
from collector.releases.lifetime_sources import lifetime_addresses, lifetimes_in
from collector.releases.lifetimes import PublishedLifetimes, renewed_lifetimes, write_lifetimes
from collector.releases.published import Published, SourceRefusedError
from collector.releases.renewal import renewed
from collector.releases.sources import addresses, understood

SOURCES = [*addresses(), *lifetime_addresses()]
"""The publishers' own lists. Safari and Opera publish none: MDN's data.json has them, given with --from. A report of
the own Chromebooks is given so too.
"""


def run(arguments: Namespace) -> int:
    """0 when done, 1 when a source failed and the old list was kept, 2 when the old list can not be read."""
    files, language, now = files_in(arguments.config), arguments.language, utc_now()
    try:
        old = _read(files)
    except ConfigurationErrors as errors:
        print(errors.render(language), file=sys.stderr)
        return 2
    if arguments.action == "show":
        _show(old, now, language)
        return 0
    try:
        new = _looked_up(old, arguments.sources or SOURCES, now)
        _write(old, new, files)
    except SourceRefusedError as refused:
        return _kept(say(refused.code, language, **refused.values), files.releases, language)
    except OSError as error:
        reason = error.strerror or str(error)
        refusal = say("releases_not_written", language, path=str(files.releases), reason=reason)
        return _kept(refusal, files.releases, language)
    print(say("releases_refreshed", language, path=str(files.releases)))
    _show(new, now, language)
    return 0


def _read(files: ConfigurationFiles) -> Releases:
    lifetimes = {path.stem: read(path, LifetimeList).value for path in files.lifetimes}
    return Releases.of(read(files.releases, ReleaseList).value, lifetimes)


def _looked_up(old: Releases, sources: Sequence[str], now: datetime) -> Releases:
    """Both kinds of lists; a source is known by what it answers."""
    today = now.date()
    releases: dict[str, Published] = {}
    lifetimes: dict[str, PublishedLifetimes] = {}
    for source in sources:
        raw = fetched(source)
        said = lifetimes_in(raw, today)
        if said is not None:
            lifetimes[source] = said
        else:
            releases[source] = understood(source, raw, today)
    return Releases.of(renewed(old, releases, today), {**old.lifetimes, **renewed_lifetimes(old.lifetimes, lifetimes)})


def _write(old: Releases, new: Releases, files: ConfigurationFiles) -> None:
    changed = {product: one for product, one in new.lifetimes.items() if one != old.lifetimes.get(product)}
    if changed:
        folder = files.releases.parent / "lifetimes"
        folder.mkdir(exist_ok=True)
        write_lifetimes(changed, folder)
    write_releases(new, files.releases)


def _kept(sentence: str, path: Path, language: Language) -> int:
    print(sentence, file=sys.stderr)
    print(say("releases_kept", language, path=str(path)), file=sys.stderr)
    return 1


def _show(releases: Releases, now: datetime, language: Language) -> None:
    """The newest release of every product and the age of its list, and a warning where that is too old."""
    for product, known in releases.products.items():
        newest = max(known, key=lambda one: parse_version(one.version) or Version(()), default=None)
        if newest is None:
            continue
        values = {"version": newest.version, "released": newest.released.isoformat()}
        day, age = releases.known_on(product).isoformat(), releases.age_days(product, now)
        print(say("releases_line", language, product=product, day=day, age=age, **values))
    stale = releases.aged(now)
    if stale:
        print(say("releases_stale", language, days=LIST_FRESH_DAYS, products=", ".join(stale)))
    for product, listed in sorted(releases.lifetimes.items()):
        day, age = listed.as_of.isoformat(), listed.age_days(now)
        print(say("lifetimes_line", language, product=product, entries=len(listed.entries), day=day, age=age))
    if old := releases.aged_lifetimes(now):
        print(say("lifetimes_stale", language, days=LIST_USABLE_DAYS, products=", ".join(old)))
