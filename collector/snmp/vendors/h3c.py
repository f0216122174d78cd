"""H3C access controllers: HH3C-DOT11-ACMT-MIB and HH3C-DOT11-APMT-MIB.

Load is how busy the radio's first channel is (hh3cDot11AirPrimChnlBusy). What a radio may speak is a sum of its modes:
1 a, 2 b, 4 g, 16 n at 2.4 GHz, 32 n at 5 GHz, 64 ac, 128 ac at 2.4 GHz.
"""

from __future__ import annotations

from agent.protocol.wifi_channels import Band
from collector.snmp.session import Oid, Value, oid
from collector.snmp.vendor_profile import Family

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


def family(name: str, root: Oid) -> Family:
    """The tables below hh3cDot11, wherever that is."""
    access_point, status, radio = (*root, 2, 1, 2, 1), (*root, 2, 1, 1, 1), (*root, 2, 1, 3, 1)
    return Family(
        name=name,
        object_ids=(oid("1.3.6.1.4.1.25506.1"),),
        access_point_name=(*access_point, 8),
        access_point_state=(*status, 4),
        states_up=frozenset({RUN}),
        access_point_clients=(*access_point, 7),
        access_point_mac=(*access_point, 3),
        radio_channel=(*radio, 5),
        radio_utilisation=(*radio, 26),
        radio_clients=(*root, 2, 2, 8, 1, 6),
        networks=(*root, 2, 1, 4, 1, 2),
        radio_band=(*radio, 11),
        read_band=band_of_modes,
        access_points_total=(*root, 1, 1, 2, 1, 0),
        clients_total=(*root, 1, 1, 2, 2, 0),
    )


FAMILY = family("h3c", oid("1.3.6.1.4.1.25506.2.75"))
