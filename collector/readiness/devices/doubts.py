"""What to say of machines that are enrolled and can not be counted, or only in doubt: how many, which, what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.counting import DeviceCount
from collector.readiness.domain.model import Text

_SHOWN = 8
"""So many are named; who wants all asks for the list of devices."""
_ADVICE = {
    "silent": "advice_machines_silent",
    "away": "advice_machines_away",
    "twice": "advice_machines_twice",
    "several": "advice_machines_several",
}


def doubt_advice(case: Assessment, count: DeviceCount) -> list[Text]:
    """What to do about those in doubt, the commonest first, and about a number that can not be."""
    found = Counter(case.roll.doubt.values()).most_common()
    advice = [_about(case, doubt, devices) for doubt, devices in found] if count.doubted else []
    if count.surplus:
        advice.append(Text("advice_machines_surplus", {"enrolled": count.enrolled, "owned": count.owned or 0}))
    return advice


def _about(case: Assessment, doubt: str, devices: int) -> Text:
    names = named(case, (device for device, why in case.roll.doubt.items() if why == doubt))
    days = case.profile.evidence.heard_days.value
    return Text(_ADVICE[doubt], {"devices": devices, "names": names, "days": days})


def named(case: Assessment, devices: Iterable[str]) -> str:
    """Their labels, or ids where they have none; some of them, if they are many."""
    names = sorted(case.observed.devices[device].label or device for device in devices)
    return ", ".join(names[:_SHOWN]) + (" ..." if len(names) > _SHOWN else "")
