"""Names and versions of operating systems, and updates that wait for a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.inventory import operating_system
from agent.inventory.operating_system import os_release, windows_title
from agent.protocol.wire import Facts
from tests.support.recorded_registry import RecordedRegistry
from tests.support.recorded_system import RecordedSystem


def facts_of(system: RecordedSystem) -> Facts:
    """What the system tells."""
    facts: Facts = {}
    operating_system.read(system, facts, {})
    return facts


def test_os_release_reads_quotes_and_skips_comments_and_empty_values() -> None:
    """As the format allows."""
    text = "NAME='A B'\nVERSION_ID=\"\"\n#X=1\nID=debian\nno assignment\n"
    assert os_release(text) == {"NAME": "A B", "ID": "debian"}


@pytest.mark.parametrize(
    ("product", "build", "kind", "release", "title"),
    [
        ("Windows 10 Education", "22000", "Client", "21H2", "Windows 11 Education 21H2"),
        ("Windows 10 Education", "19045", "Client", "22H2", "Windows 10 Education 22H2"),
        ("Windows 11 SE", "22631", "Client", "23H2", "Windows 11 SE 23H2"),
        ("Windows Server 2025 Standard", "26100", "Server", "24H2", "Windows Server 2025 Standard 24H2"),
        ("Windows 10 Pro", "10240", "Client", None, "Windows 10 Pro"),
        (None, "22000", "Client", "21H2", None),
        ("Windows 10 Pro", None, "Client", "21H2", None),
    ],
)
def test_windows_11_is_told_by_its_build(
    product: str | None, build: str | None, kind: str, release: str | None, title: str | None
) -> None:
    """The registry of Windows 11 says Windows 10."""
    said = {"ProductName": product, "CurrentBuildNumber": build, "InstallationType": kind, "DisplayVersion": release}
    assert windows_title({name: value for name, value in said.items() if value is not None}) == title


def test_without_a_registry_what_python_says_has_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version without the revision is a version all the same; whether a restart waits is not known then."""
    system = RecordedSystem("windows-11-laptop")
    monkeypatch.setattr(system, "_registry", RecordedRegistry(Path("/no such file")))
    facts = facts_of(system)
    assert (facts["os_version"], facts["os_title"]) == ("10.0.26100", "windows 10.0.26100")
    assert (facts["os_edition"], facts["restart_pending"]) == (None, None)


def test_a_broken_property_list_does_not_hide_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """macOS' version is known to Python too, the build is not."""
    system = RecordedSystem("macos-sv-laptop")
    for broken in (b"", b"<plist>", b"bplist00", None):
        monkeypatch.setattr(system, "read_bytes", lambda _path, broken=broken: broken)
        facts = facts_of(system)
        assert (facts["os_version"], facts["os_title"], facts["os_build"]) == ("14.5", "macOS 14.5", None)


def test_linux_says_no_restart_only_where_somebody_would_say_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that is not there means something only where a package writes it."""
    system = RecordedSystem("linux-sv-laptop")
    original = system.read_text
    monkeypatch.setattr(system, "read_text", lambda path: None if "reboot" in path else original(path))
    assert facts_of(system)["restart_pending"] is False
    monkeypatch.setattr(system, "paths", lambda _pattern: ["/etc/kernel/postinst.d/zz-grub"])
    assert facts_of(system)["restart_pending"] is None


def test_another_system_says_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is made up."""
    system = RecordedSystem("linux-sv-laptop")
    monkeypatch.setattr(system, "platform_name", lambda: "freebsd")
    system.recorded.platform_version = "14.1"
    facts = facts_of(system)
    assert (facts["os_version"], facts["os_title"], facts["restart_pending"]) == ("14.1", "freebsd 14.1", None)
