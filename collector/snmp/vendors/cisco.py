"""Cisco controllers with AireOS: AIRESPACE-WIRELESS-MIB and CISCO-LWAPP-AP-MIB.

The object ids are those of all Cisco gear: only what the configuration calls a controller is asked. Counts per radio
(bsnAPIfLoadNumOfClients) are known to lag behind; the cross-check takes them back where they do. An access point's
index is the base address of its radios.
"""

from __future__ import annotations

from collector.snmp.session import oid
from collector.snmp.vendor_profile import VendorProfile, by_value, mib_object

ASSOCIATED = 1

FAMILY = VendorProfile(
    name="cisco",
    gear="Cisco AireOS",
    object_ids=(oid("1.3.6.1.4.1.9.1"), oid("1.3.6.1.4.1.14179")),
    tried_on=("cisco-controller",),
    access_point_name=mib_object("bsnAPName", "1.3.6.1.4.1.14179.2.2.1.1.3"),
    access_point_state=mib_object("bsnAPOperationStatus", "1.3.6.1.4.1.14179.2.2.1.1.6"),
    states_up=frozenset({ASSOCIATED}),
    access_point_clients=mib_object("cLApAssociatedClientCount", "1.3.6.1.4.1.9.9.513.1.1.1.1.54"),
    access_point_mac=mib_object("cLApIfMacAddress", "1.3.6.1.4.1.9.9.513.1.1.1.1.2"),
    radio_channel=mib_object("bsnAPIfPhyChannelNumber", "1.3.6.1.4.1.14179.2.2.2.1.4"),
    radio_utilisation=mib_object("bsnAPIfLoadChannelUtilization", "1.3.6.1.4.1.14179.2.2.13.1.3"),
    radio_clients=mib_object("bsnAPIfLoadNumOfClients", "1.3.6.1.4.1.14179.2.2.13.1.4"),
    radio_band=mib_object("bsnAPIfType", "1.3.6.1.4.1.14179.2.2.2.1.2"),
    read_band=by_value({1: "2.4", 2: "5"}),
    access_points_total=mib_object("clsSysApConnectCount", "1.3.6.1.4.1.9.9.618.1.8.4.0"),
    clients_total=mib_object("clsMaxClientsCount", "1.3.6.1.4.1.9.9.618.1.8.12.0"),
    key_is_radio_mac=True,
)
