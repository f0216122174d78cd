"""A list of machines as an inventory writes it: read like any other file, with its lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.configuration.load import load_configuration
from collector.readiness.domain.model import ListedMachine
from tests.unit.collector.configuration.folders import NOW, good_folder, said

SCHOOL = "99000001"


def listed(folder: Path) -> dict[str, ListedMachine]:
    """The machines of the school, by name."""
    return dict(load_configuration(folder, NOW, environ={}).machines[SCHOOL])


def test_the_list(tmp_path: Path) -> None:
    """Comments and empty lines are passed over, and an empty cell says nothing."""
    assert listed(good_folder(tmp_path)) == {
        "vagn1-01": ListedMachine(SCHOOL, "Vagn1-01", "pupil", "vagn-1", "A1"),
        "lärare-1": ListedMachine(SCHOOL, "Lärare-1", "staff"),
        "vagn2-01": ListedMachine(SCHOOL, "Vagn2-01", None, "vagn-2"),
    }


@pytest.mark.parametrize(
    "text",
    [
        f"school,device,role\n{SCHOOL},m1,staff\n",
        f"\ufeffRole;School;Device\r\nstaff;{SCHOOL};m1\r\n;;\r\n",
        f'device,school,role\n"m1", {SCHOOL} , staff ,,\n',
    ],
)
def test_ways_of_writing_it(text: str, tmp_path: Path) -> None:
    """Any order of columns, commas or semicolons, as Excel writes it in Sweden."""
    folder = good_folder(tmp_path)
    (folder / "devices.csv").write_text(text, "utf-8", newline="")
    assert listed(folder) == {"m1": ListedMachine(SCHOOL, "m1", "staff")}


def test_it_may_be_missing(tmp_path: Path) -> None:
    """Then nothing is known of machines."""
    folder = good_folder(tmp_path)
    (folder / "devices.csv").unlink()
    assert load_configuration(folder, NOW, environ={}).machines == {}


def test_an_empty_file_and_an_unknown_column(tmp_path: Path) -> None:
    """A column is told of once, however many lines have it."""
    folder = good_folder(tmp_path)
    (folder / "devices.csv").write_text("# nothing yet\n", "utf-8")
    assert said(folder) == [
        "devices.csv: The file is empty. Fill it in; the sample folder config/ shows what it looks like."
    ]
    lines = "\n".join(f"{SCHOOL},m{number},x" for number in range(50))
    (folder / "devices.csv").write_text(f"school,device,serial\n{lines}\n", "utf-8")
    [message] = said(folder)
    assert message.startswith("devices.csv:2: The key “serial” is unknown.")
