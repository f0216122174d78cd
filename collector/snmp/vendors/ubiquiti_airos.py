"""Ubiquiti airMAX access points (airOS), asked themselves: UBNT-AirMAX-MIB. The channel is told as a frequency."""

from __future__ import annotations

from collector.snmp.session import oid
from collector.snmp.vendor_profile import Standalone, mib_object

ACCESS_POINT, REPEATER, BRIDGING_ACCESS_POINT = 2, 3, 4

FAMILY = Standalone(
    name="ubiquiti-airos",
    gear="Ubiquiti airOS, asked itself",
    object_ids=(oid("1.3.6.1.4.1.41112.1.4"), oid("1.3.6.1.4.1.10002.1")),
    tried_on=("ubiquiti-m5",),
    network_bssid=mib_object("ubntWlStatApMac", "1.3.6.1.4.1.41112.1.4.5.1.4"),
    channels=(mib_object("ubntRadioFreq", "1.3.6.1.4.1.41112.1.4.1.1.4"),),
    network_clients=mib_object("ubntWlStatStaCount", "1.3.6.1.4.1.41112.1.4.5.1.15"),
    role=mib_object("ubntRadioMode", "1.3.6.1.4.1.41112.1.4.1.1.2"),
    roles_serving=frozenset({ACCESS_POINT, REPEATER, BRIDGING_ACCESS_POINT}),
)
