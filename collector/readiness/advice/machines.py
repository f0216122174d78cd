"""What ways of mending share that are about machines. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from collector.readiness.advice.change import Change
from collector.readiness.advice.situation import with_answers
from collector.readiness.assessment.assessment import Assessment, is_about_devices
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import Finding, Requirement, Text
from collector.readiness.domain.operators import OPERATORS
from collector.readiness.domain.verdicts import decides
from collector.readiness.evidence.compliance import DeviceCompliance, Fulfilment, counted_devices

MOST_MACHINES = 500
SHOWN_DEVICES = 10
USABLE = "devices.usable_headroom"
_SHORT = (Fulfilment.FAILED, Fulfilment.RISKY)


def asks_for_machines(requirement: Requirement) -> bool:
    """Whether it asks for so many machines in order."""
    return is_about_devices(requirement) or requirement.fact == USABLE


def lacking(finding: Finding) -> int:
    """How many more must be in order, by the finding's two numbers."""
    needed, measured = number_of(finding.required), number_of(finding.measured)
    return max(1, round((needed or 0) - (measured or 0)))


def failing_of(case: Assessment) -> list[str]:
    """Machines that something about themselves stops, those first that fewest things do."""
    shortcomings = {device: short_of(case, device) for device in counted_devices(case.observed)}
    return sorted((one for one, short in shortcomings.items() if short), key=lambda one: (len(shortcomings[one]), one))


def short_of(case: Assessment, device: str) -> list[Requirement]:
    """What is required of machines and this one does not come to."""
    return [
        one
        for one in case.profile.requirements
        if is_about_devices(one) and decides(one.severity) and case.answers[one.id][device].outcome in _SHORT
    ]


def updatable(case: Assessment, device: str) -> bool:
    """Whether an update mends all that stops it."""
    return all(OPERATORS[one.operator].mended_by_an_update for one in short_of(case, device))


def mended(case: Assessment, devices: Sequence[str], code: str, count: int) -> Change:
    """The first so many of the machines in order in what is asked of machines; what is not known of them is not."""
    chosen = devices[:count]
    answers = {
        one.id: {**found, **{device: _in_order(found[device]) for device in chosen}}
        for one in case.profile.requirements
        if is_about_devices(one)
        for found in [case.answers[one.id]]
    }
    return Change(
        [with_answers(case, answers)], Text(code, {"devices": count, "machines": _names(case, chosen)}), chosen
    )


def _names(case: Assessment, devices: Sequence[str]) -> str:
    """As people call them; the first of them where they are many."""
    names = [case.observed.devices[device].label or device for device in devices[:SHOWN_DEVICES]]
    return ", ".join(names) + (" ..." if len(devices) > SHOWN_DEVICES else "")


def _in_order(answer: DeviceCompliance) -> DeviceCompliance:
    if answer.outcome not in _SHORT:
        return answer
    return DeviceCompliance(Fulfilment.OK, answer.fact, None, "", answer.observation)
