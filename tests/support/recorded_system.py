"""A recorded machine: a folder with the files that probes read, and `machine.json` with what the system answered."""

from __future__ import annotations

from pathlib import Path

import msgspec

from agent.system.core_graphics import DisplaySize
from agent.system.hardware import Battery
from agent.system.machine import System
from agent.system.programs import CommandFailedError
from agent.system.windows_registry import RegistryValue
from agent.system.wireless import Netlink
from agent.system.wlan_structures import WlanInterface
from tests.support.recorded_registry import RecordedRegistry

RECORDINGS = Path(__file__).parents[1] / "fixtures" / "agent"


class Machine(msgspec.Struct, forbid_unknown_fields=True):
    """`machine.json`. `programs` maps a path to what it prints for --version (None: it fails); `commands` a whole
    command to the file of the recording that holds what it prints; `file_versions` a Windows program to its version.
    """

    about: str
    platform: str
    machine: str
    memory_total_bytes: int
    disk_free_bytes: int
    platform_version: str = ""
    battery: tuple[float, bool | None] | None = None
    programs: dict[str, str | None] = {}
    wireless: list[Netlink] | None = None
    wlan: list[WlanInterface] | None = None
    commands: dict[str, str] = {}
    file_versions: dict[str, str] = {}
    clock_synchronised: bool | None = None
    display_sizes: list[DisplaySize] = []


class RecordedSystem(System):
    """Answers from a recording in `tests/fixtures/agent`; time and network are the real ones. A drive of Windows is a
    folder `C`, as a checkout on Windows could hold no `C:`.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._files = RECORDINGS / name / "files"
        self.recorded = msgspec.json.decode((RECORDINGS / name / "machine.json").read_bytes(), type=Machine)
        self._registry = RecordedRegistry(RECORDINGS / name / "registry.reg")

    def platform_name(self) -> str:
        return self.recorded.platform

    def platform_version(self) -> str:
        return self.recorded.platform_version

    def machine(self) -> str:
        return self.recorded.machine

    def memory_total_bytes(self) -> int:
        return self.recorded.memory_total_bytes

    def disk_free_bytes(self, folder: str) -> int:
        return self.recorded.disk_free_bytes

    def battery(self) -> Battery | None:
        return Battery(*self.recorded.battery) if self.recorded.battery else None

    def clock_synchronised(self) -> bool | None:
        return self.recorded.clock_synchronised

    def display_sizes(self) -> list[DisplaySize]:
        return self.recorded.display_sizes

    def registry_values(self, key: str) -> dict[str, RegistryValue] | None:
        return self._registry.values(key)

    def registry_keys(self, key: str) -> list[str]:
        return self._registry.keys(key)

    def file_version(self, path: str) -> str | None:
        return self.recorded.file_versions.get(path)

    def read_text(self, path: str) -> str | None:
        return super().read_text(str(self._files) + path)

    def read_bytes(self, path: str) -> bytes | None:
        return super().read_bytes(str(self._files) + path)

    def paths(self, pattern: str) -> list[str]:
        drive = pattern[:2] if pattern[1:2] == ":" else ""
        inside = f"/{drive[:1]}{pattern[2:]}" if drive else pattern
        found = [path.removeprefix(str(self._files)) for path in super().paths(str(self._files) + inside)]
        return [(drive + path[2:]).replace("/", "\\") for path in found] if drive else found

    def find_program(self, name: str) -> str | None:
        return next((path for path in self.recorded.programs if path == f"/usr/bin/{name}"), None)

    def output_of(self, command: list[str], deadline_s: float) -> str:  # type: ignore[override]  # a list is enough here
        if (file := self.recorded.commands.get(" ".join(command))) is not None:
            return (self._files.parent / file).read_text(encoding="utf-8")
        answer = self.recorded.programs.get(command[0])
        if answer is None or command[1:] != ["--version"]:
            raise CommandFailedError(" ".join(command))
        return answer

    def wireless_interfaces(self) -> list[Netlink] | None:
        return self.recorded.wireless

    def wlan_interfaces(self) -> list[WlanInterface] | None:
        return self.recorded.wlan
