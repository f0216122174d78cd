"""Ruijie access controllers: RUIJIE-AC-MGMT-MIB. Clients are told per access point; nothing is told of radios."""

from __future__ import annotations

from collector.snmp.session import oid
from collector.snmp.vendor_profile import VendorProfile, mib_object

ONLINE = 1

FAMILY = VendorProfile(
    name="ruijie",
    gear="Ruijie",
    object_ids=(oid("1.3.6.1.4.1.4881.1.3.1"),),
    tried_on=("ruijie-m18000",),
    access_point_name=mib_object("ruijieApApName", "1.3.6.1.4.1.4881.1.1.10.2.56.2.1.1.1.2"),
    access_point_state=mib_object("ruijieApState", "1.3.6.1.4.1.4881.1.1.10.2.56.2.1.1.1.48"),
    states_up=frozenset({ONLINE}),
    access_point_clients=mib_object("ruijieApStaNum", "1.3.6.1.4.1.4881.1.1.10.2.56.2.1.1.1.34"),
    access_points_total=mib_object("ruijieAcApNum", "1.3.6.1.4.1.4881.1.1.10.2.56.1.1.11.0"),
    clients_total=mib_object("ruijieAcStaNum", "1.3.6.1.4.1.4881.1.1.10.2.56.1.1.15.0"),
    key_is_access_point_mac=True,
)
