"""Help texts speak one language: every word of them is of that language's sentences."""

from __future__ import annotations

import argparse
import re
import subprocess
from collections.abc import Iterator

import pytest

from agent.cli import _parser as agent_parser
from agent.i18n.messages import Messages
from agent.protocol.command_line import LANGUAGES, SWEDISH, Language, argparse_in
from collector.cli import parser as collector_parser
from collector.i18n.messages import sentences
from tests.hygiene.modules import ROOT
from tests.support.processes import BIN

NAMES = {"provklar", "agent"}
"""The programs' names."""

NO_WORDS = re.compile(r"--?[a-z][a-z-]*|\{[^}]*\}|\b[\w.-]*[/_.][\w./-]+")
"""Options, choices, files and settings are the same in every language."""

WORD = re.compile(r"[^\W\d_]{2,}")
HINTS: dict[Language, set[str]] = {
    "sv": {"och", "att", "den", "det", "som", "för", "på", "är", "inte", "eller", "visa", "annars", "utan", "när"},
    "en": {"the", "and", "of", "with", "this", "that", "what", "show", "print", "only", "default", "from"},
}
"""Words that give a language away and that the other one does not have."""


def written(language: Language) -> list[str]:
    """Every sentence that a help text in this language is put together from."""
    ours = [s for code, s in sentences(language).items() if code.startswith(("help_", "value_"))]
    agents = Messages(language)._sentences
    ours += [s for code, s in agents.items() if code.startswith(("help_", "value_"))]
    return ours + list(SWEDISH.values() if language == "sv" else SWEDISH)


def words(text: str) -> set[str]:
    return {word.lower() for word in WORD.findall(NO_WORDS.sub(" ", text))}


def parsers(language: Language) -> Iterator[tuple[str, argparse.ArgumentParser, set[str]]]:
    """Each program and command that is in a help text, and the names of commands that stand in its own."""
    with argparse_in(language):
        for top in (collector_parser(language), agent_parser(Messages(language))):
            [commands] = [action for action in top._actions if isinstance(action, argparse._SubParsersAction)]
            named = {part for name in commands.choices for part in name.split("-")}
            yield top.prog, top, named
            for name in (choice.dest for choice in commands._choices_actions):
                yield f"{top.prog} {name}", commands.choices[name], named


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_of_that_language(language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is hard-wired, forgotten or argparse's own would not be among the language's sentences."""
    monkeypatch.setenv("COLUMNS", "1000")
    known = {word for sentence in written(language) for word in words(sentence)} | NAMES
    found = {command: words(parser.format_help()) - known - named for command, parser, named in parsers(language)}
    assert len(found) > 18
    assert {command: foreign for command, foreign in found.items() if foreign} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentences_are_of_that_language(language: Language) -> None:
    """None holds a word that only the other language has."""
    other: Language = "en" if language == "sv" else "sv"
    mixed = [sentence for sentence in written(language) if words(sentence) & HINTS[other]]
    assert mixed == []
    if language == "en":
        assert [sentence for sentence in written("en") if re.search("[åäöÅÄÖ]", sentence)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_option_is_explained(language: Language) -> None:
    """Nothing stands without a word about what it does."""
    for command, parser, _ in parsers(language):
        unexplained = [action.dest for action in parser._actions if not action.help]
        assert unexplained == {"provklar": ["command"], "provklar-agent": ["command"]}.get(command, []), command


def test_both_languages_have_the_same_help() -> None:
    codes = [{c for c in sentences(language) if c.startswith(("help_", "value_"))} for language in LANGUAGES]
    assert codes[0] == codes[1]
    source = (ROOT / "collector/cli.py").read_text()
    for code in codes[0]:
        ends = code.removeprefix("help_").removeprefix("value_").removesuffix("_subject")
        assert f'"{code}"' in source or f'"{ends}"' in source or ends.replace("_", "-") in source, (
            f"{code} is left over"
        )


@pytest.mark.parametrize("program", ["provklar", "provklar-agent"])
@pytest.mark.parametrize(
    ("arguments", "environ", "begins"),
    [
        (["--help"], {}, "användning: "),
        (["--help"], {"PROVKLAR_LANGUAGE": "en"}, "usage: "),
        (["--help", "--language", "en"], {}, "usage: "),
        (["--language=en", "--help"], {}, "usage: "),
        (["--help"], {"LANG": "en_US.UTF-8", "LANGUAGE": "en"}, "användning: "),
        (["--help"], {"PROVKLAR_LANGUAGE": "fi"}, "användning: "),
    ],
)
def test_swedish_comes_first(program: str, arguments: list[str], environ: dict[str, str], begins: str) -> None:
    """As everywhere: English for those who ask."""
    done = subprocess.run(
        [str(BIN / program), *arguments],
        env={"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1", **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.startswith(begins)
    assert done.stderr == ""
