"""Ubiquiti UniFi access points, asked themselves: UBNT-UniFi-MIB. Most call themselves by their operating system alone
(net-snmp on Linux). The names of their networks are not asked for. Written from the MIB: no recording was found.
"""

from __future__ import annotations

from collector.snmp.session import oid
from collector.snmp.vendor_profile import Standalone

FAMILY = Standalone(
    name="ubiquiti-unifi",
    object_ids=(oid("1.3.6.1.4.1.41112.1.6"),),
    network_bssid=oid("1.3.6.1.4.1.41112.1.6.1.2.1.2"),
    channels=(oid("1.3.6.1.4.1.41112.1.6.1.2.1.4"),),
    network_clients=oid("1.3.6.1.4.1.41112.1.6.1.2.1.8"),
    network_radio=oid("1.3.6.1.4.1.41112.1.6.1.2.1.9"),
    radio_name=oid("1.3.6.1.4.1.41112.1.6.1.1.1.3"),
    radio_utilisation=oid("1.3.6.1.4.1.41112.1.6.1.1.1.6"),
    bands={b"ng": "2.4", b"na": "5", b"ac": "5", b"6e": "6"},
    tried_on_strangers=True,
)
