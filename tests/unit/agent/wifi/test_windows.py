"""Windows: structures built by hand from the header files, and the DLL played by a stand-in that writes memory."""

from __future__ import annotations

import ctypes
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.measuring.contract import ProbeFailureError, ProbeUnsupportedError, Task
from agent.probes.wifi import read
from agent.system.windows_wlan import asked, wlan_interfaces
from agent.system.wlan_structures import BSS_BYTES, INTERFACE_BYTES, WlanInterface, connection_of, interface_states
from agent.wifi.link import NAMES
from agent.wifi.windows import parse
from tests.support.recorded_system import RecordedSystem
from tests.support.wlan_images import (
    BssEntry,
    ConnectionAttributes,
    InterfaceInfo,
    bss_list,
    connection,
    interface_list,
)

OWN, OWN_2, FOREIGN = "02:aa:bb:cc:dd:01", "02:aa:bb:cc:dd:02", "06:00:00:00:00:09"
HEARD = bss_list((b"Skolan", OWN, -57, 5_180_000), (b"Annan", FOREIGN, -80, 2_412_000))


def test_sizes_are_those_of_the_header_files() -> None:
    """As a C compiler lays them out."""
    sizes = (ctypes.sizeof(InterfaceInfo), ctypes.sizeof(BssEntry), ctypes.sizeof(ConnectionAttributes))
    assert sizes == (INTERFACE_BYTES, BSS_BYTES, 604)


def test_a_laptop_that_may_tell() -> None:
    """Everything that Windows knows; what it does not know is not stated."""
    reading = read(RecordedSystem("windows-11-laptop"), Task())
    known = {name: value for name, value in reading.facts.items() if value is not None}
    assert known == {
        "signal_dbm": -57.0,
        "frequency_mhz": 5180,
        "channel": 36,
        "tx_rate_mbit_s": 780.0,
        "rx_rate_mbit_s": 866.7,
        "bssid": OWN,
        "band": "5",
        "phy_type": "ax",
    }
    not_stated = dict.fromkeys(("width_mhz", "noise_dbm", "snr_db", "retries_ratio"), "not_stated")
    assert reading.missing == {**not_stated, "roamed": "not_remembered"}
    assert reading.rows == [
        {"own": True, "bssid": OWN, "band": "5", "channel": 36, "signal_dbm": -57.0},
        {"own": True, "bssid": OWN_2, "band": "2.4", "channel": 6, "signal_dbm": -74.0},
        {"own": False, "bssid": None, "band": "2.4", "channel": 1, "signal_dbm": -80.0},
    ]


def test_without_consent_to_location_everything_is_unknown() -> None:
    """With the reason, and never as a weak signal."""
    reading = read(RecordedSystem("windows-11-no-consent"), Task())
    assert reading.facts == dict.fromkeys((*NAMES, "roamed"))
    assert reading.missing == dict.fromkeys((*NAMES, "roamed"), "permission_denied")
    assert reading.rows == []


def test_a_scan_that_is_denied_alone() -> None:
    """The connection still tells its rates; the signal is what was denied."""
    reading = parse([WlanInterface(1, connection(b"Skolan", OWN), bss_error=5)])
    assert (reading.facts["rx_rate_mbit_s"], reading.facts["bssid"]) == (866.7, OWN)
    assert [reading.missing[name] for name in ("signal_dbm", "channel", "snr_db")] == [
        "permission_denied", "permission_denied", "not_stated",
    ]  # fmt: skip


def test_other_errors_are_the_drivers() -> None:
    """Not a matter of permission."""
    assert set(parse([WlanInterface(1, connection_error=1_168)]).missing.values()) == {"driver_error"}


def test_a_machine_without_a_radio() -> None:
    """Is not one that is unconnected."""
    with pytest.raises(ProbeUnsupportedError, match="no_wifi_interface"):
        read(RecordedSystem("windows-sv-desktop"), Task())
    assert set(parse([WlanInterface(4)]).missing.values()) == {"not_connected"}


def test_the_stronger_of_two_radios_counts() -> None:
    """A machine with an adapter in a USB port beside its own."""
    near = WlanInterface(1, connection(b"Skolan", OWN), bss_list=HEARD)
    far = WlanInterface(1, connection(b"Skolan", OWN_2), bss_list=bss_list((b"Skolan", OWN_2, -81, 2_437_000)))
    assert parse([far, near]).facts["bssid"] == OWN
    assert parse([near, far]).facts["bssid"] == OWN


@pytest.mark.parametrize(
    "interface",
    [
        WlanInterface(1, connection(b"Skolan", OWN)[:500], bss_list=HEARD),
        WlanInterface(1, connection(b"Skolan", OWN), bss_list=HEARD[:300]),
        WlanInterface(1, connection(b"S" * 40, OWN), bss_list=HEARD),
        WlanInterface(1, connection(b"Skolan", OWN), bss_list=HEARD[:4] + b"\xff\xff\0\0" + HEARD[8:]),
    ],
    ids=["short connection", "short list", "long name", "count beyond the list"],
)
def test_bytes_that_can_not_be(interface: WlanInterface) -> None:
    """Fail as a probe fails, with a code."""
    with pytest.raises(ProbeFailureError) as refused:
        parse([interface])
    assert refused.value.code == "unreadable_answer"


@given(connected=st.binary(max_size=700), heard=st.binary(max_size=800))
def test_any_bytes_end_in_a_reading_or_a_failure(connected: bytes, heard: bytes) -> None:
    """Never in another error."""
    try:
        reading = parse([WlanInterface(1, connected, bss_list=heard)])
    except ProbeFailureError:
        return
    assert set(reading.facts) == set(NAMES)


def test_no_networks_name_comes_out() -> None:
    """Neither the own nor another."""
    reading = parse([WlanInterface(1, connection(b"Skolan", OWN), bss_list=HEARD)])
    said = repr(reading)
    assert [word for word in ("Skolan", "Annan", FOREIGN, "Skolprofil") if word in said] == []


class _Library:
    """wlanapi.dll: writes into the memory that it is handed, and counts what is opened and freed."""

    def __init__(self, states: list[int], *, open_error: int = 0, denied: bool = False) -> None:
        self._states = states
        self._open_error = open_error
        self._denied = denied
        self.open = 0
        self._given: dict[int, Any] = {}
        self.guids: list[bytes] = []

    def WlanOpenHandle(self, version: Any, reserved: None, negotiated: Any, handle: Any) -> int:  # noqa: N802  as Windows calls it
        self.open += not self._open_error
        handle._obj.value = 77
        return self._open_error

    def WlanCloseHandle(self, handle: Any, reserved: None) -> int:  # noqa: N802  as above
        assert handle.value == 77
        self.open -= 1
        return 0

    def _give(self, place: Any, content: bytes) -> int:
        memory = ctypes.create_string_buffer(content, len(content))
        place._obj.value = ctypes.addressof(memory)
        self._given[ctypes.addressof(memory)] = memory
        return 0

    def WlanFreeMemory(self, memory: Any) -> None:  # noqa: N802  as above
        del self._given[memory.value]

    def WlanEnumInterfaces(self, handle: Any, reserved: None, found: Any) -> int:  # noqa: N802  as above
        return self._give(found, interface_list(self._states))

    def WlanQueryInterface(  # noqa: N802, PLR0917  as above
        self, handle: Any, guid: Any, opcode: Any, reserved: None, size: Any, found: Any, kind: None
    ) -> int:
        assert opcode.value == 7
        self.guids.append(bytes(guid._obj))
        if self._denied:
            return 5
        image = connection(b"Skolan", OWN)
        size._obj.value = len(image)
        return self._give(found, image)

    def WlanGetNetworkBssList(  # noqa: N802, PLR0917  as above
        self, handle: Any, guid: Any, ssid: None, kind: Any, secured: int, reserved: None, found: Any
    ) -> int:
        assert (kind.value, ssid) == (3, None)
        return 5 if self._denied else self._give(found, HEARD)

    @property
    def unfreed(self) -> int:
        return len(self._given)


def test_what_the_dll_gives_is_copied_and_freed() -> None:
    """Only the connected radio is asked, by its own GUID."""
    library = _Library([4, 1])
    assert asked(library) == [WlanInterface(4), WlanInterface(1, connection(b"Skolan", OWN), 0, HEARD, 0)]
    assert library.guids == [b"\1" * 16]
    assert (library.open, library.unfreed) == (0, 0)


def test_a_dll_that_denies() -> None:
    """The errors come through, and nothing is left open."""
    library = _Library([1], denied=True)
    assert asked(library) == [WlanInterface(1, b"", 5, b"", 5)]
    assert (library.open, library.unfreed) == (0, 0)


@pytest.mark.parametrize("error", [1060, 1062])
def test_without_the_wlan_service(error: int) -> None:
    """A desktop on cable."""
    assert asked(_Library([], open_error=error)) is None


def test_a_dll_that_fails() -> None:
    """Is told with its number."""
    with pytest.raises(OSError, match="WlanOpenHandle gave Windows error 14"):
        asked(_Library([], open_error=14))


def test_here_there_is_no_such_dll() -> None:
    """On other systems."""
    assert wlan_interfaces() is None


def test_structures_are_read_as_they_were_built() -> None:
    """By the other side's layout."""
    assert interface_states(interface_list([4, 1, 0])) == [
        (bytes([n]) * 16, state) for n, state in enumerate((4, 1, 0))
    ]
    found = connection_of(connection(b"S", OWN, phy_type=99, rx_kbit_s=54_000, tx_kbit_s=6_500))
    assert found == (b"S", OWN, None, 54.0, 6.5)
