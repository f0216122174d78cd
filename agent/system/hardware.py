"""What the machine is: its system, memory, disk, battery and screens."""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import psutil

if TYPE_CHECKING:
    from agent.system.core_graphics import DisplaySize

_FULL_PERCENT = 100
_PLATFORMS = {"Linux": "linux", "Windows": "windows", "Darwin": "macos"}


class Battery(NamedTuple):
    """`level_percent` 0-100, and `on_mains`: each is None where the system can't tell."""

    level_percent: float | None
    on_mains: bool | None


class Hardware:
    """What this machine is."""

    def platform_name(self) -> str:
        """`linux`, `windows` or `macos`; for others the system's own name in lower case."""
        name = platform.system()
        return _PLATFORMS.get(name, name.lower())

    def platform_version(self) -> str:
        """The version of Windows (10.0.22631) or macOS (14.5); on Linux that of the kernel."""
        return platform.mac_ver()[0] if self.platform_name() == "macos" else platform.version()

    def machine(self) -> str:
        """The processor architecture as the system calls it."""
        return platform.machine()

    def memory_total_bytes(self) -> int:
        """Memory that the system can use."""
        return int(psutil.virtual_memory().total)

    def user_files_folder(self) -> str:
        """Where users' files live."""
        if self.platform_name() == "windows":
            return os.environ.get("SYSTEMDRIVE", "C:") + "\\"
        return next((folder for folder in ("/home", "/Users") if Path(folder).is_dir()), "/")

    def disk_free_bytes(self, folder: str) -> int:
        """Space left for ordinary users where `folder` is."""
        return shutil.disk_usage(folder).free

    def battery(self) -> Battery | None:
        """The battery as psutil sees it, or None. For Windows and macOS: Linux says more in /sys."""
        found = psutil.sensors_battery()
        if found is None:
            return None
        told = found.percent <= _FULL_PERCENT  # Windows says 255 for a level that it does not know
        return Battery(float(found.percent) if told else None, found.power_plugged)

    def display_sizes(self) -> list[DisplaySize]:
        """How large the connected screens are, on macOS; none on other systems, which tell it elsewhere."""
        from agent.system import core_graphics  # noqa: PLC0415  for macOS only

        return core_graphics.display_sizes()
