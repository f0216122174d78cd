"""devices.usable_headroom: devices that satisfy every required device requirement, against pupils and spares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from collector.readiness.assessment.assessment import Assessment, is_about_devices
from collector.readiness.assessment.counting import DeviceCount, tally, tally_steps
from collector.readiness.assessment.derived_fact import Bounds, Computed, DerivedFact, target
from collector.readiness.devices.doubts import doubt_advice
from collector.readiness.devices.findings import SHOWN_DEVICES, counted_advice, device_step, why_counted
from collector.readiness.domain.model import ExplanationStep, Requirement, Severity, Status, Text
from collector.readiness.domain.verdicts import BADNESS, decides, holds_back
from collector.readiness.evidence.compliance import DeviceCompliance, Fulfilment, counted_devices
from collector.readiness.evidence.index import RELEASES_AGING, is_fresh, summary
from collector.readiness.evidence.reasons import missing_values
from collector.readiness.explanation.trail import computed, wanted

RequiredOfDevices = Mapping[str, Severity]
"""The requirements that a device must satisfy to be usable, by id."""


def _compute(case: Assessment, requirement: Requirement) -> Computed:
    required = {
        one.id: one.severity
        for one in case.profile.requirements
        if one.id in case.answers and decides(one.severity) and one.fact != requirement.fact
    }
    devices = counted_devices(case.observed)
    weakest = {device: answer for device in devices if (answer := _weakest(case, device, required)) is not None}
    outcomes = {device: weakest[device].outcome if device in weakest else Fulfilment.UNKNOWN for device in devices}
    count = tally(case, outcomes)
    aged = sum(_only_aged(case, device, required) for device in devices if case.is_for_it(device))
    usable = count.ok + count.risky
    days = case.profile.evidence.device_days
    newest = [one for found in case.observed.newest.values() for one in found.values()]
    nothing_asked = Text("why_devices_nothing_asked") if not required else None
    return Computed(
        value=Bounds(count.ok / count.need, count.most_ok / count.need) if required else None,
        wanted=target(requirement, 1.0),
        lenient=Bounds(usable / count.need, count.most_usable / count.need),
        default_softer=count.pupils / count.need,
        measured=count.ok,
        required=count.need,
        unit="devices",
        evidence=summary(one for one in newest if is_fresh(one, case.now, days)),
        steps=[
            *wanted(requirement),
            *tally_steps(case, count),
            computed("step_headroom", count.ok / count.need, "ratio", "devices in order / devices needed"),
            *_not_usable({device: one for device, one in weakest.items() if case.is_for_it(device)}),
        ],
        headroom=count.ok / count.need,
        unknown=nothing_asked,
        sentences={status: why_counted(count, status).code for status in Status},
        values={name: value for name, value in asdict(count).items() if isinstance(value, int)},
        advice=[
            *doubt_advice(case, count),
            *counted_advice(count, updatable=False, aged=aged),
            *missing_values(_reasons(case, required)),
        ],
        blames=_blamed(case, required, count),
    )


def _blamed(case: Assessment, required: RequiredOfDevices, count: DeviceCount) -> str | None:
    """The first requirement on the way to the test that stops machines, if more would be known to be well without what
    stops them there and beyond: then that is mended, and no machine is at fault.
    """
    on_the_way = {one.id for one in case.profile.requirements if not is_about_devices(one)}
    if _badness(case, {one: required[one] for one in required if one not in on_the_way}) >= BADNESS[count.status()]:
        return None
    outcomes = {one: {answer.outcome for answer in case.answers[one].values()} for one in required if one in on_the_way}
    stopping = (one for kind in (Fulfilment.FAILED, Fulfilment.UNKNOWN) for one in outcomes if kind in outcomes[one])
    return next(stopping, None)


def _badness(case: Assessment, required: RequiredOfDevices) -> int:
    """How bad it would be if these were all that is asked."""
    weakest = {device: _weakest(case, device, required) for device in counted_devices(case.observed)}
    outcomes = {device: Fulfilment.UNKNOWN if one is None else one.outcome for device, one in weakest.items()}
    return BADNESS[tally(case, outcomes).status()]


def _weakest(case: Assessment, device: str, required: RequiredOfDevices) -> DeviceCompliance | None:
    """A device is as usable as the worst thing about it: one requirement that fails is enough, known or not."""
    return min(_counting(case, device, required), key=lambda answer: answer.outcome, default=None)


def _counting(case: Assessment, device: str, required: RequiredOfDevices) -> Iterator[DeviceCompliance]:
    """What counts for or against a device: what is asked only where it is known does not while it is unknown."""
    for one, severity in required.items():
        answer = case.answers[one][device]
        if holds_back(severity) or answer.outcome is not Fulfilment.UNKNOWN:
            yield answer


def _not_usable(weakest: Mapping[str, DeviceCompliance]) -> list[ExplanationStep]:
    """The devices that fail a requirement, each with the first that it fails."""
    failing = [(device, one) for device, one in sorted(weakest.items()) if one.outcome is Fulfilment.FAILED]
    return [device_step(device, answer, "") for device, answer in failing[:SHOWN_DEVICES]]


def _only_aged(case: Assessment, device: str, required: RequiredOfDevices) -> bool:
    """At the limit by an old list of releases and by nothing else: a newer list mends it."""
    risky = [one for one in _counting(case, device, required) if one.outcome is Fulfilment.RISKY]
    weakest = _weakest(case, device, required)
    is_risky = weakest is not None and weakest.outcome is Fulfilment.RISKY
    return is_risky and all(answer.reason == RELEASES_AGING for answer in risky)


def _reasons(case: Assessment, required: RequiredOfDevices) -> Iterator[str]:
    """Why a device that nothing speaks against cannot be counted on: the first requirement that it leaves open, or a
    list of releases that has aged.
    """
    for device in filter(case.is_for_it, counted_devices(case.observed)):
        if _only_aged(case, device, required):
            yield RELEASES_AGING
        weakest = _weakest(case, device, required)
        if weakest is not None and weakest.outcome is Fulfilment.UNKNOWN:
            yield weakest.reason


DERIVED = DerivedFact(
    "devices.usable_headroom",
    "ratio",
    "devices that meet every required device requirement, against pupils and spares",
    _compute,
)
