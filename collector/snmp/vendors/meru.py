"""Meru controllers (now FortiWLC): MERU-CONFIG-AP-MIB, MERU-CONFIG-WLAN-MIB and totals of MERU-GLOBAL-STATISTIC-MIB.
A radio's row tells its access point by name. Clients are told for the whole controller only.
"""

from __future__ import annotations

from collector.snmp.session import oid
from collector.snmp.vendor_profile import VendorProfile, mib_object

ONLINE = 3

FAMILY = VendorProfile(
    name="meru",
    gear="Meru (FortiWLC)",
    object_ids=(oid("1.3.6.1.4.1.15983.1.1.7"),),
    tried_on=("meru-networks-controller",),
    access_point_name=mib_object("mwApDescr", "1.3.6.1.4.1.15983.1.1.4.2.1.1.2"),
    access_point_state=mib_object("mwApAvailabilityStatus", "1.3.6.1.4.1.15983.1.1.4.2.1.1.27"),
    states_up=frozenset({ONLINE}),
    access_point_mac=mib_object("mwApSerialNumber", "1.3.6.1.4.1.15983.1.1.4.2.1.1.13"),
    radio_owner=mib_object("mwIf80211IfNodeName", "1.3.6.1.4.1.15983.1.1.4.3.3.1.26"),
    radio_channel=mib_object("mwIf80211IfChannel", "1.3.6.1.4.1.15983.1.1.4.3.3.1.5"),
    access_points_total=mib_object("mwSystemGeneralTotalOnlineAps", "1.3.6.1.4.1.15983.1.1.3.1.13.9.0"),
    clients_total=mib_object("mwSystemGeneralTotalWirelessStations", "1.3.6.1.4.1.15983.1.1.3.1.13.11.0"),
    knows_6_ghz=False,
)
