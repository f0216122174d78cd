"""What a page is: what a reader asks it, and what its file declares. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from collector.i18n.messages import Language
from collector.judgement.snapshot import Snapshot


class Asked(msgspec.Struct, frozen=True):
    """One request: the state to show at which moment and in which language, and the values in path and query."""

    snapshot: Snapshot
    now: datetime
    language: Language
    place: Mapping[str, str]
    query: Mapping[str, str]


class Page(msgspec.Struct, frozen=True):
    """What a file in `pages/` declares. `path` is its address below the language's, with `{name}` for what is read from
    it; `view` gives what `templates/` lays out under the name of the file, or None where there is nothing of that name.

    `navigation` is its place among the pages that every page leads to, called as the message `page_nav_<file>` says;
    None: it is reached from another page. `samples` are addresses, Swedish ones, that show all that the page can look
    like in a snapshot: what holds for every page is tested there.
    """

    path: str
    view: Callable[[Asked], msgspec.Struct | None]
    samples: Callable[[Snapshot], list[str]]
    navigation: int | None = None
