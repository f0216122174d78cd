"""What both command lines share: which language they speak, and argparse's own words in Swedish.

argparse asks `gettext` for each of its sentences. Giving it a catalogue in gettext's own way takes compiled files and a
LANGUAGE in the environment, which every program that we start would inherit and answer in; so the two names that
argparse looks them up by are exchanged while a command line is made and read.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal

Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = ("sv", "en")
DEFAULT: Language = "sv"
VARIABLE = "PROVKLAR_LANGUAGE"

SWEDISH = {
    "usage: ": "användning: ",
    "positional arguments": "argument",
    "options": "tillval",
    "show this help message and exit": "visa den här hjälpen och sluta",
    "show program's version number and exit": "visa programmets version och sluta",
    "%(prog)s: error: %(message)s\n": "%(prog)s: fel: %(message)s\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "the following arguments are required: %s": "det här måste också anges: %s",
    "one of the arguments %s is required": "ett av de här måste anges: %s",
    "unrecognized arguments: %s": "okänt: %s",
    "not allowed with argument %s": "går inte att ange tillsammans med %s",
    "ignored explicit argument %r": "tar inget värde, men fick %r",
    "expected one argument": "ett värde måste följa",
    "expected at most one argument": "högst ett värde får följa",
    "expected at least one argument": "minst ett värde måste följa",
    "expected %s argument": "%s värde måste följa",
    "expected %s arguments": "%s värden måste följa",
    "invalid %(type)s value: %(value)r": "det går inte att använda %(value)r",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)r finns inte (välj bland %(choices)s)",
    "unknown parser %(parser_name)r (choices: %(choices)s)": "%(parser_name)r finns inte (välj bland %(choices)s)",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s kan betyda flera saker: %(matches)s",
}
"""By what argparse itself says; a sentence that it has and this table lacks comes out in English."""


def chosen_language(argv: Sequence[str], environ: Mapping[str, str]) -> Language:
    """The language asked for by `--language X` or `--language=X`, else by PROVKLAR_LANGUAGE, else Swedish.

    Read before the arguments are parsed, so that the help too is in that language. A value that is no language
    is left to the parser, which refuses it.
    """
    asked = environ.get(VARIABLE, "")
    for place, argument in enumerate(argv):
        if argument == "--language" and place + 1 < len(argv):
            asked = argv[place + 1]
        elif argument.startswith("--language="):
            asked = argument.partition("=")[2]
    return next((language for language in LANGUAGES if language == asked), DEFAULT)


@contextmanager
def argparse_in(language: Language) -> Iterator[None]:
    """While this lasts, argparse makes help texts and says what is wrong in `language`."""
    names = vars(argparse)
    before = {name: names[name] for name in ("_", "ngettext")}
    names.update(_SPEAKERS[language])
    try:
        yield
    finally:
        names.update(before)


def _in_swedish(sentence: str) -> str:
    return SWEDISH.get(sentence, sentence)


def _counted_in_swedish(one: str, many: str, count: int) -> str:
    return _in_swedish(one if count == 1 else many)


_SPEAKERS: dict[Language, dict[str, object]] = {
    "sv": {"_": _in_swedish, "ngettext": _counted_in_swedish},
    "en": {"_": lambda sentence: sentence, "ngettext": lambda one, many, count: one if count == 1 else many},
}
