"""Aruba mobility controllers (ArubaOS): WLSX-WLAN-MIB. Clients are counted per radio only."""

from __future__ import annotations

from collector.snmp.session import oid
from collector.snmp.wireless import Family

UP = 1

FAMILY = Family(
    name="aruba",
    object_ids=(oid("1.3.6.1.4.1.14823.1.1"),),
    access_point_name=oid("1.3.6.1.4.1.14823.2.2.1.5.2.1.4.1.3"),
    access_point_state=oid("1.3.6.1.4.1.14823.2.2.1.5.2.1.4.1.19"),
    states_up=frozenset({UP}),
    radio_channel=oid("1.3.6.1.4.1.14823.2.2.1.5.2.1.5.1.3"),
    radio_utilisation=oid("1.3.6.1.4.1.14823.2.2.1.5.2.1.5.1.6"),
    radio_clients=oid("1.3.6.1.4.1.14823.2.2.1.5.2.1.5.1.7"),
    access_points_total=oid("1.3.6.1.4.1.14823.2.2.1.5.2.1.1.0"),
    clients_total=oid("1.3.6.1.4.1.14823.2.2.1.5.2.1.2.0"),
)
