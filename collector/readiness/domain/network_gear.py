"""What network gear tells of a school: its line's load, the port that it hangs on, and radios."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeVar

import msgspec

from collector.readiness.domain.school_days import in_lessons

ACCESS_POINT_DOWN = "access_point_down"
"""Why there are no clients: nobody can be there."""

Number = TypeVar("Number", int, float)


class UplinkLoad(msgspec.Struct, frozen=True):
    """What a school's line carried between two polls of its uplink's counters: the mean over the `seconds` before `at`,
    in Mbit/s, as network.yaml's device `device` told. A gap or a reset of the counters leaves no such row.
    """

    device: str
    at: datetime
    seconds: float
    down_mbit_s: float
    up_mbit_s: float


class RadioSeen(msgspec.Struct, frozen=True):
    """One radio of an access point, as its controller (or itself) told at `at`.

    `mac` is the radio's base address, lower case with colons: the BSSIDs that devices report differ from it in the last
    digits at most. `room` is where the operator (or LLDP) places the access point. `unclear` is the code of why the
    counts cannot be trusted; they are None then.
    """

    device: str
    access_point: str
    at: datetime
    mac: str | None = None
    room: str | None = None
    band: Literal["2.4", "5", "6"] | None = None
    channel: int | None = None
    clients_count: int | None = None
    utilisation_percent: float | None = None
    unclear: str | None = None


def as_busy_as_lessons(before: RadioSeen, after: RadioSeen) -> RadioSeen:
    """Two readings of one radio as one that tells how busy lessons make it; `after` is the newer, and tells the place.

    What was read in lessons goes before what was not: an empty corridor in the evening says nothing of them. Of lessons
    the most counts, so that a poll between two of them does not hide who comes. An access point that is down is down.
    """
    if not in_lessons(after.at):
        return msgspec.structs.replace(before, room=after.room) if in_lessons(before.at) else after
    if after.unclear == ACCESS_POINT_DOWN or not in_lessons(before.at):
        return after
    clients_count = _most(before.clients_count, after.clients_count)
    return msgspec.structs.replace(
        after,
        clients_count=clients_count,
        utilisation_percent=_most(before.utilisation_percent, after.utilisation_percent),
        unclear=after.unclear if clients_count is None else None,
    )


def _most(one: Number | None, other: Number | None) -> Number | None:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


class UplinkPort(msgspec.Struct, frozen=True):
    """The port of network gear that a school's line hangs on. `read_at` is when it was last read, `polled_at` when it
    was last tried and `error_code` why that failed. Packets, errors and discards are sums of the days that evidence
    goes back; what the device does not tell is None.
    """

    device: str
    polled_at: datetime | None = None
    read_at: datetime | None = None
    error_code: str | None = None
    speed_mbit_s: int | None = None
    is_up: bool | None = None
    packets_count: int = 0
    errors_count: int = 0
    discards_count: int = 0
