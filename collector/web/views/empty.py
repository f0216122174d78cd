"""A page that has nothing to show says why, and what to do next."""

from __future__ import annotations

import msgspec

from collector.i18n.formatting import phrase
from collector.i18n.messages import Language
from collector.web.views.layout import Link


class Empty(msgspec.Struct, frozen=True):
    """Why there is nothing to show, and what to do next."""

    title: str
    text: str
    link: Link | None = None


def empty(reason: str, language: Language, link: Link | None = None) -> Empty:
    """In the words of the messages `page_empty_<reason>_title` and `page_empty_<reason>_text`."""
    return Empty(phrase(language, f"page_empty_{reason}_title"), phrase(language, f"page_empty_{reason}_text"), link)
