"""The link as Windows' native WLAN API describes it. Without consent to location it tells nothing."""

from __future__ import annotations

import struct

from agent.measuring.contract import ProbeFailureError, ProbeReading
from agent.protocol.wire import Facts
from agent.system.wlan_structures import CONNECTED, Bss, WlanConnection, WlanInterface, bss_entries, connection_of
from agent.wifi.link import heard, nothing, reading

_ACCESS_DENIED = 5
"""ERROR_ACCESS_DENIED."""


def parse(interfaces: list[WlanInterface]) -> ProbeReading:
    """The facts of the connected radio with the strongest signal. Raises ProbeFailureError for bytes that can't be."""
    connected = [one for one in interfaces if one.state == CONNECTED]
    if not connected:
        return nothing("not_connected")
    try:
        return max((_link(one) for one in connected), key=_strength)
    except (struct.error, ValueError) as error:
        raise ProbeFailureError(
            "unreadable_answer", f"the WLAN API gave a structure of another size: {error}"
        ) from None


def _strength(one: ProbeReading) -> float:
    signal = one.facts["signal_dbm"]
    return signal if isinstance(signal, float) else -1_000.0


def _link(interface: WlanInterface) -> ProbeReading:
    if interface.connection_error:
        return nothing(_reason(interface.connection_error))
    connection = connection_of(interface.connection)
    stations = list(bss_entries(interface.bss_list)) if not interface.bss_error else []
    own = next((one for one in stations if one.bssid == connection.bssid), None)
    known: Facts = {
        "signal_dbm": own.signal_dbm if own else None,
        "frequency_mhz": own.frequency_mhz if own else None,
        "tx_rate_mbit_s": connection.tx_mbit_s or None,
        "rx_rate_mbit_s": connection.rx_mbit_s or None,
        "bssid": connection.bssid,
        "phy_type": connection.phy_type,
    }
    reasons = dict.fromkeys(("signal_dbm", "frequency_mhz", "channel", "band"), _reason(interface.bss_error))
    return reading(known, reasons if interface.bss_error else {}, _rows(stations, connection))


def _reason(error: int) -> str:
    """Without consent to location Windows denies both the connection and the scan."""
    return "permission_denied" if error == _ACCESS_DENIED else "driver_error"


def _rows(stations: list[Bss], connection: WlanConnection) -> list[Facts]:
    return [
        heard(
            own=one.bssid == connection.bssid or (bool(one.ssid) and one.ssid == connection.ssid),
            bssid=one.bssid,
            frequency_mhz=one.frequency_mhz,
            signal_dbm=one.signal_dbm,
        )
        for one in stations
    ]
