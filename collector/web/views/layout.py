"""What surrounds every page: language, navigation, how old things are, and what must be said before all else."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

import msgspec

from collector.i18n.formatting import age, phrase
from collector.i18n.messages import LANGUAGES, Language, moment
from collector.judgement.freshness import judging_stopped
from collector.judgement.snapshot import Snapshot
from collector.readiness.domain.model import Status, Verdict
from collector.web.pages import navigation


class Badge(msgspec.Struct, frozen=True):
    """A status as colour, symbol and words together, never colour alone."""

    status: Status
    words: str


class Link(msgspec.Struct, frozen=True):
    """An address in words; `current` is the page (or filter) that is shown, `language` that of the
    page behind the link where it differs.
    """

    path: str
    words: str
    current: bool = False
    language: Language | None = None


class Notice(msgspec.Struct, frozen=True):
    """Something that a reader must know before the rest. `kind` is `simulated`, `partly_simulated`,
    `stopped` or `configuration`.
    """

    kind: str
    title: str
    text: str
    items: list[str] = []


class PageFrame(msgspec.Struct, frozen=True):
    """The surroundings of one page."""

    language: Language
    title: str
    home: Link
    navigation: list[Link]
    other_languages: list[Link]
    authority: str | None = None
    notices: list[Notice] = []
    freshness: list[str] = []


def address(language: Language, page: str = "", /, **query: str | int | None) -> str:
    """The address of `page` in `language`: Swedish at the root, English under `/en/`; no empty query values."""
    asked = urlencode({name: value for name, value in query.items() if value not in {None, ""}})
    prefix = "/" if language == "sv" else f"/{language}/"
    return f"{prefix}{page}{'?' + asked if asked else ''}"


def badge(status: Status, language: Language) -> Badge:
    """The badge of a status."""
    return Badge(status=status, words=phrase(language, f"page_status_{status.value}"))


def frame(
    language: Language,
    title: str,
    *,
    section: str | None = None,
    page: str = "",
    query: dict[str, str | int | None] | None = None,
    authority: str | None = None,
    notices: list[Notice] | None = None,
    freshness: list[str] | None = None,
) -> PageFrame:
    """The frame of `page`, which belongs to `section` of the navigation; `query` is kept when the reader changes
    language.
    """
    return PageFrame(
        language=language,
        title=title,
        home=Link(path=address(language), words=phrase(language, "page_product")),
        navigation=[
            Link(address(language, target), phrase(language, f"page_nav_{name}"), current=name == section)
            for name, target in navigation().items()
        ],
        other_languages=[
            Link(address(other, page, **(query or {})), phrase(other, "page_language"), language=other)
            for other in LANGUAGES
            if other != language
        ],
        authority=authority,
        notices=notices or [],
        freshness=freshness or [],
    )


def notices(snapshot: Snapshot, now: datetime, language: Language, *, simulated: list[bool]) -> list[Notice]:
    """What must be said first: simulated data, judging that stopped, configuration that was not taken over.

    `simulated` says of each thing on the page whether it is simulated.
    """
    found = []
    if any(simulated):
        found.append(_notice("simulated" if all(simulated) else "partly_simulated", language))
    if judging_stopped(snapshot, now):
        since = snapshot.judged_at or snapshot.configuration.loaded_at
        found.append(_notice("stopped", language, since=since))
    if snapshot.configuration_errors:
        found.append(_notice("configuration", language, items=snapshot.configuration_errors))
    return found


def freshness(snapshot: Snapshot, verdicts: list[Verdict], now: datetime, language: Language) -> list[str]:
    """When it was judged, and how old the evidence behind `verdicts` is."""
    if snapshot.judged_at is None:
        return [phrase(language, "page_not_judged_yet")]
    judged = phrase(
        language, "page_judged", at=moment(snapshot.judged_at, language), age=age(snapshot.judged_at, now, language)
    )
    return [judged, evidence_age(verdicts, now, language)]


def evidence_age(verdicts: list[Verdict], now: datetime, language: Language) -> str:
    """How old the newest evidence behind any of `verdicts` is."""
    times = [f.evidence.newest_at for v in verdicts for f in v.findings if f.evidence.newest_at]
    if not times:
        return phrase(language, "page_no_evidence")
    return phrase(language, "page_newest_evidence", age=age(max(times), now, language))


def _notice(kind: str, language: Language, *, items: list[str] | None = None, since: datetime | None = None) -> Notice:
    values = {"since": moment(since, language)} if since else {}
    return Notice(
        kind=kind,
        title=phrase(language, f"page_notice_{kind}_title"),
        text=phrase(language, f"page_notice_{kind}_text", **values),
        items=items or [],
    )
