"""The lock-down probe on recorded machines: installed, not installed, and what an agent cannot know."""

from __future__ import annotations

import re

import pytest

from agent.inventory.products import SAFE_EXAM_BROWSER
from agent.measuring.contract import Task
from agent.probes.lockdown import read
from tests.support.recorded_system import RecordedSystem

NOT_ASKED = {"seb_in_use": "asked_outside_browser", "kiosk": "not_told_by_system"}


@pytest.mark.parametrize(("machine", "version"), [("windows-11-laptop", "3.7.1.704"), ("macos-sv-laptop", "3.4")])
def test_installed(machine: str, version: str) -> None:
    """With its version; whether it is in use is not for an agent to say."""
    reading = read(RecordedSystem(machine), Task())
    assert reading.facts == {"seb_installed": True, "seb_version": version, "seb_in_use": None, "kiosk": None}
    assert reading.missing == NOT_ASKED


@pytest.mark.parametrize("machine", ["windows-sv-desktop", "linux-sv-laptop"])
def test_not_installed(machine: str) -> None:
    """Known not to be there."""
    reading = read(RecordedSystem(machine), Task())
    assert reading.facts["seb_installed"] is False
    assert reading.missing == {**NOT_ASKED, "seb_version": "not_installed"}


def test_installed_without_a_version_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown is not absent."""
    system = RecordedSystem("windows-11-laptop")
    original = system.registry_values

    def without_version(key: str) -> object:
        values = original(key)
        return values and {name: value for name, value in values.items() if name != "DisplayVersion"}

    monkeypatch.setattr(system, "registry_values", without_version)
    reading = read(system, Task())
    assert reading.facts["seb_installed"] is True
    assert reading.missing["seb_version"] == "version_unreadable"


@pytest.mark.parametrize(
    ("displayed", "fits"),
    [
        ("Safe Exam Browser (x64)", True),
        ("SafeExamBrowser 3.7.1", True),
        ("Safe Exam Browser", True),
        ("Safe Exam Browser Verificator", False),
        ("Unsafe Exam Browser", False),
    ],
)
def test_names_in_the_list_of_programs(displayed: str, fits: bool) -> None:
    """The bundle and the package are called differently; other programs with such a name are not it."""
    assert (re.fullmatch(SAFE_EXAM_BROWSER.displayed, displayed) is not None) is fits
