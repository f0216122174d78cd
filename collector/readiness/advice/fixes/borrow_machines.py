"""borrow_machines: so many machines in order come from another school for the day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import msgspec

from collector.readiness.advice.change import Ailing, Change, FixKind, SizedFix
from collector.readiness.advice.machines import MOST_MACHINES, asks_for_machines, lacking
from collector.readiness.assessment.assessment import Assessment, is_about_devices
from collector.readiness.domain.model import DeviceSeen, Text
from collector.readiness.evidence.compliance import DeviceCompliance, Fulfilment

NAMED = "borrowed:%s"
"""No id of a device has a colon."""


def _options(ailing: Ailing) -> Iterable[SizedFix]:
    if asks_for_machines(ailing.requirement):
        yield SizedFix(partial(_borrowed, ailing.case), most=MOST_MACHINES, guess=lacking(ailing.finding))


def _borrowed(case: Assessment, count: int) -> Change:
    """They are machines for certain, in order in all that is asked of machines, and owned beside the school's own."""
    new = [NAMED % number for number in range(count)]
    in_order = {device: DeviceCompliance(Fulfilment.OK, "", None, "", None) for device in new}
    asked = [one.id for one in case.profile.requirements if is_about_devices(one)]
    answers = {one: {**case.answers[one], **in_order} for one in asked}
    # On the way to the test they are as those are that get through: the network is the school's.
    answers |= {one: {**found, **in_order} for one, found in case.answers.items() if one not in answers}
    devices = {**case.observed.devices, **{device: _machine(case, device) for device in new}}
    owned = case.school.devices
    school = msgspec.structs.replace(case.school, devices=None if owned is None else owned + count)
    mended = replace(
        case,
        observed=replace(case.observed, devices=devices),
        occasion=replace(case.occasion, school=school),
        answers=answers,
    )
    return Change([mended], Text("fix_borrow_machines", {"devices": count}))


def _machine(case: Assessment, device: str) -> DeviceSeen:
    return DeviceSeen(
        device_id=device,
        school=case.school.code,
        room=None,
        label=None,
        enrolled_at=case.now,
        last_seen_at=case.now,
        agent_version=None,
        clock_offset_s=None,
        simulated=False,
        group=case.sitting.groups[0] if case.sitting.groups else None,
    )


FIX = FixKind("borrow_machines", rank=40, options=_options)
