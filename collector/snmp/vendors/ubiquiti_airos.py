"""Ubiquiti airMAX access points (airOS), asked themselves: UBNT-AirMAX-MIB. The channel is told as a frequency."""

from __future__ import annotations

from collector.snmp.session import oid
from collector.snmp.vendor_profile import Standalone

ACCESS_POINT, REPEATER, BRIDGING_ACCESS_POINT = 2, 3, 4

FAMILY = Standalone(
    name="ubiquiti-airos",
    object_ids=(oid("1.3.6.1.4.1.41112.1.4"), oid("1.3.6.1.4.1.10002.1")),
    network_bssid=oid("1.3.6.1.4.1.41112.1.4.5.1.4"),
    channels=(oid("1.3.6.1.4.1.41112.1.4.1.1.4"),),
    network_clients=oid("1.3.6.1.4.1.41112.1.4.5.1.15"),
    role=oid("1.3.6.1.4.1.41112.1.4.1.1.2"),
    roles_serving=frozenset({ACCESS_POINT, REPEATER, BRIDGING_ACCESS_POINT}),
)
