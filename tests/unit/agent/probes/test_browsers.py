"""The browsers probe on recorded machines: every system, every source."""

from __future__ import annotations

import pytest

from agent.inventory.products import Installed
from agent.measuring.contract import ProbeFailureError, ProbeReading, ProbeUnsupportedError, Task
from agent.probes.browsers import read, summary
from agent.protocol.wire import FactValue
from agent.system.windows_registry import RegistryValue
from tests.support.recorded_registry import RecordedRegistry
from tests.support.recorded_system import RECORDINGS, RecordedSystem


def known(reading: ProbeReading) -> dict[str, FactValue]:
    """The facts that have a value."""
    return {name: value for name, value in reading.facts.items() if value is not None}


def test_every_source_of_a_linux_laptop_is_asked() -> None:
    """Programs, dpkg, snap, flatpak and the menu's entries; a package that only points at a snap has no version."""
    reading = read(RecordedSystem("linux-sv-laptop"), Task())
    assert known(reading) == {
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


def test_windows_goes_by_the_programs_files() -> None:
    """The oldest Chrome is another user's own; Firefox' file is newer than the list says; WebView is no browser."""
    reading = read(RecordedSystem("windows-11-laptop"), Task())
    assert known(reading) == {
        "chrome_version": "129.0.6668.101",
        "edge_version": "131.0.2903.70",
        "firefox_version": "132.0.2.9082",
        "opera_version": "114.0.5282.115",
        "browsers_count": 4,
    }
    assert {"name": "chrome", "version": "131.0.6778.86", "source": "file"} in reading.rows
    assert {"name": "opera", "version": "114.0.5282.115", "source": "list"} in reading.rows
    assert len(reading.rows) == 5


def test_windows_without_readable_files_believes_the_lists() -> None:
    """The installed programs' list, and what a browser noted when it was last used."""
    reading = read(RecordedSystem("windows-sv-desktop"), Task())
    assert known(reading) == {"edge_version": "130.0.2849.80", "vivaldi_version": "7.0.3495.15", "browsers_count": 2}
    assert [row["source"] for row in reading.rows] == ["list", "last_used"]


def test_a_program_that_may_not_be_read_is_installed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """As those from Microsoft Store: the file is there, its version is not for us, and no list has it."""
    system = RecordedSystem("windows-11-laptop")
    store = r"C:\Program Files\WindowsApps\Mozilla.Firefox_132.0.2.0_x64__n80bbvh6b1yt2\VFS\firefox.exe"
    original_values, original_keys, original_paths = system.registry_values, system.registry_keys, system.paths

    def values(key: str) -> dict[str, RegistryValue] | None:
        found = original_values(key)
        return {**found, "": f'"{store}"'} if found and "Firefox-308046B0AF4A39CB" in key else found

    monkeypatch.setattr(system, "registry_values", values)
    monkeypatch.setattr(system, "registry_keys", lambda key: [] if "Uninstall" in key else original_keys(key))
    assert read(system, Task()).missing["firefox_version"] == "not_installed", "the file is gone"
    there = store.replace("\\", "/")
    monkeypatch.setattr(system, "paths", lambda pattern: [store] if pattern == there else original_paths(pattern))
    assert read(system, Task()).missing["firefox_version"] == "version_unreadable"


def test_macos_goes_by_the_applications_own_description() -> None:
    """XML or binary, for all or for one user, told apart by identifier and not by name."""
    reading = read(RecordedSystem("macos-sv-laptop"), Task())
    assert known(reading) == {
        "chrome_version": "131.0.6778.86",
        "firefox_version": "128.4.0",
        "safari_version": "17.5",
        "browsers_count": 3,
    }


@pytest.mark.parametrize("machine", sorted(path.name for path in RECORDINGS.iterdir()))
def test_no_name_of_a_user_leaves_the_machine(machine: str) -> None:
    """Paths hold them; only product, version and kind of source are told."""
    reading = read(RecordedSystem(machine), Task())
    told = " ".join(str(value) for row in reading.rows for value in row.values())
    assert "elev" not in told
    assert not {"/", "\\"} & set(told)
    assert all(set(row) == {"name", "version", "source"} for row in reading.rows)


def test_a_server_has_none() -> None:
    """None is a count of zero, and every version is missing with a reason."""
    reading = read(RecordedSystem("linux-en-server"), Task())
    assert reading.facts["browsers_count"] == 0
    assert reading.rows == []
    assert set(reading.missing.values()) == {"not_installed"}


def test_a_registry_that_tells_nothing_is_no_machine_without_browsers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a missing right would read as "not installed"."""
    system = RecordedSystem("windows-11-laptop")
    monkeypatch.setattr(system, "_registry", RecordedRegistry(RECORDINGS / "no such file"))
    with pytest.raises(ProbeFailureError, match="registry_unreadable"):
        read(system, Task())


def test_a_mac_without_any_application_is_one_that_hides_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """As above: every Mac has some."""
    system = RecordedSystem("macos-sv-laptop")
    monkeypatch.setattr(system, "paths", lambda _pattern: [])
    with pytest.raises(ProbeFailureError, match="applications_unreadable"):
        read(system, Task())


def test_other_systems_are_not_guessed_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without a reader."""
    system = RecordedSystem("linux-sv-laptop")
    monkeypatch.setattr(system, "platform_name", lambda: "freebsd")
    with pytest.raises(ProbeUnsupportedError, match="unknown_system"):
        read(system, Task())


def test_a_browser_that_tells_no_version_is_installed_all_the_same() -> None:
    """Unknown is not absent."""
    reading = summary([Installed("firefox", None, "program")])
    assert reading.facts["firefox_version"] is None
    assert reading.missing["firefox_version"] == "version_unreadable"
    assert reading.facts["browsers_count"] == 1
