"""The agent's sentences: both languages say the same things."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import agent
from agent.i18n.messages import FOLDER, Messages
from agent.protocol.command_line import LANGUAGES, Language
from agent.protocol.rung_causes import CAUSES, OTHER

SENTENCES = {language: yaml.safe_load((FOLDER / f"{language}.yaml").read_text("utf-8")) for language in LANGUAGES}
SOURCES = [path.read_text("utf-8") for path in Path(agent.__path__[0]).rglob("*.py")]


def test_both_languages_have_the_same_codes_and_values() -> None:
    """Neither is forgotten."""
    assert list(SENTENCES["sv"]) == list(SENTENCES["en"])
    for code, sentence in SENTENCES["sv"].items():
        placeholders = re.findall(r"%\((\w+)\)s", sentence)
        assert sorted(placeholders) == sorted(re.findall(r"%\((\w+)\)s", SENTENCES["en"][code])), code


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_said(language: Language) -> None:
    """No stray percent sign, no empty sentence."""
    words = Messages(language)
    for code, sentence in SENTENCES[language].items():
        values = dict.fromkeys(re.findall(r"%\((\w+)\)s", sentence), "x")
        assert words.say(code, **values).strip()


def test_every_sentence_is_used() -> None:
    """A sentence that nothing says would rot."""
    built = {"help_", "status_", "value_"}
    by_cause = {f"doctor_mend_{cause}" for cause in (*CAUSES, OTHER)}
    assert by_cause <= SENTENCES["sv"].keys()
    unused = [
        code
        for code in SENTENCES["sv"].keys() - by_cause
        if not code.startswith(tuple(built)) and not any(f'"{code}"' in source for source in SOURCES)
    ]
    assert unused == []


def test_numbers_are_written_as_the_language_does() -> None:
    """Three digits that matter; a decimal comma in Swedish."""
    assert [Messages("sv").shown(value) for value in (0.12345, 3.14159, 1234.5, 7, "a.b")] == [
        "0,123", "3,14", "1234", "7", "a.b",
    ]  # fmt: skip
    assert Messages("en").shown(0.12345) == "0.123"
