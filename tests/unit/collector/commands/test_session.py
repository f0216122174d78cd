"""`provklar session`: opened with a code and a picture of the way there, listed, closed."""

from __future__ import annotations

import os
import re
from argparse import Namespace
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from collector.app import open_configuration
from collector.cli import parser
from collector.clock import utc_now
from collector.commands import session
from collector.readiness.domain.sessions import SupervisedSession
from collector.store.sessions import ALPHABET

REPOSITORY = Path(__file__).parents[4]
SCHOOL, NAME, ROOM = "99000001", "Björkskolan", "A101"
Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Runs the command line over a store in a folder: exit code, and what it printed to either side."""
    monkeypatch.setenv("PROVKLAR_DATA", str(tmp_path))

    def run(*words: str) -> tuple[int, str, str]:
        arguments: Namespace = parser("sv").parse_args(["session", *words, "--config", str(REPOSITORY / "config")])
        code = session.run(arguments)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def kept() -> list[SupervisedSession]:
    """The sessions of the store."""
    _, store = open_configuration(REPOSITORY / "config", utc_now, os.environ)
    try:
        return [one for one, _ in store.sessions()]
    finally:
        store.close()


def test_a_session_is_opened(ask: Ask) -> None:
    """The code stands alone on standard output; the link, until when, and a picture of it beside."""
    code, out, told = ask("open", SCHOOL, ROOM.lower(), "--minutes", "45")
    [made] = kept()
    assert (code, out) == (0, f"{made.code}\n")
    assert re.fullmatch(f"[{ALPHABET}]{{6}}", made.code)
    assert (made.school, made.room, made.ends_at - made.opened_at) == (SCHOOL, ROOM, timedelta(minutes=45))
    assert f"/prob?pass={made.code}" in told
    assert NAME in told
    assert "▀" in told or "▄" in told


def test_a_session_for_machines_without_an_agent(ask: Ask) -> None:
    """Whoever opens it is told what to see to, and it stands in the list."""
    _, _, told = ask("open", SCHOOL, ROOM, "--without-agents")
    [made] = kept()
    assert made.without_agents
    assert "Bara datorer utan Provklars agent" in told
    _, listed, _ = ask("list")
    assert "✓" in listed
    assert "Bara datorer utan" not in ask("open", SCHOOL, ROOM)[2]


def test_the_picture_may_go_into_a_file(ask: Ask, tmp_path: Path) -> None:
    """To be printed or shown on a wall; one that can not be written is told."""
    svg = tmp_path / "pass.svg"
    code, _, told = ask("open", SCHOOL, ROOM, "--svg", str(svg))
    assert code == 0
    assert svg.read_text().startswith("<?xml")
    assert "▀" not in told
    code, out, told = ask("open", SCHOOL, ROOM, "--svg", str(tmp_path / "none" / "pass.svg"))
    assert (code, out) == (2, "")
    assert "går inte att skriva" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("open", "12345678", ROOM), "12345678"),
        (("open",), "99000001"),
        (("open", SCHOOL, "Z9"), "A101"),
        (("open", SCHOOL), "A101"),
        (("open", SCHOOL, ROOM, "--minutes", "0"), "minst 1"),
        (("open", SCHOOL, ROOM, "--minutes", "601"), "högst 600"),
        (("close", "ABCDEF"), "ABCDEF"),
        (("close",), "provklar session list"),
    ],
)
def test_what_there_is_not(ask: Ask, words: tuple[str, ...], said: str) -> None:
    """With what there is; nothing is opened."""
    code, out, told = ask(*words)
    assert (code, out) == (2, "")
    assert said in told
    assert kept() == []


def test_sessions_are_listed_and_closed(ask: Ask) -> None:
    """One that is over says so."""
    made = ask("open", SCHOOL, ROOM)[1].strip()

    def row() -> str:
        return next(line for line in ask("list")[1].splitlines() if made in line)

    assert NAME in row()
    assert ROOM in row()
    assert "slut" not in row()
    code, told, _ = ask("close", f"{made[:3].lower()} {made[3:].lower()}")
    assert code == 0
    assert "räknas inte längre" in told
    assert "slut" in row()
    assert ask("close", made)[0] == 2


def test_english(ask: Ask) -> None:
    """The same in English."""
    code, _, told = ask("open", SCHOOL, ROOM, "--language", "en")
    assert code == 0
    assert "closes by itself" in told
