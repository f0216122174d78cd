"""Which operating system runs: name, version, edition, release and build, and whether an update waits for a restart."""

from __future__ import annotations

from collections.abc import Mapping

from agent.inventory import property_list
from agent.protocol.wire import Facts
from agent.system.machine import System

_CURRENT = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
_RESTART_KEYS = (
    (r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing", "RebootPending"),
    (r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update", "RebootRequired"),
)
"""Keys that are there only while an update waits. PendingFileRenameOperations is no sign: browsers leave it behind."""

_MACOS_VERSION = "/System/Library/CoreServices/SystemVersion.plist"
_REBOOT_REQUIRED = ("/run/reboot-required", "/var/run/reboot-required")
_REBOOT_HOOKS = "/etc/kernel/postinst.d/*"
_WRITES_REBOOT_REQUIRED = ("update-notifier", "unattended-upgrades")
WINDOWS_11_BUILD = 22_000
"""The first build of Windows 11, whose registry still says Windows 10."""


def read(system: System, facts: Facts, missing: dict[str, str]) -> None:
    """Fills in what the system tells; the rest is missing with a reason."""
    found = _READERS.get(system.platform_name(), _other)(system)
    for name in ("os_version", "os_title", "os_edition", "os_release", "os_build"):
        facts[name] = found.get(name)
        if facts[name] is None:
            missing[name] = "not_stated"
    facts["restart_pending"] = _RESTART.get(system.platform_name(), _restart_not_told)(system)
    if facts["restart_pending"] is None:
        missing["restart_pending"] = "not_told_by_system"


def _linux(system: System) -> Facts:
    release = os_release(system.read_text("/etc/os-release") or system.read_text("/usr/lib/os-release") or "")
    return {
        "os_version": release.get("VERSION_ID"),
        "os_title": release.get("PRETTY_NAME"),
        "os_edition": release.get("VARIANT"),
        "os_release": release.get("VERSION_CODENAME"),
        "os_build": release.get("BUILD_ID"),
    }


def os_release(text: str) -> dict[str, str]:
    """The assignments of an os-release file."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs if value.strip().strip("\"'")}


def _windows(system: System) -> Facts:
    said = system.registry_values(_CURRENT) or {}
    build, revision = _text(said.get("CurrentBuildNumber")), said.get("UBR")
    whole = f"{build}.{revision}" if build and isinstance(revision, int) else build
    version = f"10.0.{whole}" if whole else system.platform_version() or None
    return {
        "os_version": version,
        "os_title": windows_title(said) or (f"windows {version}" if version else None),
        "os_edition": _text(said.get("EditionID")),
        "os_release": _text(said.get("DisplayVersion")) or _text(said.get("ReleaseId")),
        "os_build": whole,
    }


def windows_title(said: Mapping[str, object]) -> str | None:
    """Such as "Windows 11 Education 24H2". Windows 11 still calls itself 10 in the registry."""
    product, build = _text(said.get("ProductName")), _text(said.get("CurrentBuildNumber"))
    if product is None or build is None:
        return None
    is_11 = build.isdigit() and int(build) >= WINDOWS_11_BUILD and said.get("InstallationType") != "Server"
    named = product.replace("Windows 10", "Windows 11") if is_11 else product
    return " ".join(filter(None, (named, _text(said.get("DisplayVersion")))))


def _macos(system: System) -> Facts:
    said = property_list.read(system.read_bytes(_MACOS_VERSION) or b"")
    version = _text(said.get("ProductVersion")) or system.platform_version() or None
    name = _text(said.get("ProductName")) or "macOS"
    return {
        "os_version": version,
        "os_title": f"{name} {version}" if version else None,
        "os_build": _text(said.get("ProductBuildVersion")),
    }


def _other(system: System) -> Facts:
    version = system.platform_version() or None
    return {"os_version": version, "os_title": f"{system.platform_name()} {version}" if version else None}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _linux_restart(system: System) -> bool | None:
    """Debian and its kin leave a file behind, where a package that does so is installed; others say nothing."""
    if any(system.read_text(path) is not None for path in _REBOOT_REQUIRED):
        return True
    hooks = (path.rpartition("/")[2] for path in system.paths(_REBOOT_HOOKS))
    return False if any(hook in _WRITES_REBOOT_REQUIRED for hook in hooks) else None


def _windows_restart(system: System) -> bool | None:
    found = [(system.registry_keys(parent), name) for parent, name in _RESTART_KEYS]
    if any(name in keys for keys, name in found):
        return True
    return False if any(keys for keys, _ in found) else None


def _restart_not_told(system: System) -> bool | None:
    del system
    return None


_READERS = {"linux": _linux, "windows": _windows, "macos": _macos}
_RESTART = {"linux": _linux_restart, "windows": _windows_restart}
