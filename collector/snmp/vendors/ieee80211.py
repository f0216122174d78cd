"""Any access point that keeps the standard's own tables: IEEE802dot11-MIB. Radios and channels; how many are connected
is not in it (dot11AssociatedStationCount counts all that ever were), nor how busy a channel is.
"""

from __future__ import annotations

from collector.snmp.vendor_profile import Standalone, mib_object

DIRECT_SEQUENCE = mib_object("dot11CurrentChannel", "1.2.840.10036.4.5.1.1")
ORTHOGONAL = mib_object("dot11CurrentFrequency", "1.2.840.10036.4.11.1.1")

FAMILY = Standalone(
    name="ieee80211",
    gear="any access point with the IEEE 802.11 MIB, asked itself",
    object_ids=(),
    network_bssid=mib_object("dot11StationID", "1.2.840.10036.1.1.1.1"),
    channels=(DIRECT_SEQUENCE, ORTHOGONAL),
    tried_on_strangers=True,
)
