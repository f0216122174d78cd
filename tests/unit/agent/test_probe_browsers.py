"""The browsers probe on recorded machines."""

from __future__ import annotations

import pytest

from agent.probe import ProbeUnsupportedError, Task
from agent.probes.browsers import (
    Installed,
    desktop_programs,
    dotted_version,
    dpkg_versions,
    lowest_version,
    metainfo_version,
    read,
    snap_version,
    summary,
    upstream_version,
)
from tests.recorded_system import RecordedSystem


def test_every_source_of_a_laptop_is_asked() -> None:
    """Programs, dpkg, snap, flatpak and the menu's entries; a package that only points at a snap has no version."""
    reading = read(RecordedSystem("linux-sv-laptop"), Task())
    assert {name: value for name, value in reading.facts.items() if value is not None} == {
        "chrome_version": "131.0.6778.85",
        "firefox_version": "132.0.2",
        "brave_version": "1.73.89",
        "vivaldi_version": "7.0.3495.15",
        "browsers_count": 4,
    }
    assert reading.missing["opera_version"] == "not_installed"
    assert {"name": "firefox", "version": None, "source": "dpkg"} in reading.rows
    assert {"name": "firefox", "version": "132.0.2", "source": "snap"} in reading.rows
    assert {"name": "brave", "version": "1.73.89", "source": "flatpak"} in reading.rows
    assert [row["source"] for row in reading.rows if row["name"] == "chrome"] == ["program", "dpkg"]


def test_a_server_has_none() -> None:
    """None is a count of zero, and every version is missing with a reason."""
    reading = read(RecordedSystem("linux-en-server"), Task())
    assert reading.facts["browsers_count"] == 0
    assert reading.rows == []
    assert set(reading.missing.values()) == {"not_installed"}


def test_other_systems_follow() -> None:
    """Said, not guessed."""
    with pytest.raises(ProbeUnsupportedError, match="not_supported_yet"):
        read(RecordedSystem("windows-sv-desktop"), Task())


def test_a_browser_that_tells_no_version_is_installed_all_the_same() -> None:
    """Unknown is not absent."""
    reading = summary([Installed("firefox", None, "program")])
    assert reading.facts["firefox_version"] is None
    assert reading.missing["firefox_version"] == "version_unreadable"
    assert reading.facts["browsers_count"] == 1


def test_the_oldest_of_several_counts() -> None:
    """Versions are ordered as versions: 9 is older than 128."""
    assert lowest_version(["128.5.0", "9.0", "115.18"]) == "9.0"
    assert lowest_version([]) is None


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("Mozilla Firefox 128.5.0esr", "128.5.0"),
        ("Chromium 131.0.6778.85 built on Debian GNU/Linux 12 (bookworm)", "131.0.6778.85"),
        ("Command '/usr/bin/chromium-browser' requires the chromium snap to be installed.", None),
        ("version 7", None),
    ],
)
def test_dotted_versions(text: str, version: str | None) -> None:
    """The first one, or none."""
    assert dotted_version(text) == version


@pytest.mark.parametrize(
    ("debian", "version"),
    [("131.0.6778.85-1~deb12u1", "131.0.6778.85"), ("2:1.73.89-1", "1.73.89"), ("1:1snap1-0ubuntu5", None)],
)
def test_upstream_versions(debian: str, version: str | None) -> None:
    """Epoch and revision are Debian's own."""
    assert upstream_version(debian) == version


def test_dpkg_counts_only_what_is_installed() -> None:
    """A removed package leaves a paragraph behind."""
    installed = "Package: a\nStatus: install ok installed\nVersion: 1.2\n"
    removed = "Package: b\nStatus: deinstall ok config-files\nVersion: 3\n"
    assert dpkg_versions(f"{installed}\n{removed}") == {"a": "1.2"}


def test_desktop_entries_name_programs_by_path() -> None:
    """Others are found on PATH anyway."""
    texts = ["[Desktop Entry]\nExec=/opt/a/a %U\n", 'Exec="/opt/b/b" --x\n', "Exec=gedit\nTryExec=/bin/no\n", "Exec=\n"]
    assert desktop_programs(texts) == {"/opt/a/a", "/opt/b/b"}


def test_snap_and_flatpak_descriptions() -> None:
    """Each in its own format."""
    assert snap_version("name: x\nversion: '120.0-2'\n") == "120.0"
    assert snap_version("name: x\n") is None
    assert metainfo_version('<release date="2024-01-01" version="1.5.2"/><release version="1.5.1"/>') == "1.5.2"
    assert metainfo_version("<component/>") is None
