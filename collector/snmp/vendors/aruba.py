"""Aruba mobility controllers (ArubaOS): WLSX-WLAN-MIB. Clients are counted per radio only. The names of the networks
(wlanAPESSID) are not asked for, only the time since each is up, whose index holds the BSSID.
"""

from __future__ import annotations

from collector.snmp.session import oid
from collector.snmp.vendor_profile import VendorProfile, by_value, mib_object

UP = 1

FAMILY = VendorProfile(
    name="aruba",
    gear="Aruba mobility controllers",
    object_ids=(oid("1.3.6.1.4.1.14823.1.1"),),
    tried_on=("aruba-7010", "aruba-7020", "aruba-7210"),
    access_point_name=mib_object("wlanAPName", "1.3.6.1.4.1.14823.2.2.1.5.2.1.4.1.3"),
    access_point_state=mib_object("wlanAPStatus", "1.3.6.1.4.1.14823.2.2.1.5.2.1.4.1.19"),
    states_up=frozenset({UP}),
    radio_channel=mib_object("wlanAPRadioChannel", "1.3.6.1.4.1.14823.2.2.1.5.2.1.5.1.3"),
    radio_utilisation=mib_object("wlanAPRadioUtilization", "1.3.6.1.4.1.14823.2.2.1.5.2.1.5.1.6"),
    radio_clients=mib_object("wlanAPRadioNumAssociatedClients", "1.3.6.1.4.1.14823.2.2.1.5.2.1.5.1.7"),
    networks=mib_object("wlanAPBssidUpTime", "1.3.6.1.4.1.14823.2.2.1.5.2.1.7.1.9"),
    radio_band=mib_object("wlanAPRadioType", "1.3.6.1.4.1.14823.2.2.1.5.2.1.5.1.2"),
    read_band=by_value({1: "5", 2: "2.4", 3: "2.4"}),
    access_points_total=mib_object("wlsxWlanTotalNumAccessPoints", "1.3.6.1.4.1.14823.2.2.1.5.2.1.1.0"),
    clients_total=mib_object("wlsxWlanTotalNumStationsAssociated", "1.3.6.1.4.1.14823.2.2.1.5.2.1.2.0"),
    key_is_access_point_mac=True,
)
