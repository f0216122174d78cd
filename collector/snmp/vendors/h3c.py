"""H3C access controllers: HH3C-DOT11-ACMT-MIB and HH3C-DOT11-APMT-MIB.

Load is how busy the radio's first channel is. What a radio may speak is a sum of its modes:
1 a, 2 b, 4 g, 16 n at 2.4 GHz, 32 n at 5 GHz, 64 ac, 128 ac at 2.4 GHz.
"""

from __future__ import annotations

from agent.protocol.wifi_channels import Band
from collector.snmp.session import Oid, Value, oid
from collector.snmp.vendor_profile import VendorProfile, mib_object

RUN = 5
MODES_AT_2_4_GHZ = 2 | 4 | 16 | 128
MODES_AT_5_GHZ = 1 | 32 | 64


def band_of_modes(modes: Value) -> Band | None:
    """None where modes of both bands are among them, or ones that are not known."""
    if not isinstance(modes, int) or modes & ~(MODES_AT_2_4_GHZ | MODES_AT_5_GHZ):
        return None
    both = bool(modes & MODES_AT_2_4_GHZ), bool(modes & MODES_AT_5_GHZ)
    bands: dict[tuple[bool, bool], Band] = {(True, False): "2.4", (False, True): "5"}
    return bands.get(both)


def below(root: Oid, name: str, numbers: str) -> Oid:
    """An object of those below hh3cDot11, which is `root`."""
    return (*root, *mib_object(name, numbers))


def family(name: str, gear: str, root: Oid) -> VendorProfile:
    """The tables below hh3cDot11, wherever that is."""
    return VendorProfile(
        name=name,
        gear=gear,
        object_ids=(oid("1.3.6.1.4.1.25506.1"),),
        access_point_name=below(root, "hh3cDot11CurrAPName", "2.1.2.1.8"),
        access_point_state=below(root, "hh3cDot11APOperationStatus", "2.1.1.1.4"),
        states_up=frozenset({RUN}),
        access_point_clients=below(root, "hh3cDot11CurrAPStationAssocCount", "2.1.2.1.7"),
        access_point_mac=below(root, "hh3cDot11CurrAPMacAddress", "2.1.2.1.3"),
        radio_channel=below(root, "hh3cDot11Channel", "2.1.3.1.5"),
        radio_utilisation=below(root, "hh3cDot11AirPrimChnlBusy", "2.1.3.1.26"),
        radio_clients=below(root, "hh3cDot11RadioStaCurAssocSum", "2.2.8.1.6"),
        networks=below(root, "hh3cDot11BSSID", "2.1.4.1.2"),
        radio_band=below(root, "hh3cDot11RadioModeSupport", "2.1.3.1.11"),
        read_band=band_of_modes,
        access_points_total=below(root, "hh3cDot11APConnectCount", "1.1.2.1.0"),
        clients_total=below(root, "hh3cDot11StationConnectCount", "1.1.2.2.0"),
    )


FAMILY = family("h3c", "H3C, Comware 7", oid("1.3.6.1.4.1.25506.2.75"))
