"""`provklar enrolment-key` and `provklar device`: listed and revoked alike, with the words of each."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.app import open_configuration
from collector.clock import utc_now
from collector.commands import keys
from tests.support.stored import enrolled

REPOSITORY = Path(__file__).parents[4]
SCHOOL, NAME = "99000001", "Björkskolan"
Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Runs a command over a store in a folder: exit code, and what it printed to either side."""
    monkeypatch.setenv("PROVKLAR_DATA", str(tmp_path))

    def run(command: Callable[[Namespace], int], action: str, subject: str | None = None) -> tuple[int, str, str]:
        code = command(Namespace(config=REPOSITORY / "config", action=action, subject=subject, language="sv"))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_a_key_is_made_listed_and_revoked(ask: Ask) -> None:
    """It is printed alone, this once; afterwards its id and whether it still works."""
    code, key, said = ask(keys.run, "create", SCHOOL)
    assert (code, len(key.split())) == (0, 1)
    listed = ask(keys.run, "list")[1]
    [row] = [line for line in listed.splitlines() if NAME in line]
    key_id = row.split()[1]
    assert key_id in said
    assert key.strip() not in listed
    assert "–" in row
    code, told, _ = ask(keys.run, "revoke", key_id)
    assert (code, key_id in told) == (0, True)
    assert "–" not in next(line for line in ask(keys.run, "list")[1].splitlines() if key_id in line)


def test_a_device_is_listed_and_revoked(ask: Ask) -> None:
    """By its id."""
    _, store = open_configuration(REPOSITORY / "config", utc_now, os.environ)
    device, _ = enrolled(store, SCHOOL, "A101")
    store.close()
    row = next(line for line in ask(keys.device, "list")[1].splitlines() if device.device_id in line)
    assert NAME in row
    assert "A101" in row
    assert "trolley" in row
    code, told, _ = ask(keys.device, "revoke", device.device_id)
    assert (code, device.device_id in told) == (0, True)
    assert device.device_id not in ask(keys.device, "list")[1]


@pytest.mark.parametrize("command", [keys.run, keys.device])
def test_what_there_is_not_can_not_be_revoked(ask: Ask, command: Callable[[Namespace], int]) -> None:
    """Exit code 2, and a sentence that names it."""
    code, out, err = ask(command, "revoke", "nothing")
    assert (code, out) == (2, "")
    assert "nothing" in err


def test_no_key_for_a_school_that_is_not_there(ask: Ask) -> None:
    """The sentence says which there are."""
    code, out, err = ask(keys.run, "create", "11111111")
    assert (code, out) == (2, "")
    assert SCHOOL in err
