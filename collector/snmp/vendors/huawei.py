"""Huawei access controllers: HUAWEI-WLAN-AP-MIB, HUAWEI-WLAN-AP-RADIO-MIB and the totals of HUAWEI-WLAN-MIB."""

from __future__ import annotations

from collector.snmp.session import oid
from collector.snmp.vendor_profile import Family, by_value

NORMAL = 8

FAMILY = Family(
    name="huawei",
    object_ids=(oid("1.3.6.1.4.1.2011.2.240"),),
    access_point_name=oid("1.3.6.1.4.1.2011.6.139.13.3.3.1.4"),
    access_point_state=oid("1.3.6.1.4.1.2011.6.139.13.3.3.1.6"),
    states_up=frozenset({NORMAL}),
    access_point_clients=oid("1.3.6.1.4.1.2011.6.139.13.3.3.1.44"),
    radio_channel=oid("1.3.6.1.4.1.2011.6.139.16.1.2.1.7"),
    radio_utilisation=oid("1.3.6.1.4.1.2011.6.139.16.1.2.1.25"),
    radio_clients=oid("1.3.6.1.4.1.2011.6.139.16.1.2.1.40"),
    radio_mac=oid("1.3.6.1.4.1.2011.6.139.16.1.2.1.20"),
    radio_band=oid("1.3.6.1.4.1.2011.6.139.16.1.2.1.5"),
    read_band=by_value({1: "2.4", 2: "5"}),
    access_points_total=oid("1.3.6.1.4.1.2011.6.139.12.1.2.1.0"),
    clients_total=oid("1.3.6.1.4.1.2011.6.139.12.1.2.2.0"),
    key_is_access_point_mac=True,
)
