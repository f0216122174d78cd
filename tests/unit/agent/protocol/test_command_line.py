"""Which language a command line speaks, and that argparse speaks it too."""

from __future__ import annotations

import argparse
import re

import pytest

from agent.protocol.command_line import SWEDISH, argparse_in, chosen_language

PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[sr]")


@pytest.mark.parametrize(
    ("argv", "environ", "language"),
    [
        ([], {}, "sv"),
        ([], {"PROVKLAR_LANGUAGE": "en"}, "en"),
        (["doctor", "--language", "en"], {}, "en"),
        (["--language=sv", "doctor"], {"PROVKLAR_LANGUAGE": "en"}, "sv"),
        (["doctor", "--language"], {}, "sv"),
        (["--language", "fi"], {}, "sv"),
    ],
)
def test_swedish_comes_first(argv: list[str], environ: dict[str, str], language: str) -> None:
    """Unless somebody asks for English."""
    assert chosen_language(argv, environ) == language


def made() -> argparse.ArgumentParser:
    """A parser with something of everything that our programs use."""
    parser = argparse.ArgumentParser(prog="x")
    parser.add_argument("colour", choices=("red", "blue"))
    parser.add_argument("--count", type=int)
    parser.add_argument("--names", nargs="+")
    parser.add_argument("--counter")
    parser.add_argument("--loud", action="store_true")
    either = parser.add_mutually_exclusive_group(required=True)
    either.add_argument("--file")
    either.add_argument("--folder")
    return parser


WRONG = {
    "": ("det här måste också anges: colour", "the following arguments are required: colour"),
    "red": ("ett av de här måste anges: --file --folder", "one of the arguments --file --folder is required"),
    "green --file f": ("'green' finns inte (välj bland", "invalid choice: 'green' (choose from"),
    "red --file f --more": ("okänt: --more", "unrecognized arguments: --more"),
    "red --file f --folder g": ("går inte att ange tillsammans med", "not allowed with argument"),
    "red --file": ("ett värde måste följa", "expected one argument"),
    "red --file f --names": ("minst ett värde måste följa", "expected at least one argument"),
    "red --file f --count many": ("det går inte att använda 'many'", "invalid int value: 'many'"),
    "red --file f --loud=5": ("tar inget värde, men fick '5'", "ignored explicit argument '5'"),
    "red --file f --cou 5": ("--cou kan betyda flera saker", "ambiguous option: --cou could match"),
}


@pytest.mark.parametrize("line", WRONG, ids=lambda line: line or "nothing")
@pytest.mark.parametrize("language", ["sv", "en"])
def test_what_is_wrong_is_said_in_one_language(line: str, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither "usage" nor "error" in Swedish, and argparse's own words in English."""
    with argparse_in("sv" if language == "sv" else "en"), pytest.raises(SystemExit):
        made().parse_args(line.split())
    said = capsys.readouterr().err
    swedish, english = WRONG[line]
    right, wrong = (swedish, english) if language == "sv" else (english, swedish)
    assert right in said
    assert wrong not in said
    assert ("användning: " in said, "x: fel: " in said) == ((language == "sv"),) * 2
    assert ("usage: " in said, "x: error: " in said) == ((language == "en"),) * 2


def test_argparse_is_left_as_it_was() -> None:
    """Also inside one another, and after a failure."""
    before = made().format_help()
    with argparse_in("sv"):
        with argparse_in("en"), pytest.raises(SystemExit):
            made().parse_args([])
        assert "användning: " in made().format_help()
    assert made().format_help() == before
    with pytest.raises(ZeroDivisionError), argparse_in("sv"):
        raise ZeroDivisionError
    assert made().format_help() == before


def test_a_sentence_takes_nothing_that_argparse_does_not_give() -> None:
    """A name in braces that argparse does not give would be an error at the worst moment."""
    for english, swedish in SWEDISH.items():
        given, taken = PLACEHOLDER.findall(english), PLACEHOLDER.findall(swedish)
        assert set(taken) <= set(given), english
        assert taken.count("") == given.count(""), english
