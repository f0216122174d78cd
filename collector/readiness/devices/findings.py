"""Requirements on devices: are there as many devices that satisfy it as the sitting needs?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.counting import DeviceCount, tally, tally_steps
from collector.readiness.devices.doubts import doubt_advice
from collector.readiness.domain.comparison import Setting
from collector.readiness.domain.model import ExplanationStep, Finding, Requirement, Status, Text
from collector.readiness.domain.operators import OPERATORS
from collector.readiness.evidence.compliance import NOT_CONCERNED, DeviceCompliance, Fulfilment, facts_of
from collector.readiness.evidence.index import NEVER_MEASURED, RELEASES_AGING, STALE, summary
from collector.readiness.evidence.reasons import missing_values
from collector.readiness.explanation.trail import computed, configured, measured, wanted

SHOWN_DEVICES = 10
"""How many single devices a finding lists: the worst of them, so that a big school's finding stays readable."""


def device_finding(requirement: Requirement, case: Assessment) -> Finding:
    """Counts the devices in order against pupils and spares. Never ready on missing data."""
    of_all = case.answers[requirement.id]
    count = tally(case, {device: answer.outcome for device, answer in of_all.items()})
    answers = {device: answer for device, answer in of_all.items() if case.is_for_it(device)}
    status = count.status(requirement.severity)
    fresh = [answer.observation for answer in answers.values() if answer.reason not in (NEVER_MEASURED, STALE)]
    return Finding(
        requirement=requirement.id,
        title=requirement.title,
        failing=requirement.failing,
        owner=requirement.owner,
        severity=requirement.severity,
        status=status,
        measured=count.ok,
        required=count.need,
        unit="devices",
        headroom=None if status is Status.UNKNOWN else count.ok / count.need,
        why=why_counted(count, status),
        remedy=requirement.remedy,
        advice=[] if status is Status.READY else _advice(requirement, case, count, answers),
        evidence=summary(fresh),
        steps=[
            *wanted(requirement),
            *_release_steps(requirement, case),
            *tally_steps(case, count),
            *_single_devices(requirement, answers),
        ],
    )


def why_counted(count: DeviceCount, status: Status) -> Text:
    """The count in a sentence."""
    if status is Status.READY:
        return Text("why_devices_enough", {"ok": count.ok, "need": count.need, "pupils": count.pupils})
    if status is Status.UNKNOWN:
        return _why_unknown(count)
    if status is Status.NOT_READY and count.surplus and count.ok == count.owned:
        return Text("why_devices_owned", {"owned": count.ok, "need": count.need, "enrolled": count.enrolled})
    if status is Status.NOT_READY:
        return Text("why_devices_too_few", {"ok": count.ok, "need": count.need, "failed": count.failed})
    if count.risky:
        return Text("why_devices_at_the_limit", {"ok": count.ok, "risky": count.risky, "need": count.need})
    return Text("why_devices_no_spares", {"ok": count.ok, "pupils": count.pupils, "need": count.need})


def _why_unknown(count: DeviceCount) -> Text:
    if count.hangs_on_sharing:
        return Text(
            "why_devices_maybe_shared",
            {"browsers": count.browsers, "at_once": count.at_once, "ok": count.ok, "need": count.need},
        )
    if count.hangs_on_doubt:
        return Text("why_devices_doubted", {"doubted": count.doubted, "ok": count.ok, "need": count.need})
    if count.known < count.need:
        return Text("why_devices_unseen", {"reported": count.reported, "need": count.need})
    return Text("why_devices_unmeasured", {"unknown": count.unknown, "ok": count.ok, "need": count.need})


def _advice(
    requirement: Requirement, case: Assessment, count: DeviceCount, answers: Mapping[str, DeviceCompliance]
) -> list[Text]:
    doubtful = [one.reason for one in answers.values() if one.outcome is Fulfilment.UNKNOWN or _by_an_old_list(one)]
    aged = sum(map(_by_an_old_list, answers.values()))
    counted = counted_advice(count, updatable=OPERATORS[requirement.operator].mended_by_an_update, aged=aged)
    return [*doubt_advice(case, count), *counted, *missing_values(doubtful)]


def _by_an_old_list(answer: DeviceCompliance) -> bool:
    """At the limit only because nobody has looked for newer releases lately: nothing to mend on the device."""
    return answer.reason == RELEASES_AGING


def counted_advice(count: DeviceCount, *, updatable: bool, aged: int = 0) -> list[Text]:
    """How many devices to mend, to get to report, and to find elsewhere, until there are enough. Those that report
    but have not told this are spoken of by their reason; so are `aged` ones, which need a newer list and no mending.
    """
    mendable = min(max(0, count.missing - aged), count.risky + count.failed - aged)
    left = max(0, count.missing - mendable - aged - count.unknown)
    silent = min(left, count.unseen)
    lacking = left - silent
    mend = "advice_devices_update" if updatable else "advice_devices_mend"
    advice = [
        Text(mend, {"devices": mendable}),
        Text("advice_devices_report", {"devices": silent}),
        Text("advice_devices_find", {"devices": lacking}),
    ]
    together = [Text("advice_devices_together")] if count.hangs_on_sharing else []
    return [*together, *(text for text in advice if text.values["devices"] != 0)]


def _release_steps(requirement: Requirement, case: Assessment) -> list[ExplanationStep]:
    if OPERATORS[requirement.operator].of != "releases":
        return []
    releases, by_day = case.releases, dict[date, list[str]]()
    for fact in facts_of(requirement):
        product = Setting(fact, releases, case.now).product
        if releases.known(product):
            by_day.setdefault(releases.known_on(product), []).append(product)
    steps = []
    for day, products in sorted(by_day.items()):
        of = ", ".join(products)
        steps.append(configured("step_releases_as_of", day.isoformat(), "", f"{of}: {releases.source}"))
        steps.append(computed("step_releases_age", releases.age_days(products[0], case.now), "days", of))
    return steps


def _single_devices(requirement: Requirement, answers: Mapping[str, DeviceCompliance]) -> list[ExplanationStep]:
    worst_first = sorted(answers.items(), key=lambda item: (item[1].outcome, item[0]))
    # A rule counts releases or months; what a device has is a version.
    unit = "" if OPERATORS[requirement.operator].of == "releases" else requirement.unit
    return [device_step(device, answer, unit) for device, answer in worst_first[:SHOWN_DEVICES]]


def device_step(device: str, answer: DeviceCompliance, unit: str) -> ExplanationStep:
    """What one device came to: its value, or nothing and the reason code in the source."""
    codes = [answer.reason, answer.observation.error_code if answer.observation else None]
    named = ", ".join(dict.fromkeys(code for code in codes if code))
    reason = f" ({named})" if named else ""
    at = answer.observation.last_at if answer.observation else None
    unit = "" if answer.reason == NOT_CONCERNED else unit
    return measured(_DEVICE_STEPS[answer.outcome], answer.value, unit, f"{answer.fact} of {device}{reason}", at)


_DEVICE_STEPS = {
    Fulfilment.OK: "step_device_ok",
    Fulfilment.RISKY: "step_device_risky",
    Fulfilment.FAILED: "step_device_failed",
    Fulfilment.UNKNOWN: "step_device_unknown",
}
