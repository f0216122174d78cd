"""Where gear of one vendor keeps what is wanted: object identifiers, and how their values are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from agent.protocol.wifi_channels import Band
from collector.snmp.session import Oid, Value, oid

ReadBand = Callable[[Value], Band | None]


@dataclass(frozen=True)
class VendorProfile:
    """A controller: column roots, and single objects for totals. An access point's rows are indexed by its key, a
    radio's by the same key and the radio's number, or the column `radio_owner` tells the access point's name.

    `networks` is any column of the table with a row for each network of a radio: the row's index begins with the
    radio's, and its BSSID is the end of the index, or the value. Without `access_point_state` all that are listed work.
    """

    name: str
    gear: str
    """What people call it, for docs/gear.md."""
    object_ids: tuple[Oid, ...]
    access_point_name: Oid
    tried_on: tuple[str, ...] = ()
    """The recordings (tests/fixtures/snmp) that it was tried on. One that is `hand-written` was made from the MIB."""
    access_point_state: Oid | None = None
    states_up: frozenset[Value] = frozenset()
    access_point_clients: Oid | None = None
    access_point_mac: Oid | None = None
    radio_owner: Oid | None = None
    radio_channel: Oid | None = None
    radio_utilisation: Oid | None = None
    radio_clients: Oid | None = None
    radio_mac: Oid | None = None
    networks: Oid | None = None
    radio_band: Oid | None = None
    read_band: ReadBand | None = None
    access_points_total: Oid | None = None
    clients_total: Oid | None = None
    key_is_access_point_mac: bool = False
    key_is_radio_mac: bool = False
    knows_6_ghz: bool = True
    """Whether a channel may lie in the 6 GHz band, whose channel numbers overlap with those of the other two."""

    @property
    def columns(self) -> list[Oid]:
        """What is walked, the names first."""
        wanted = (
            self.access_point_name,
            self.access_point_state,
            self.access_point_clients,
            self.access_point_mac,
            self.radio_owner,
            self.radio_channel,
            self.radio_utilisation,
            self.radio_clients,
            self.radio_mac,
            self.networks,
            self.radio_band,
        )
        return [column for column in wanted if column is not None]

    @property
    def slow_columns(self) -> list[Oid]:
        """Those of `columns` that change only when somebody changes something."""
        slow = {
            self.access_point_name,
            self.access_point_mac,
            self.radio_owner,
            self.radio_mac,
            self.networks,
            self.radio_band,
        }
        return [column for column in self.columns if column in slow]

    @property
    def totals(self) -> list[Oid]:
        """What is asked for once."""
        return [name for name in (self.access_points_total, self.clients_total) if name is not None]


@dataclass(frozen=True)
class Standalone:
    """An access point that is asked itself. Its networks are rows; those that name the same radio in `network_radio`
    are one radio, otherwise each is one. A channel of 1 000 or more is a frequency in MHz. The first of `channels` that
    tells a row's channel counts.
    """

    name: str
    gear: str
    object_ids: tuple[Oid, ...]
    network_bssid: Oid
    channels: tuple[Oid, ...]
    tried_on: tuple[str, ...] = ()
    """As of a controller."""
    network_clients: Oid | None = None
    network_radio: Oid | None = None
    radio_name: Oid | None = None
    radio_utilisation: Oid | None = None
    bands: Mapping[bytes, Band] = field(default_factory=dict)
    role: Oid | None = None
    roles_serving: frozenset[Value] = frozenset()
    """What `role` says of a radio that serves clients; one in another role (a bridge's client) is left out."""
    knows_6_ghz: bool = True
    tried_on_strangers: bool = False
    """Whether a device whose sysObjectID belongs to no family is asked for this one's tables."""

    @property
    def columns(self) -> list[Oid]:
        """What is walked, the BSSIDs first."""
        wanted = (
            self.network_bssid,
            *self.channels,
            self.network_clients,
            self.network_radio,
            self.radio_name,
            self.radio_utilisation,
            self.role,
        )
        return [column for column in wanted if column is not None]

    @property
    def slow_columns(self) -> list[Oid]:
        """None: one access point has few rows."""
        return []

    @property
    def totals(self) -> list[Oid]:
        """What is asked for once: the name that people gave it."""
        return [SYS_NAME]


AnyFamily = VendorProfile | Standalone
SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)


def mib_object(name: str, numbers: str) -> Oid:
    """The identifier of what the vendor's MIB calls `name`, so that whoever knows the gear can review a family."""
    if not name.isidentifier():
        raise ValueError(f"{name} is no name that a MIB could have")
    return oid(numbers)


def by_value(bands: Mapping[int, Band]) -> ReadBand:
    """Reads a band from a column of codes."""
    return lambda value: bands.get(value) if isinstance(value, int) else None
