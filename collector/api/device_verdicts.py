"""`GET /api/v1/devices/verdicts`: the devices of a school one by one, with what each fails and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent.protocol.wire import FactValue
from collector.api.operation import Answer, Operation, Parameter, Resource
from collector.api.reading import LANGUAGE, asked_language, asked_school, told
from collector.api.refusals import LATER, REFUSED
from collector.configuration.model import Configuration
from collector.http.requests import RefusedError
from collector.i18n.messages import Language, choose
from collector.readiness.devices.each_device import DeviceReport, Shortcoming
from collector.readiness.domain.model import BROKEN, Role, Status

ReadDevices = Callable[[str], list[DeviceReport]]
"""Every device of a school, judged by itself."""

OF_SCHOOL = Parameter("school", "query", "The school (8-digit skolenhetskod).", required=True)
FAILS = Parameter("fails", "query", "Only devices that fail this requirement, or meet only its softer value.")


class ShortcomingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A requirement that the device does not meet for certain: by which fact and value, in which unit; `reason` is a
    code where there is more to say, such as why it is `unknown`.
    """

    requirement: str
    title: str
    status: Status
    fact: str
    value: FactValue
    unit: str
    reason: str | None


class SuccessorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Under which id, and at which school, the same machine is enrolled now."""

    id: str
    school: str
    enrolled_at: datetime


class DeviceStandingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A device by itself. It `counts` unless `not_counted` says why it does not: `staff`, `replaced` and `moved` (its
    machine is enrolled anew, here or at another school), `silent`, `away` (heard from other networks only), `twice`
    (its machine is heard under a newer id too), `several` (machines are heard under its id). `machine` is the same for
    all ids of one machine, null where that is not known.
    """

    id: str
    school: str
    label: str | None
    room: str | None
    role: Role | None
    group: str | None
    last_seen_at: datetime | None
    machine: str | None
    successor: SuccessorAnswer | None
    counts: bool
    not_counted: str | None
    status: Status
    shortcomings: list[ShortcomingAnswer]


class DeviceVerdictsResource(Resource):
    """Judged when asked for, one school at a time."""

    def __init__(self, configuration: Callable[[], Configuration], read_devices: ReadDevices) -> None:
        """`configuration` gives the one in use."""
        self._configuration = configuration
        self._read_devices = read_devices

    @Operation(
        path="/api/v1/devices/verdicts",
        summary="The devices of a school one by one: whether each counts, and what it fails and why.",
        parameters=[OF_SCHOOL, FAILS, LANGUAGE],
        answers={
            200: Answer("The devices, in the order in which they enrolled.", list[DeviceStandingAnswer]),
            400: REFUSED,
            503: LATER,
        },
    )
    def list_all(self, request: Request) -> Response:
        """By the profile of the school's next sitting."""
        configuration, language = self._configuration(), asked_language(request)
        school, fails = asked_school(request, configuration), request.query_params.get("fails")
        if school is None:
            raise RefusedError(400, "school_missing", "Say which school: ?school=CODE.", place="school")
        known = {one.id for profile in configuration.profiles.values() for one in profile.requirements}
        if fails is not None and fails not in known:
            message = f"No profile has a requirement {fails!r}; there are {', '.join(sorted(known))}."
            raise RefusedError(400, "unknown_requirement", message, place="fails")
        found = self._read_devices(school)
        return told([device_standing(one, language) for one in found if fails is None or does_fail(one, fails)])


def does_fail(report: DeviceReport, requirement: str) -> bool:
    """Whether the device is known not to meet it as it should."""
    return any(one.requirement.id == requirement and one.status in BROKEN for one in report.shortcomings)


def device_standing(report: DeviceReport, language: Language) -> DeviceStandingAnswer:
    """The device as an entry of the list."""
    device, anew = report.device, report.successor
    return DeviceStandingAnswer(
        id=device.device_id,
        school=device.school,
        label=device.label,
        room=device.room,
        role=device.role,
        group=device.group,
        last_seen_at=device.last_seen_at,
        machine=report.machine,
        successor=None
        if anew is None
        else SuccessorAnswer(id=anew.device_id, school=anew.school, enrolled_at=anew.enrolled_at),
        counts=report.counts,
        not_counted=report.left_out or report.in_doubt,
        status=report.status,
        shortcomings=[_shortcoming(one, language) for one in report.shortcomings],
    )


def _shortcoming(one: Shortcoming, language: Language) -> ShortcomingAnswer:
    return ShortcomingAnswer(
        requirement=one.requirement.id,
        title=choose(one.requirement.failing if one.status in BROKEN else one.requirement.title, language),
        status=one.status,
        fact=one.fact,
        value=one.value,
        unit=one.requirement.unit,
        reason=one.reason or None,
    )
