"""The page that says in plain words that something could not be shown."""

from __future__ import annotations

import msgspec

from collector.i18n.formatting import phrase
from collector.i18n.messages import Language
from collector.web.views.layout import Link, PageFrame, address, frame

EXPLAINED = (404, 405, 500)


class ErrorPage(msgspec.Struct, frozen=True):
    """What happened and where to go from here."""

    frame: PageFrame
    text: str
    home: Link


def error_page(status: int, language: Language) -> ErrorPage:
    """The page for an HTTP status; one that has no words of its own is told as 404 (reader) or 500 (collector)."""
    known = status if status in EXPLAINED else 404 if status < 500 else 500
    return ErrorPage(
        frame=frame(language, phrase(language, f"page_error_{known}_title")),
        text=phrase(language, f"page_error_{known}_text"),
        home=Link(address(language), phrase(language, "page_show_all")),
    )
