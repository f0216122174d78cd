"""Every device of a school by itself: whether it counts, and which requirements it does not meet, and why. Pure.

By the same answers as those that are counted for a sitting: nothing is judged here that is judged otherwise there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from agent.protocol.wire import FactValue
from collector.readiness.assessment.assessment import is_about_devices, way_answers
from collector.readiness.domain.model import (
    DeviceSeen,
    Evidence,
    MachineEnrolment,
    Profile,
    Releases,
    Requirement,
    School,
    Status,
)
from collector.readiness.domain.verdicts import BADNESS, decides, holds_back
from collector.readiness.evidence.compliance import (
    DeviceCompliance,
    Fulfilment,
    Standard,
    answers_of_all,
)
from collector.readiness.evidence.index import EvidenceIndex, index_evidence
from collector.readiness.evidence.known import newest_with_known
from collector.readiness.machines.roll import InDoubt, LeftOut, Roll, roll_of
from collector.readiness.path.rungs import Climbs

_STATUS = {
    Fulfilment.OK: Status.READY,
    Fulfilment.RISKY: Status.AT_RISK,
    Fulfilment.UNKNOWN: Status.UNKNOWN,
    Fulfilment.FAILED: Status.NOT_READY,
}


class Shortcoming(msgspec.Struct, frozen=True):
    """A requirement that a device does not meet for certain: by which fact and value, or the code of why that is not
    known. `status` is `not_ready` where it fails, `at_risk` where it only just does or it is only recommended.
    """

    requirement: Requirement
    status: Status
    fact: str
    value: FactValue
    reason: str


class DeviceReport(msgspec.Struct, frozen=True):
    """A device: `status` is the worst that it comes to by what is asked of devices. `left_out` and `in_doubt` say why
    it is not counted, None where it is; `successor` is under which id its machine is enrolled now, if another.
    """

    device: DeviceSeen
    status: Status
    left_out: LeftOut | None
    in_doubt: InDoubt | None
    machine: str | None
    successor: MachineEnrolment | None
    shortcomings: list[Shortcoming]

    @property
    def counts(self) -> bool:
        """Whether it is among the machines that a sitting can count on, if it meets what is asked."""
        return self.left_out is None and self.in_doubt is None


def device_reports(  # noqa: PLR0917 - all that it depends on, each of another type
    school: School,
    profile: Profile,
    evidence: Evidence,
    releases: Releases,
    now: datetime,
    ends_at: datetime | None = None,
) -> list[DeviceReport]:
    """Those of the school in the order in which they enrolled; `ends_at` is when the next sitting is over. Browsers
    that nobody supervised are none.
    """
    own = index_evidence(evidence, now)
    roll = roll_of(own, school, profile.evidence.heard_days)
    answers = list(_answers(own, profile, Standard(releases, now, ends_at)))
    return [_report(device, roll, answers) for device in own.devices.values() if device.kind != "web_once"]


def _answers(
    own: EvidenceIndex, profile: Profile, standard: Standard
) -> Iterator[tuple[Requirement, Mapping[str, DeviceCompliance]]]:
    """What every device comes to, those that are left out too, by each requirement that single devices can meet."""
    found, climbs = newest_with_known(own, standard.releases), Climbs(own, profile.evidence.line_days)
    for requirement in profile.requirements:
        if is_about_devices(requirement):
            yield requirement, answers_of_all(requirement, own.devices, found, standard, profile.evidence.device_days)
        elif (on_the_way := way_answers(requirement, own, climbs, profile)) is not None:
            yield requirement, on_the_way


def _report(
    device: DeviceSeen, roll: Roll, answers: Sequence[tuple[Requirement, Mapping[str, DeviceCompliance]]]
) -> DeviceReport:
    own = [(requirement, found[device.device_id]) for requirement, found in answers if device.device_id in found]
    statuses = [_status(*one) for one in own if _has_a_say(*one)]
    in_doubt = roll.doubt.get(device.device_id)
    if in_doubt is not None:
        statuses.append(Status.UNKNOWN)
    return DeviceReport(
        device=device,
        status=max(statuses, key=BADNESS.__getitem__, default=Status.UNKNOWN),
        left_out=roll.left_out.get(device.device_id),
        in_doubt=in_doubt,
        machine=roll.machines.get(device.device_id),
        successor=roll.successors.get(device.device_id),
        shortcomings=[
            Shortcoming(requirement, _status(requirement, one), one.fact, one.value, one.reason)
            for requirement, one in own
            if one.outcome is not Fulfilment.OK
        ],
    )


def _has_a_say(requirement: Requirement, answer: DeviceCompliance) -> bool:
    """What is asked only where it is known has none while it is not."""
    return answer.outcome is not Fulfilment.UNKNOWN or holds_back(requirement.severity)


def _status(requirement: Requirement, answer: DeviceCompliance) -> Status:
    """As in a sitting, what is not required puts a device at risk at most."""
    status = _STATUS[answer.outcome]
    return Status.AT_RISK if status is Status.NOT_READY and not decides(requirement.severity) else status
