"""Cisco Catalyst 9800 (IOS XE): keeps AireOS's tables, and has radios at 6 GHz (bsnAPIfType 6; 7 is one that is set to
either 5 or 6 GHz, so its band is known by an unambiguous channel alone). Written from the MIB: no recording was found.
"""

from __future__ import annotations

from dataclasses import replace

from collector.snmp.session import oid
from collector.snmp.vendor_profile import by_value
from collector.snmp.vendors import cisco

MODELS = (2391, 2530, 2669, 2860, 2861, 3323, 3324)
"""What follows 1.3.6.1.4.1.9.1 in the sysObjectID of a 9800, hardware and virtual. One that is missing here is read as
AireOS: its radios at 6 GHz are then in a band that nobody knows.
"""

FAMILY = replace(
    cisco.FAMILY,
    name="cisco-9800",
    gear="Cisco Catalyst 9800 (IOS XE), 6 GHz too",
    tried_on=("hand-written-cisco-9800",),
    object_ids=tuple(oid(f"1.3.6.1.4.1.9.1.{model}") for model in MODELS),
    read_band=by_value({1: "2.4", 2: "5", 6: "6"}),
)
