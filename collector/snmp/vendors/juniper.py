"""Juniper WLC (once Trapeze): TRAPEZE-NETWORKS-AP-STATUS-MIB and the total of the client session MIB. An access point
is listed by its standby controller too, in another state; it counts where it is operational. No load is told.
"""

from __future__ import annotations

from collector.snmp.session import oid
from collector.snmp.vendor_profile import VendorProfile, mib_object

OPERATIONAL = 7

FAMILY = VendorProfile(
    name="juniper",
    gear="Juniper WLC",
    object_ids=(oid("1.3.6.1.4.1.14525.3"),),
    tried_on=("juniper-wlc2800",),
    access_point_name=mib_object("trpzApStatApStatusApName", "1.3.6.1.4.1.14525.4.5.1.1.2.1.8"),
    access_point_state=mib_object("trpzApStatApStatusApState", "1.3.6.1.4.1.14525.4.5.1.1.2.1.5"),
    states_up=frozenset({OPERATIONAL}),
    access_point_clients=mib_object("trpzApStatApStatusClientSessions", "1.3.6.1.4.1.14525.4.5.1.1.2.1.16"),
    access_point_mac=mib_object("trpzApStatApStatusBaseMac", "1.3.6.1.4.1.14525.4.5.1.1.2.1.2"),
    radio_channel=mib_object("trpzApStatRadioStatusCurrentChannelNum", "1.3.6.1.4.1.14525.4.5.1.1.4.1.7"),
    radio_clients=mib_object("trpzApStatRadioOpStatsUserSessions", "1.3.6.1.4.1.14525.4.5.1.1.10.1.15"),
    radio_mac=mib_object("trpzApStatRadioStatusBaseMac", "1.3.6.1.4.1.14525.4.5.1.1.4.1.3"),
    access_points_total=mib_object("trpzApStatNumAps", "1.3.6.1.4.1.14525.4.5.1.1.1.0"),
    clients_total=mib_object("trpzClSessTotalSessions", "1.3.6.1.4.1.14525.4.4.1.1.4.0"),
    knows_6_ghz=False,
)
