"""One device by itself against the device requirements of a profile: what whoever sits at it is told.

The same rules as for a sitting, where devices are counted: nothing is judged here that is judged otherwise there.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from agent.protocol.wire import FactValue
from collector.readiness.assessment.assessment import is_about_devices
from collector.readiness.domain.model import Evidence, Profile, Releases, Requirement, Status
from collector.readiness.domain.verdicts import BADNESS, decides, holds_back
from collector.readiness.evidence.compliance import DeviceCompliance, Fulfilment, Standard, answer_of
from collector.readiness.evidence.index import index_of_itself
from collector.readiness.evidence.known import newest_with_known

_STATUS = {
    Fulfilment.OK: Status.READY,
    Fulfilment.RISKY: Status.AT_RISK,
    Fulfilment.UNKNOWN: Status.UNKNOWN,
    Fulfilment.FAILED: Status.NOT_READY,
}


class DeviceFinding(msgspec.Struct, frozen=True):
    """What one requirement came to on this device: by which fact and value, or the code of why that is not known."""

    requirement: Requirement
    status: Status
    fact: str
    value: FactValue
    reason: str

    @property
    def counts(self) -> bool:
        """Whether it has a say: what is asked only where it is known has none while it is not."""
        return self.status is not Status.UNKNOWN or holds_back(self.requirement.severity)


class DeviceVerdict(msgspec.Struct, frozen=True):
    """The worst of the findings; unknown where nothing is asked of devices, or nothing is known."""

    status: Status
    findings: list[DeviceFinding]


def judge_device(
    evidence: Evidence, device_id: str, profile: Profile, releases: Releases, now: datetime
) -> DeviceVerdict:
    """What the device comes to at `now` by its newest observations in `evidence`. Same input, same verdict."""
    observed, standard = index_of_itself(evidence, now), Standard(releases, now)
    days, newest = profile.evidence.device_days, newest_with_known(observed, releases)
    findings = [
        _finding(requirement, answer_of(requirement, device_id, newest, standard, days))
        for requirement in profile.requirements
        if is_about_devices(requirement)
    ]
    statuses = [finding.status for finding in findings if finding.counts]
    return DeviceVerdict(max(statuses, key=BADNESS.__getitem__, default=Status.UNKNOWN), findings)


def _finding(requirement: Requirement, answer: DeviceCompliance) -> DeviceFinding:
    """As in a sitting, what is not required puts a device at risk at most."""
    status = _STATUS[answer.outcome]
    if not decides(requirement.severity) and status is Status.NOT_READY:
        status = Status.AT_RISK
    return DeviceFinding(requirement, status, answer.fact, answer.value, answer.reason)
