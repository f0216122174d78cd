"""Who a machine is, whatever system is put on it: a keyed hash of an id of its hardware. The id itself never leaves it.

The board's UUID is taken first, then the maker's serial number, then the address of a built-in network adapter, where
ordinary users may read no more. What makers leave blank or the same on every machine is no id.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from agent.inventory.smbios import system_ids
from agent.system.machine import System
from agent.system.programs import CommandFailedError

NO_HARDWARE_ID = "no_hardware_id"
HASH_CHARACTERS = 32

SMBIOS_KEY = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\mssmbios\\Data"
SMBIOS_HEADER_BYTES = 8
IOREG_COMMAND = ("/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice")
_IOREG_DEADLINE_S = 5.0

_SAME_ON_MANY = frozenset(
    (
        *("03000200-0400-0500-0006-000700080009", "00020003-0004-0005-0006-000700080009"),
        *("12345678-1234-5678-90ab-cddeefaabbcc", "12345678-1234-1234-1234-123456789abc"),
    )
)
_NO_SERIAL = re.compile(
    r"to be filled.*|to ?be ?set.*|default.*|(system|chassis|base ?board) serial.*|sernum.*|serial ?n(umber|o\.?)?"
    r"|not (specified|applicable|available|set)|none|null|empty|unknown|invalid|o\.?e\.?m\.?|n/?a|.*123456789.*"
)
_LEAST_CHARACTERS = 4
_LOCALLY_GIVEN = 0x02


class HardwareIds(NamedTuple):
    """What a machine says of itself; None where it says nothing."""

    uuid: str | None = None
    maker: str | None = None
    serial: str | None = None


def machine_id(system: System, key: str) -> str | None:
    """The hash under the authority's key; None where the hardware has no id of its own."""
    own = hardware_id(system)
    return None if own is None else hmac.new(key.encode(), own.encode(), sha256).hexdigest()[:HASH_CHARACTERS]


def hardware_id(system: System) -> str | None:
    """The id, with what it is an id of. Stays on the machine."""
    told = _told(system)
    if told.uuid is not None and (uuid := plain_uuid(told.uuid)) is not None:
        return f"uuid {uuid}"
    if told.serial is not None and (serial := plain_serial(told.serial)) is not None:
        return f"serial {(told.maker or '').strip().casefold()} {serial}"
    address = min(_built_in_addresses(system), default=None)
    return None if address is None else f"address {address}"


def plain_uuid(written: str) -> str | None:
    """In lower case with its dashes; None for what is none, or is the same on many machines."""
    try:
        uuid = str(UUID(written.strip()))
    except ValueError:
        return None
    is_one_character = len(set(uuid.replace("-", ""))) == 1
    return None if is_one_character or uuid in _SAME_ON_MANY else uuid


def plain_serial(written: str) -> str | None:
    """In lower case; None for what a maker writes who gives none."""
    serial = " ".join(written.split()).casefold()
    letters = re.sub(r"[^a-z0-9]", "", serial)
    is_none = len(letters) < _LEAST_CHARACTERS or len(set(letters)) == 1 or _NO_SERIAL.fullmatch(serial)
    return None if is_none else serial


def _told(system: System) -> HardwareIds:
    platform = system.platform_name()
    if platform == "windows":
        return _of_windows(system)
    return _of_macos(system) if platform == "macos" else _of_linux(system)


def _of_windows(system: System) -> HardwareIds:
    """The table that Windows keeps of the firmware's, which every user may read."""
    raw = (system.registry_values(SMBIOS_KEY) or {}).get("SMBiosData")
    return HardwareIds(*system_ids(raw[SMBIOS_HEADER_BYTES:])) if isinstance(raw, bytes) else HardwareIds()


def _of_macos(system: System) -> HardwareIds:
    try:
        said = system.output_of(IOREG_COMMAND, _IOREG_DEADLINE_S)
    except CommandFailedError:
        return HardwareIds()
    told = dict(re.findall(r'"(IOPlatform\w+)" = "([^"]*)"', said))
    return HardwareIds(told.get("IOPlatformUUID"), "Apple", told.get("IOPlatformSerialNumber"))


def _of_linux(system: System) -> HardwareIds:
    """What the firmware says is for root alone; boards without firmware tell everybody."""
    folder = "/sys/class/dmi/id/"
    board = _readable(system, "/proc/device-tree/serial-number")
    return HardwareIds(
        _readable(system, f"{folder}product_uuid"),
        _readable(system, f"{folder}sys_vendor"),
        _readable(system, f"{folder}product_serial") or (board.strip("\0") if board else None),
    )


def _readable(system: System, path: str) -> str | None:
    try:
        return system.read_text(path)
    except OSError:
        return None


def _built_in_addresses(system: System) -> Iterator[str]:
    """Of adapters on the board, on Linux: not of docks and sticks, which move, nor such as the system has made up."""
    for path in system.paths("/sys/class/net/*/device/uevent"):
        adapter = path.removesuffix("/device/uevent")
        address = (_readable(system, f"{adapter}/address") or "").strip().lower()
        is_permanent = (_readable(system, f"{adapter}/addr_assign_type") or "0").strip() == "0"
        if "PCI_SLOT_NAME=" in (_readable(system, path) or "") and is_permanent and _is_of_its_maker(address):
            yield address


def _is_of_its_maker(address: str) -> bool:
    if not re.fullmatch(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", address):
        return False
    return not int(address[:2], 16) & _LOCALLY_GIVEN and len(set(address.split(":"))) > 1
