"""What Linux' package systems and menus write about programs."""

from __future__ import annotations

import pytest

from agent.inventory.installed import lowest_version
from agent.inventory.installed_linux import (
    desktop_programs,
    dotted_version,
    dpkg_versions,
    metainfo_version,
    snap_version,
    upstream_version,
)


def test_the_oldest_of_several_counts() -> None:
    """Versions are ordered as versions: 9 is older than 128."""
    assert lowest_version(["128.5.0", "9.0", "115.18"]) == "9.0"
    assert lowest_version(["145.0", "140.5.0esr", "140.10.0esr"]) == "140.5.0esr"
    assert lowest_version([]) is None


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("Mozilla Firefox 128.5.0esr", "128.5.0esr"),
        ("Mozilla Firefox 145.0", "145.0"),
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
    [
        ("131.0.6778.85-1~deb12u1", "131.0.6778.85"),
        ("140.5.0esr-1~deb12u1", "140.5.0esr"),
        ("2:1.73.89-1", "1.73.89"),
        ("1:1snap1-0ubuntu5", None),
    ],
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
