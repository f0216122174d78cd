"""`provklar replay`: what it prints, by which exit code it ends, and what it says where nothing can be judged."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from collector.cli import main
from tests.unit.collector.configuration.folders import CASES

CONFIG = str(CASES / "good")
ENROLLED = (
    b'{"received_at":"2026-11-20T08:00:00Z","kind":"enrolled","school":"99000001","device":{"device_id":"d%d"}}\n'
)
SITTINGS = ["ek-6", "ek-9"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "world.jsonl"
    path.write_bytes(ENROLLED % 1 + b"\n" + ENROLLED.replace(b"08:00", b"09:30") % 2)
    return path


def run(*arguments: str | Path) -> int:
    return main(["replay", *map(str, arguments), "--config", CONFIG])


def test_a_table_and_what_was_taken(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(file) == 0
    out, err = capsys.readouterr()
    assert "Ekskolan" in out
    assert out.splitlines()[-1] == "Bedömt 20 nov. 2026 10:30. Tagna rader: 2 enrolled. Avvisade rader: 0."
    assert err == ""


def test_all_of_it_as_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(file, "--json") == 0
    answer = msgspec.json.decode(capsys.readouterr().out)
    assert list(answer) == ["version", "at", "taken", "remarks", "refused", "verdicts"]
    assert (answer["version"], answer["at"], answer["taken"]) == (1, "2026-11-20T09:30:00Z", {"enrolled": 2})
    assert [verdict["id"] for verdict in answer["verdicts"]] == SITTINGS
    assert all("steps" in finding for finding in answer["verdicts"][0]["findings"])


def test_as_of_a_time(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By what had been received then."""
    assert run(file, "--json", "--at", "2026-11-20T08:30:00Z") == 0
    answer = msgspec.json.decode(capsys.readouterr().out)
    assert (answer["at"], answer["taken"]) == ("2026-11-20T08:30:00Z", {"enrolled": 1})


def test_sittings_that_are_over_are_in_order(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are no longer judged, and no fault of the calendar's: a replay may begin long after them."""
    assert run(file, "--json", "--at", "2028-01-10") == 0
    assert [verdict["id"] for verdict in msgspec.json.decode(capsys.readouterr().out)["verdicts"]] == ["ek-6"]


def test_many_refused_lines_are_told_of_in_short(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "world.jsonl"
    path.write_bytes(ENROLLED % 1 * 40)
    assert run(path) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 21
    assert told[-1] == "... och 19 avvisade rader till; --json skriver alla."


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"", "har ingen rad som går att läsa, så det finns ingen tidpunkt att bedöma vid."),
        (None, "går inte att läsa: No such file or directory."),
    ],
)
def test_nothing_to_judge(written: bytes | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "world.jsonl"
    if written is not None:
        path.write_bytes(written)
    assert run(path) == 2
    assert said in capsys.readouterr().err


def test_a_profile_that_is_not_there(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(file, "--profile", "strict") == 2
    assert capsys.readouterr().err == "Kravprofilen strict finns inte. De som finns: base, plain\n"


def test_a_configuration_that_can_not_be_used(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Told in the language that was asked for."""
    assert main(["replay", str(file), "--config", str(tmp_path), "--language", "en"]) == 2
    assert "collector.yaml" in capsys.readouterr().err
