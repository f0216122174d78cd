"""The lines of a replay file, as docs/replay.md promises them. Pure.

Each is a JSON object: when the collector received it, of what kind it is, and what it brings. A field that nobody knows
is refused, so that a slip of the pen is not passed over.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from agent.protocol.wire import FactValue, Identifier, RungKind, SchoolCode, UtcTime
from collector.ingest.validate import UNREADABLE, place_and_fault
from collector.readiness.domain.model import Count, DeviceKind, Positive, Role, Text

VERSION = 1
"""Raised when a line would be read wrongly by what reads this version; every version before it is still read."""

NotNegative = Annotated[float, msgspec.Meta(ge=0)]
Ratio = Annotated[float, msgspec.Meta(ge=0, le=1)]
AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]


class ReplayLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every line has; `version` is the one that it is written in."""

    received_at: UtcTime
    kind: str
    version: int = VERSION


class ReportLine(ReplayLine, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report as a device sent it, from `address` where that is known."""

    school: SchoolCode
    report: msgspec.Raw
    address: str | None = None


class KnownDevice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A device that enrolled, or a browser that joined; as `DeviceSeen` of the domain has them."""

    device_id: Identifier
    kind: DeviceKind = "agent"
    room: Identifier | None = None
    label: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    machine: Annotated[str, msgspec.Meta(min_length=1, max_length=128)] | None = None
    role: Role | None = None
    group: Identifier | None = None
    simulated: bool = False


class EnrolledLine(ReplayLine, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From now on the device is heard."""

    school: SchoolCode
    device: KnownDevice


class RevokedLine(ReplayLine, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From now on the device is no longer heard, and does not count."""

    device_id: Identifier


class LoadTold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a line carried in the mean over the `seconds` before it was read."""

    seconds: Positive
    down_mbit_s: NotNegative
    up_mbit_s: NotNegative


class PortTold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A port as it was read, and what it carried and spoiled since the reading before."""

    speed_mbit_s: Count | None = None
    is_up: bool | None = None
    packets_count: Count = 0
    errors_count: Count = 0
    discards_count: Count = 0


class RadioTold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A radio of an access point. `radio` tells it from that access point's others; `school` is needed where the gear
    stands for several.
    """

    access_point: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    radio: Annotated[str, msgspec.Meta(max_length=64)] = ""
    school: SchoolCode | None = None
    mac: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{2}(:[0-9a-f]{2}){5}$")] | None = None
    room: Identifier | None = None
    band: Literal["2.4", "5", "6"] | None = None
    channel: int | None = None
    clients_count: Count | None = None
    utilisation_percent: Annotated[float, msgspec.Meta(ge=0, le=100)] | None = None
    unclear: Identifier | None = None


class GearTold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One poll of the gear that `network.yaml` calls `device`: what it brought, or why it failed."""

    device: Identifier
    at: UtcTime | None = None
    error_code: Identifier | None = None
    load: LoadTold | None = None
    port: PortTold | None = None
    radios: list[RadioTold] = []


class GearLine(ReplayLine, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the poller of network gear brought. No `school`: the gear stands for several."""

    gear: GearTold
    school: SchoolCode | None = None


class RunCounted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the measurement point counted of one run, as `CountedRun` of the domain has it."""

    device_id: Identifier
    at: UtcTime
    seconds: Positive
    down_bytes: Count = 0
    up_bytes: Count = 0
    down_mbit_s: NotNegative | None = None
    up_mbit_s: NotNegative | None = None
    session: Identifier | None = None


class MeasuredLine(ReplayLine, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the measurement point counted."""

    school: SchoolCode
    run: RunCounted


class SessionOpened(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A supervised session in a room. The same id again with an earlier end closes it. `devices` are browsers that take
    part from when the line was received; those of an earlier line go on. `without_agents`: staff saw to it that no
    machine with an agent took part, so each of these browsers is one machine more.
    """

    id: Identifier
    room: Identifier
    begins_at: UtcTime = msgspec.field(name="from")
    until: UtcTime
    devices: list[Identifier] = []
    without_agents: bool = False


class SessionLine(ReplayLine, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Staff opened or closed a supervised session."""

    school: SchoolCode
    session: SessionOpened


class ParticipantTold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one machine got, as `Participant` of the domain has it; in which session it was, the collector knows."""

    device_id: Identifier
    room: Identifier | None = None
    pupils: AtLeastOne = 1
    down_mbit_s: NotNegative | None = None
    up_mbit_s: NotNegative | None = None
    reached: list[RungKind] = []
    broken: RungKind | None = None
    code: Identifier | None = None


class OthersTold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How it went for those on the line who did not take part, as `OthersMeanwhile` of the domain has it."""

    rtt_before_ms: NotNegative | None = None
    rtt_meanwhile_ms: NotNegative | None = None
    loss_meanwhile_ratio: Ratio | None = None


class RehearsalHeld(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rehearsal of a sitting by its group, at one load, as `Rehearsal` of the domain has it. Of `facts` that have no
    agreed meaning nothing is concluded.
    """

    id: Identifier
    sitting: Identifier
    begins_at: UtcTime = msgspec.field(name="from")
    until: UtcTime
    down_mbit_s: NotNegative = 0.0
    up_mbit_s: NotNegative = 0.0
    participants: list[ParticipantTold] = []
    others: OthersTold = OthersTold()
    facts: dict[str, FactValue] = {}


class RehearsalLine(ReplayLine, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rehearsal was held."""

    school: SchoolCode
    rehearsal: RehearsalHeld


KINDS: dict[str, type[ReplayLine]] = {
    "report": ReportLine,
    "enrolled": EnrolledLine,
    "revoked": RevokedLine,
    "gear": GearLine,
    "measured": MeasuredLine,
    "session": SessionLine,
    "rehearsal": RehearsalLine,
}
"""Every kind of line."""

_DECODERS = {kind: msgspec.json.Decoder(line) for kind, line in KINDS.items()}


class _Header(msgspec.Struct):
    """What must be read of a line before anything else of it can be."""

    kind: Any = None
    version: Any = VERSION
    received_at: Any = None


_header = msgspec.json.Decoder(_Header)


class LineRefusedError(Exception):
    """A line that can not be taken: why and what to do, the place in it, and the kind if that could be read."""

    def __init__(self, why: Text, place: str | None = None, kind: str | None = None) -> None:
        """`place` is a JSON path such as `$.device.room`."""
        super().__init__(why.code)
        self.why, self.place, self.kind = why, place, kind


def decoded_line(raw: bytes) -> ReplayLine:
    """The line in `raw`. Raises LineRefusedError."""
    header = _read_header(raw)
    if header.version != VERSION:
        values: dict[str, str | int | float | datetime] = {"version": _shown(header.version), "read": VERSION}
        raise LineRefusedError(Text("replay_other_version", values), "$.version")
    if not isinstance(header.kind, str) or header.kind not in KINDS:
        told = {"kind": _shown(header.kind), "known": ", ".join(KINDS)}
        raise LineRefusedError(Text("replay_unknown_kind", {**told}), "$.kind")
    try:
        return _DECODERS[header.kind].decode(raw)
    except UNREADABLE as error:
        place, fault = place_and_fault(error)
        raise LineRefusedError(Text("replay_malformed", {"fault": fault}), place, header.kind) from None


def _read_header(raw: bytes) -> _Header:
    try:
        return _header.decode(raw)
    except UNREADABLE as error:
        code = "replay_malformed" if isinstance(error, msgspec.ValidationError) else "replay_not_json"
        raise LineRefusedError(Text(code, {"fault": place_and_fault(error)[1]})) from None


def _shown(value: object) -> str:
    """What stands there, as JSON and in bounds."""
    return msgspec.json.encode(value).decode()[:80]
