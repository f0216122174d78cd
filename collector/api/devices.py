"""`GET /api/v1/devices`: the devices that are enrolled and not revoked."""

from __future__ import annotations

from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from collector.api.operation import Answer, Operation, Resource
from collector.api.reading import SCHOOL, asked_school, told
from collector.api.refusals import REFUSED
from collector.judgement.snapshot import ReadSnapshot
from collector.readiness.domain.model import DeviceKind, DeviceSeen, Role


class DeviceAnswer(msgspec.Struct, frozen=True):
    """A device. `clock_offset_s` is how far its clock was from the collector's when it was last heard. `kind` is
    `agent`, `web` (a browser), or `web_once` (one that keeps nothing between visits, and is not counted). `role` and
    `group` are what is written down of it, null where nothing is.
    """

    id: str
    school: str
    room: str | None
    label: str | None
    enrolled_at: datetime
    last_seen_at: datetime | None
    agent_version: str | None
    clock_offset_s: float | None
    simulated: bool
    kind: DeviceKind
    role: Role | None = None
    group: str | None = None


class DevicesResource(Resource):
    """The devices; tokens and keys are nowhere."""

    def __init__(self, read_snapshot: ReadSnapshot) -> None:
        self._read_snapshot = read_snapshot

    @Operation(
        path="/api/v1/devices",
        summary="The devices that are enrolled and not revoked.",
        parameters=[SCHOOL],
        answers={200: Answer("The devices.", list[DeviceAnswer]), 400: REFUSED},
    )
    def list_all(self, request: Request) -> Response:
        """Those of one school where one is asked for."""
        snapshot = self._read_snapshot()
        school = asked_school(request, snapshot.configuration)
        return told([device_answer(device) for device in snapshot.devices if school in {None, device.school}])


def device_answer(device: DeviceSeen) -> DeviceAnswer:
    """The device as an entry of the list."""
    return DeviceAnswer(
        id=device.device_id,
        school=device.school,
        room=device.room,
        label=device.label,
        enrolled_at=device.enrolled_at,
        last_seen_at=device.last_seen_at,
        agent_version=device.agent_version,
        clock_offset_s=device.clock_offset_s,
        simulated=device.simulated,
        kind=device.kind,
        role=device.role,
        group=device.group,
    )
