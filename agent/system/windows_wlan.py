"""Asks wlanapi.dll and copies what it gives; nothing is understood here."""

from __future__ import annotations

import ctypes
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import byref, c_uint32, c_void_p
from typing import Any

from agent.system.wlan_structures import CONNECTED, INTERFACE_BYTES, WlanInterface, interface_states

_CLIENT_VERSION = 2
_CURRENT_CONNECTION = 7
_ANY_BSS_TYPE = 3
_NO_SUCH_SERVICE = frozenset((1060, 1062))
"""ERROR_SERVICE_DOES_NOT_EXIST and ERROR_SERVICE_NOT_ACTIVE: a machine without Wi-Fi need not run the WLAN service."""

_LIST_MAX_BYTES = 4_194_304


def wlan_interfaces() -> list[WlanInterface] | None:
    """Every radio; None on a machine that has no WLAN service. OSError where the API fails."""
    if sys.platform == "win32":
        try:
            library = ctypes.WinDLL("wlanapi")
        except OSError:
            return None
        return asked(library)
    return None


def asked(library: Any) -> list[WlanInterface] | None:  # noqa: ANN401  a DLL, whose functions ctypes makes up
    """The same, of a loaded library."""
    handle, version = c_void_p(), c_uint32()
    error = library.WlanOpenHandle(c_uint32(_CLIENT_VERSION), None, byref(version), byref(handle))
    if error in _NO_SUCH_SERVICE:
        return None
    _check(error, "WlanOpenHandle")
    try:
        found = c_void_p()
        _check(library.WlanEnumInterfaces(handle, None, byref(found)), "WlanEnumInterfaces")
        with _freed(library, found):
            (count,) = struct.unpack("<I", ctypes.string_at(found, 4))
            size = min(8 + count * INTERFACE_BYTES, _LIST_MAX_BYTES)
            states = interface_states(ctypes.string_at(found, size))
        return [_interface(library, handle, guid, state) for guid, state in states]
    finally:
        library.WlanCloseHandle(handle, None)


def _interface(library: Any, handle: c_void_p, guid: bytes, state: int) -> WlanInterface:  # noqa: ANN401  as above
    if state != CONNECTED:
        return WlanInterface(state)
    which = (ctypes.c_ubyte * 16).from_buffer_copy(guid)
    size, found = c_uint32(), c_void_p()
    opcode = c_uint32(_CURRENT_CONNECTION)
    connection_error = library.WlanQueryInterface(handle, byref(which), opcode, None, byref(size), byref(found), None)
    connection = b"" if connection_error else _copied(library, found, size.value)
    heard = c_void_p()
    any_type = c_uint32(_ANY_BSS_TYPE)
    bss_error = library.WlanGetNetworkBssList(handle, byref(which), None, any_type, 0, None, byref(heard))
    # A WLAN_BSS_LIST begins with its own size.
    bss_bytes = 0 if bss_error else struct.unpack("<I", ctypes.string_at(heard, 4))[0]
    bss_list = b"" if bss_error else _copied(library, heard, min(bss_bytes, _LIST_MAX_BYTES))
    return WlanInterface(state, connection, connection_error, bss_list, bss_error)


def _copied(library: Any, found: c_void_p, size: int) -> bytes:  # noqa: ANN401  as above
    with _freed(library, found):
        return ctypes.string_at(found, size)


@contextmanager
def _freed(library: Any, found: c_void_p) -> Iterator[None]:  # noqa: ANN401  as above
    try:
        yield
    finally:
        library.WlanFreeMemory(found)


def _check(error: int, function: str) -> None:
    if error:
        raise OSError(error, f"{function} gave Windows error {error}")
