"""What counts something is said in number, in both languages: 1 elev, 2 elever; 1 pupil, 2 pupils; never "
""enhet(er)"."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from agent.i18n.messages import Messages
from agent.protocol.command_line import LANGUAGES, Language
from agent.protocol.plurals import CHOICE, in_number
from collector.i18n.messages import sentences

WORD = r"[a-zåäö]+"
COUNTED_BY_ITS_ID = ("_one", "_many")
"""Sentences of which one is for 1 and the other for all else."""
OTHER_WORDS = {"are", "do", "get", "were", "points"}
"""These go by the number too, or are verbs as well, and stand after many a name."""
CHOSEN = re.compile(rf"%\((\w+)\)s \{{\1\|[^|{{}}]*\|({WORD})")
"""The plural in a choice that stands right after its own number."""
SAME_IN_NUMBER = {"paket", "steg", "tecken", "webbläsare"}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
BRACKETED = re.compile(rf"{WORD}\((?:s|es|er|ar|or|n|en|na)\)")


def everything(language: Language) -> dict[str, str]:
    """Every sentence of the collector, its pages, its commands and the agent."""
    return {**sentences(language), **Messages(language)._sentences}


def counted_words(found: Mapping[str, str]) -> set[str]:
    """Every plural that any of the sentences uses: whoever writes one bare after a number has forgotten the 1."""
    chosen = {word for text in found.values() for _, word in CHOSEN.findall(text)}
    by_id = {word for code, text in found.items() if code.endswith("_many") for word in after_numbers(text, "count")}
    singular = {word for code, text in found.items() if code.endswith("_one") for word in after_numbers(text, "count")}
    return (chosen | by_id - singular) - SAME_IN_NUMBER - OTHER_WORDS


def after_numbers(text: str, name: str = r"\w+") -> set[str]:
    """The words that stand right after a value, or after that of this name."""
    return set(re.findall(rf"%\({name}\)s\s({WORD})", CHOICE.sub("", text)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_plural_stands_bare_after_a_number(language: Language) -> None:
    """Words of this kind: elever, dagar, pupils, days. They are found in the sentences themselves."""
    found = everything(language)
    plurals = counted_words(found)
    bare = {
        code: sorted(after_numbers(text) & plurals)
        for code, text in found.items()
        if not code.endswith(COUNTED_BY_ITS_ID) and after_numbers(text) & plurals
    }
    assert bare == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_plural_is_put_in_brackets(language: Language) -> None:
    assert [code for code, text in everything(language).items() if BRACKETED.search(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_counts_a_value_of_its_sentence(language: Language) -> None:
    """Otherwise putting the values in would fail for whoever reads it."""
    for code, text in everything(language).items():
        # A unit stands behind its value, which is not in the sentence itself.
        values = {"value"} if code.startswith("page_unit_") else set(PLACEHOLDER.findall(text))
        assert {name for name, _, _ in CHOICE.findall(text)} <= values, code
        assert "|" not in CHOICE.sub("", text) or "{" not in CHOICE.sub("", text), code


def test_what_english_counts_is_counted_in_swedish() -> None:
    """But for words that are the same in number; English has none that Swedish would have to tell it."""
    swedish, english = everything("sv"), everything("en")
    only_in_english = {code for code in english if CHOICE.search(english[code]) and not CHOICE.search(swedish[code])}
    forgotten = {code for code in only_in_english if not SAME_IN_NUMBER & set(re.findall(WORD, swedish[code]))}
    assert forgotten == set()


@pytest.mark.parametrize(
    ("shown", "said"),
    [("1", "1 elev"), ("0", "0 elever"), ("2", "2 elever"), ("1,5", "1,5 elever"), ("11", "11 elever")],
)
def test_one_is_one(shown: str, said: str) -> None:
    """By what the reader sees."""
    assert in_number("%(count)s {count|elev|elever}", {"count": shown}) % {"count": shown} == said


def test_the_rule_bites() -> None:
    found = {"a": "%(count)s {count|elev|elever}", "b": "%(pupils)s elever", "c_many": "%(count)s salar"}
    assert counted_words(found) == {"elever", "salar"}
    assert after_numbers(found["b"]) == {"elever"}
    assert after_numbers(found["a"]) == set()
    assert BRACKETED.search("bara 2 enhet(er)")
