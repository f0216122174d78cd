"""Turns a `Text` into a sentence in Swedish or English. Swedish first: it is the default everywhere.

Sentences live in `locale/<language>/*.po`, one file per part of the product, here or in a room that brings its own;
message ids are the codes of `Text`, never sentences, so both languages are translations and neither can be forgotten (a
test compares them).
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from babel.dates import format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from agent.protocol.plurals import in_number
from collector.readiness.domain.model import Bilingual, Text
from collector.readiness.domain.school_days import SCHOOL_TIME

Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = ("sv", "en")
ROOMS = Path(__file__).parents[1]
_BABEL_LOCALE = {"sv": "sv_SE", "en": "en_GB"}


class UnknownMessageError(LookupError):
    """A code without a sentence: a defect that the tests look for, never something a user should meet."""


def catalogue_files(language: Language) -> list[Path]:
    """Every catalogue file of a language, in any room that has some; the folders are the list."""
    return sorted(ROOMS.glob(f"*/locale/{language}/*.po"))


@lru_cache(maxsize=len(LANGUAGES))
def sentences(language: Language) -> dict[str, str]:
    """All sentences of a language by message id, from every catalogue file of that language."""
    found: dict[str, str] = {}
    for path in catalogue_files(language):
        with path.open("rb") as stream:
            for message in read_po(stream, locale=language):
                if not message.id:
                    continue
                code, sentence = str(message.id), str(message.string)
                if code in found:
                    raise UnknownMessageError(f"{path}: {code} is written in two catalogues")
                found[code] = sentence
    return found


def number(value: float, language: Language, digits: int = 1) -> str:
    """A number as that language writes it, with at most `digits` decimals (more below one, so 0.05 stays visible)."""
    places = digits if abs(value) >= 1 or value == 0 else max(digits, 2)
    pattern = "#,##0." + "#" * places if places else "#,##0"
    return format_decimal(value, format=pattern, locale=_BABEL_LOCALE[language])


def moment(value: datetime, language: Language) -> str:
    """A time in Swedish local time, as that language writes it."""
    pattern = "d MMM yyyy HH:mm"
    return format_datetime(value, pattern, tzinfo=SCHOOL_TIME, locale=_BABEL_LOCALE[language])


def _shown(name: str, value: str | float | datetime, language: Language) -> str:
    """A time that is called a day is told as one."""
    if isinstance(value, datetime) and name == "day":
        return format_datetime(value, "EEEE d MMMM", tzinfo=SCHOOL_TIME, locale=_BABEL_LOCALE[language])
    if isinstance(value, datetime):
        return moment(value, language)
    if isinstance(value, int | float):
        return number(value, language)
    return value


def render(text: Text, language: Language) -> str:
    """The sentence of `text` in `language`, its numbers and times formatted for that language."""
    try:
        sentence = sentences(language)[text.code]
    except KeyError:
        raise UnknownMessageError(f"no sentence for {text.code!r} in {language}") from None
    shown = {name: _shown(name, value, language) for name, value in text.values.items()}
    return in_number(sentence, shown) % shown


def choose(text: Bilingual, language: Language) -> str:
    """The side of a bilingual text that `language` asks for."""
    return text.sv if language == "sv" else text.en
