"""One bad replay file per rule, in `tests/fixtures/replay/`, with the exact words in both languages beside it."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from collector.cli import main
from collector.i18n.messages import LANGUAGES, Language, sentences
from collector.replay.lines import KINDS
from tests.unit.collector.configuration.folders import CASES

BAD_FILES = sorted((CASES.parent / "fixtures/replay").glob("*.jsonl"))
TOLD_OTHERWISE = {"replay_summary", "replay_more_refused", "replay_no_file", "replay_empty", "replay_other_school"}
"""Messages that are of no one line, and one that takes two schools: `test_replay.py` has it."""


def expected(bad: Path, language: Language) -> list[str]:
    """The lines that must be told of, as `12: why (place)`."""
    return re.findall(rf"^{language}:(.+)$", bad.with_suffix(".txt").read_text("utf-8"), flags=re.MULTILINE)


def run(bad: Path, *options: str) -> int:
    return main(["replay", str(bad), "--config", str(CASES / "good"), *options])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda path: path.stem)
def test_says_exactly_which_lines_and_why(bad: Path, language: Language, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(bad, "--language", language) == 1
    assert [line.removeprefix(f"{bad}:") for line in capsys.readouterr().err.splitlines()] == expected(bad, language)


@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda path: path.stem)
def test_nothing_else_is_lost(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All other lines are taken, what comes behind the bad ones too."""
    assert run(bad, "--json") == 1
    answer = msgspec.json.decode(capsys.readouterr().out)
    refused = [one["line"] for one in answer["refused"]]
    lines = bad.read_bytes().splitlines()
    assert sum(answer["taken"].values()) == len(lines) - len(refused)
    assert set(answer["taken"]) <= set(KINDS)
    if len(lines) not in refused:
        assert answer["at"] == "2026-11-20T08:09:00Z"


def test_every_rule_has_its_file() -> None:
    """By the sentence that each file's words are an instance of."""
    told = "\n".join(line for bad in BAD_FILES for line in expected(bad, "en"))
    rules = {code: text for code, text in sentences("en").items() if code.startswith("replay_")}
    unheard = {code for code, text in rules.items() if not re.search(pattern_of(text), told)}
    assert unheard == TOLD_OTHERWISE


def pattern_of(sentence: str) -> str:
    return re.sub(r"%\\\(\w+\\\)s", ".+", re.escape(sentence))
