"""Ruckus SmartCell Gateway and SmartZone: RUCKUS-SCG-WLAN-MIB and RUCKUS-SCG-SYSTEM-MIB. Nothing is told of radios."""

from __future__ import annotations

from collector.snmp.session import oid
from collector.snmp.vendor_profile import VendorProfile, mib_object

FAMILY = VendorProfile(
    name="ruckus",
    gear="Ruckus SmartZone (SCG)",
    object_ids=(oid("1.3.6.1.4.1.25053.3.1.10"),),
    tried_on=("ruckus-smartcell-gateway",),
    access_point_name=mib_object("ruckusSCGAPName", "1.3.6.1.4.1.25053.1.3.2.1.1.2.2.1.5"),
    access_point_state=mib_object("ruckusSCGAPConnStatus", "1.3.6.1.4.1.25053.1.3.2.1.1.2.2.1.16"),
    states_up=frozenset({b"Connect"}),
    access_point_clients=mib_object("ruckusSCGAPNumSta", "1.3.6.1.4.1.25053.1.3.2.1.1.2.2.1.15"),
    key_is_access_point_mac=True,
    clients_total=mib_object("ruckusSystemStatsNumSta", "1.3.6.1.4.1.25053.1.3.1.1.1.15.2.0"),
)
