"""Who a machine is: the same under each system, never for a value that many machines share, and never in the clear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.inventory.hardware_ids import (
    IOREG_COMMAND,
    SMBIOS_KEY,
    hardware_id,
    machine_id,
    plain_serial,
    plain_uuid,
)
from agent.inventory.smbios import system_ids
from agent.system.programs import CommandFailedError
from agent.system.windows_registry import RegistryValue
from tests.support.recorded_system import RecordedSystem

UUID_TEXT = "4c4c4544-0038-3510-8052-b7c04f4a4d32"
UUID_BYTES = bytes.fromhex("44454c4c380010358052b7c04f4a4d32")
DMI = "/sys/class/dmi/id/"
OWN_MAC, OTHER_MAC = "3c:22:fb:00:00:01", "3C:22:FB:00:00:09"


class Machine(RecordedSystem):
    """A machine that is of one system and says what it is told to."""

    def __init__(
        self,
        platform: str,
        *,
        files: Mapping[str, str | None] | None = None,
        smbios: bytes | None = None,
        printed: str | None = None,
    ) -> None:
        super().__init__("linux-en-server")
        self._platform, self._told, self._smbios, self._printed = platform, dict(files or {}), smbios, printed

    def platform_name(self) -> str:
        """As told."""
        return self._platform

    def read_text(self, path: str) -> str | None:
        """A file that is told as None is for root alone."""
        if path in self._told and self._told[path] is None:
            raise PermissionError(path)
        return self._told.get(path)

    def paths(self, pattern: str) -> list[str]:
        """Of adapters."""
        assert pattern == "/sys/class/net/*/device/uevent"
        return sorted(path for path in self._told if path.endswith("/device/uevent"))

    def registry_values(self, key: str) -> dict[str, RegistryValue] | None:
        """The firmware's table behind the eight bytes that Windows puts before it."""
        assert key == SMBIOS_KEY
        return None if self._smbios is None else {"SMBiosData": b"\0\3\3\0" + b"\0\0\0\0" + self._smbios}

    def output_of(self, command: Sequence[str], deadline_s: float) -> str:
        """Of ioreg."""
        assert (tuple(command), deadline_s > 0) == (IOREG_COMMAND, True)
        if self._printed is None:
            raise CommandFailedError("no such program")
        return self._printed


def structure(kind: int, fields: bytes, *strings: bytes) -> bytes:
    """One of the firmware's table."""
    return bytes((kind, len(fields) + 4, 0, 0)) + fields + (b"\0".join((*strings, b"", b"")) if strings else b"\0\0")


def table(uuid: bytes = UUID_BYTES, maker: bytes = b"Dell Inc.", serial: bytes = b"85R2J") -> bytes:
    """The firmware's own first, then the system, then the end."""
    bios = structure(0, bytes((1, 2, 0, 0)), b"Dell Inc.", b"1.2.3")
    system = structure(1, bytes((1, 2, 3, 4)) + uuid + bytes((6, 5, 0)), maker, b"Latitude", b"1", serial, b"sku")
    return bios + system + structure(127, b"")


def adapter(name: str, address: str, *, bus: str = "PCI_SLOT_NAME=0000:00:1f.6", given: str = "0") -> dict[str, str]:
    """A network adapter as Linux shows it."""
    folder = f"/sys/class/net/{name}"
    return {f"{folder}/device/uevent": bus, f"{folder}/address": f"{address}\n", f"{folder}/addr_assign_type": given}


def test_the_firmwares_table() -> None:
    """As Windows keeps it; what is cut short says nothing, and is no error."""
    assert system_ids(table()) == (UUID_TEXT, "Dell Inc.", "85R2J")
    assert all(system_ids(table()[:length])[2] in {None, "85R2J"} for length in range(len(table())))


@given(st.binary(max_size=200))
def test_any_bytes_are_read(raw: bytes) -> None:
    """The table comes from a machine's maker."""
    assert len(system_ids(raw)) == 3


def test_one_machine_is_one_under_each_system() -> None:
    """Windows tells the UUID by its bytes, Linux in letters: who puts Linux on it gets the same machine."""
    windows = Machine("windows", smbios=table())
    linux = Machine("linux", files={f"{DMI}product_uuid": f"{UUID_TEXT.upper()}\n"})
    macos = Machine(
        "macos", printed=f'    "IOPlatformUUID" = "{UUID_TEXT.upper()}"\n    "IOPlatformSerialNumber" = "C02X"'
    )
    assert machine_id(windows, "key") == machine_id(linux, "key") == machine_id(macos, "key")
    assert machine_id(windows, "another key") != machine_id(windows, "key")


@pytest.mark.parametrize(
    ("machine", "own"),
    [
        (Machine("windows", smbios=table(uuid=b"\xff" * 16)), "serial dell inc. 85r2j"),
        (Machine("windows", smbios=table(uuid=bytes(16), serial=b"To Be Filled By O.E.M.")), None),
        (Machine("windows"), None),
        (Machine("macos"), None),
        (Machine("linux", files={f"{DMI}product_uuid": None, f"{DMI}product_serial": None}), None),
        (Machine("linux", files={"/proc/device-tree/serial-number": "10000000a1b2c3d4\0"}), "serial  10000000a1b2c3d4"),
        (
            Machine("linux", files={f"{DMI}product_uuid": None} | adapter("wl0", OWN_MAC) | adapter("en0", OTHER_MAC)),
            f"address {OWN_MAC}",
        ),
        (Machine("linux", files=adapter("usb0", OWN_MAC, bus="DRIVER=r8152")), None),
        (Machine("linux", files=adapter("wlan0", OWN_MAC, given="1")), None),
        (Machine("linux", files=adapter("eth0", "02:42:ac:11:00:02")), None),
        (Machine("linux", files=adapter("eth0", "00:00:00:00:00:00")), None),
    ],
)  # fmt: skip
def test_what_it_goes_by(machine: Machine, own: str | None) -> None:
    """UUID, else serial number, else a built-in adapter; an adapter that moves or was made up is none."""
    assert hardware_id(machine) == own


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "0",
        "00000000",
        "FFFFFFFF",
        "xxxxxxxxxx",
        "To Be Filled By O.E.M.",
        "To be filled by O.E.M",
        "Default string",
        "System Serial Number",
        "Chassis Serial Number",
        "Not Specified",
        "Not Applicable",
        "None",
        "N/A",
        "INVALID",
        "0123456789",
        "123456789",
        "SerNum01",
        "OEM",
        "...",
        "abc",
    ],
)
def test_no_serial_number(written: str) -> None:
    """What makers write who give none."""
    assert plain_serial(written) is None


@pytest.mark.parametrize(
    "written",
    [
        "00000000-0000-0000-0000-000000000000",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        "03000200-0400-0500-0006-000700080009",
        "Not Settable",
        "",
    ],
)
def test_no_uuid(written: str) -> None:
    """Unset, or the same on every board of a maker."""
    assert plain_uuid(written) is None


@pytest.mark.parametrize("written", ["5CG1234ABC", "PF-2A4B6C", " 85R2J ", "VMware-56 4d 1a", "J0N3MNE1"])
def test_a_serial_number(written: str) -> None:
    """However it is written."""
    assert plain_serial(written) == written.strip().casefold()


def test_nothing_of_the_id_is_in_the_hash() -> None:
    """It has neither the letters of the UUID nor those of the serial number, and always as many of its own."""
    told: Any = machine_id(Machine("windows", smbios=table()), "key")
    assert len(told) == 32
    assert UUID_TEXT.replace("-", "")[:8] not in told
