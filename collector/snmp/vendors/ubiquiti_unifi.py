"""Ubiquiti UniFi access points, asked themselves: UBNT-UniFi-MIB. Most call themselves by their operating system alone
(net-snmp on Linux). The names of their networks are not asked for. Written from the MIB: no recording was found.
"""

from __future__ import annotations

from collector.snmp.session import oid
from collector.snmp.vendor_profile import Standalone, mib_object

FAMILY = Standalone(
    name="ubiquiti-unifi",
    gear="Ubiquiti UniFi, asked itself, 6 GHz too",
    object_ids=(oid("1.3.6.1.4.1.41112.1.6"),),
    tried_on=("hand-written-unifi",),
    network_bssid=mib_object("unifiVapBssId", "1.3.6.1.4.1.41112.1.6.1.2.1.2"),
    channels=(mib_object("unifiVapChannel", "1.3.6.1.4.1.41112.1.6.1.2.1.4"),),
    network_clients=mib_object("unifiVapNumStations", "1.3.6.1.4.1.41112.1.6.1.2.1.8"),
    network_radio=mib_object("unifiVapRadio", "1.3.6.1.4.1.41112.1.6.1.2.1.9"),
    radio_name=mib_object("unifiRadioRadio", "1.3.6.1.4.1.41112.1.6.1.1.1.3"),
    radio_utilisation=mib_object("unifiRadioCuTotal", "1.3.6.1.4.1.41112.1.6.1.1.1.6"),
    bands={b"ng": "2.4", b"na": "5", b"ac": "5", b"6e": "6"},
    tried_on_strangers=True,
)
