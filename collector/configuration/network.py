"""What an operator writes in `network.yaml`: the gear that is asked by SNMP."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from agent.protocol.wire import Identifier, SchoolCode

GearRole = Literal["switch", "controller", "access_point"]


class NetworkUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Opens a device by SNMP v3 with authentication (SHA-256) and privacy (AES). Passwords are the first lines of
    files, named relative to the configuration folder.
    """

    name: str
    auth_password_file: str
    priv_password_file: str


class NetworkPort(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A port of a switch that leads to a room: an access point that hangs on it (by LLDP) stands there."""

    port: str
    room: Identifier


class NetworkDevice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A switch or router, a controller of access points, or an access point of its own. Exactly one of `user` (v3)
    and `community_file` (v2c) is set, and a switch has an `uplink` or `ports` (the loader holds both).
    """

    id: Identifier
    address: str
    role: GearRole
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 161
    school: SchoolCode | None = None
    user: NetworkUser | None = None
    community_file: str | None = None
    uplink: str | None = None
    uplink_every_s: Annotated[int, msgspec.Meta(ge=10, le=3_600)] = 60
    wireless_every_s: Annotated[int, msgspec.Meta(ge=60, le=86_400)] = 300
    ports: list[NetworkPort] = []


class AccessPointPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an access point hangs, known by its `name` or its `mac`: exactly one of them (the loader holds this)."""

    school: SchoolCode
    room: Identifier | None = None
    name: str | None = None
    mac: str | None = None


class NetworkFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`network.yaml`; it may be missing."""

    devices: list[NetworkDevice]
    access_points: list[AccessPointPlace] = []
