"""Text for people: written by an operator in both languages, or a code that each language has words for."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Bilingual(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Text for an end user."""

    sv: str
    en: str


class Text(msgspec.Struct, frozen=True):
    """A sentence that is not yet in any language: a message id of the catalogues in the `locale` folders and the
    values to put in. Numbers and times stay numbers and times, so that each language formats them its own way.
    """

    code: str
    values: dict[str, str | int | float | datetime] = {}
