"""`provklar releases`: shows how old the list of browser releases is, and renews it where there is internet."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from collector.clock import utc_now
from collector.commands.printing import say
from collector.configuration.files import files_in
from collector.configuration.problems import ConfigurationErrors
from collector.configuration.structure import read
from collector.i18n.messages import Language
from collector.readiness.domain.model import Releases
from collector.readiness.domain.releases import LIST_FRESH_DAYS
from collector.readiness.domain.versions import Version, parse_version
from collector.releases.document import write_releases
from collector.releases.download import fetched
from collector.releases.published import SourceRefusedError
from collector.releases.renewal import renewed
from collector.releases.sources import addresses, understood

SOURCES = addresses()
"""The publishers' own lists. Safari and Opera publish none: MDN's data.json has them, given with --from."""


def run(arguments: Namespace) -> int:
    """0 when done, 1 when a source failed and the old list was kept, 2 when the old list can not be read."""
    path, language, now = files_in(arguments.config).releases, arguments.language, utc_now()
    try:
        old = read(path, Releases).value
    except ConfigurationErrors as errors:
        print(errors.render(language), file=sys.stderr)
        return 2
    if arguments.action == "show":
        _show(old, now, language)
        return 0
    try:
        new = _looked_up(old, arguments.sources or SOURCES, now)
        write_releases(new, path)
    except SourceRefusedError as refused:
        return _kept(say(refused.code, language, **refused.values), path, language)
    except OSError as error:
        reason = error.strerror or str(error)
        return _kept(say("releases_not_written", language, path=str(path), reason=reason), path, language)
    print(say("releases_refreshed", language, path=str(path)))
    _show(new, now, language)
    return 0


def _looked_up(old: Releases, sources: Sequence[str], now: datetime) -> Releases:
    today = now.date()
    return renewed(old, {source: understood(source, fetched(source), today) for source in sources}, today)


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
