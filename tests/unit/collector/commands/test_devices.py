"""`provklar device list --fails`: over a real store, by real reports."""

from __future__ import annotations

import os
from argparse import Namespace
from datetime import timedelta
from pathlib import Path

import pytest

from collector.app import open_configuration
from collector.clock import utc_now
from collector.commands import devices
from tests.support.stored import enrolled, measured, report, write

REPOSITORY = Path(__file__).parents[4]
SCHOOL = "99000001"


def run(**told: str | None) -> int:
    """Lists."""
    asked = {"config": REPOSITORY / "config", "action": "list", "subject": None, "fails": None, "school": None}
    return devices.run(Namespace(**{**asked, "language": "en"} | told))


Facts = dict[str, str | int | float | bool | None]


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A device with a small screen, and one that has told nothing."""
    monkeypatch.setenv("PROVKLAR_DATA", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "250")
    _, store = open_configuration(REPOSITORY / "config", utc_now, os.environ)
    one, _ = enrolled(store, SCHOOL, "A101")
    enrolled(store, SCHOOL, "A102")
    at = utc_now() - timedelta(minutes=5)
    facts: Facts = {
        "screen_width_px": 1024,
        "screen_height_px": 600,
        "clock_synchronised": False,
        "machine_id": "0123abcd99",
    }
    write(store, one, report(one, [measured(at, facts)], sent_at=at), received_at=at)
    store.close()
    return one.device_id


def test_those_that_fail_a_requirement(small: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With label, room, which machine it is, and the value by which it fails."""
    assert run(fails="screen-width") == 0
    shown = capsys.readouterr().out
    [row] = [line for line in shown.splitlines() if small in line]
    assert all(word in row for word in ("trolley", "A101", "0123abcd", "1,024\N{NO-BREAK SPACE}px"))
    assert "A102" not in shown


def test_a_yes_or_no_is_said_by_the_title(small: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And not once more, as a program would."""
    assert run(fails="clock-kept") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "The clock follows no time server" in shown
    assert "False" not in shown
    assert small in shown


def test_all_of_a_school(small: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Those too of which nothing is known."""
    assert run(school=SCHOOL) == 0
    shown = capsys.readouterr().out
    assert (small in shown, "A102" in shown) == (True, True)


@pytest.mark.parametrize(("told", "names"), [({"fails": "nothing"}, "disk-free"), ({"school": "1"}, SCHOOL)])
def test_what_there_is_not(told: dict[str, str], names: str, small: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and what there is."""
    assert run(**told) == 2
    assert names in capsys.readouterr().err
    assert small
