"""Huawei access controllers: HUAWEI-WLAN-AP-MIB, HUAWEI-WLAN-AP-RADIO-MIB and the totals of HUAWEI-WLAN-MIB."""

from __future__ import annotations

from collector.snmp.session import oid
from collector.snmp.vendor_profile import VendorProfile, by_value, mib_object

NORMAL = 8

FAMILY = VendorProfile(
    name="huawei",
    gear="Huawei",
    object_ids=(oid("1.3.6.1.4.1.2011.2.240"),),
    tried_on=("huawei-acu2",),
    access_point_name=mib_object("hwWlanApName", "1.3.6.1.4.1.2011.6.139.13.3.3.1.4"),
    access_point_state=mib_object("hwWlanApRunState", "1.3.6.1.4.1.2011.6.139.13.3.3.1.6"),
    states_up=frozenset({NORMAL}),
    access_point_clients=mib_object("hwWlanApOnlineUserNum", "1.3.6.1.4.1.2011.6.139.13.3.3.1.44"),
    radio_channel=mib_object("hwWlanRadioWorkingChannel", "1.3.6.1.4.1.2011.6.139.16.1.2.1.7"),
    radio_utilisation=mib_object("hwWlanRadioChUtilizationRate", "1.3.6.1.4.1.2011.6.139.16.1.2.1.25"),
    radio_clients=mib_object("hwWlanRadioOnlineStaCnt", "1.3.6.1.4.1.2011.6.139.16.1.2.1.40"),
    radio_mac=mib_object("hwWlanRadioMac", "1.3.6.1.4.1.2011.6.139.16.1.2.1.20"),
    radio_band=mib_object("hwWlanRadioFreqType", "1.3.6.1.4.1.2011.6.139.16.1.2.1.5"),
    read_band=by_value({1: "2.4", 2: "5"}),
    access_points_total=mib_object("hwWlanCurJointApNum", "1.3.6.1.4.1.2011.6.139.12.1.2.1.0"),
    clients_total=mib_object("hwWlanCurAssocStaNum", "1.3.6.1.4.1.2011.6.139.12.1.2.2.0"),
    key_is_access_point_mac=True,
)
