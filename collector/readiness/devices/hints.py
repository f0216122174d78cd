"""What browsers that nobody supervised say of themselves, summed up to be shown. Nothing is concluded from it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from collector.readiness.assessment.assessment import is_about_devices
from collector.readiness.domain.model import HintSummary, Profile, Releases
from collector.readiness.evidence.compliance import Fulfilment, Standard, answer_of
from collector.readiness.evidence.index import EvidenceIndex, Newest, is_fresh
from collector.readiness.evidence.seen import newest_with_seen

LOOKED_AT = 200
"""As many browsers are held against the profile: whoever sends more of them must not keep the judging busy."""


def hint_summary(observed: EvidenceIndex, profile: Profile, releases: Releases) -> HintSummary | None:
    """The browsers heard within `device_days`, those heard last looked at; None where there are none."""
    heard = _heard(observed, profile)
    if not heard:
        return None
    lately = sorted(heard, key=lambda device: (heard[device], device))[-LOOKED_AT:]
    standard = Standard(releases, observed.now)
    newest = newest_with_seen(observed.hints)
    outcomes = Counter(_outcome(newest, device, profile, standard) for device in lately)
    return HintSummary(
        browsers=len(heard),
        fine=outcomes[Fulfilment.OK] + outcomes[Fulfilment.RISKY],
        lacking=outcomes[Fulfilment.FAILED],
        newest_at=max(heard.values()),
    )


def _heard(observed: EvidenceIndex, profile: Profile) -> Mapping[str, datetime]:
    """When each of the browsers last said something, of those that did lately."""
    heard: dict[str, datetime] = {}
    for found in observed.hints.newest.values():
        for device, one in found.items():
            if is_fresh(one, observed.now, profile.evidence.device_days):
                heard[device] = max(one.last_at, heard.get(device, one.last_at))
    return heard


def _outcome(newest: Mapping[str, Newest], device: str, profile: Profile, standard: Standard) -> Fulfilment:
    """The worst of what is required of devices; unknown where nothing is."""
    days = profile.evidence.device_days
    outcomes = (
        answer_of(requirement, device, newest, standard, days).outcome
        for requirement in profile.requirements
        if is_about_devices(requirement) and requirement.severity == "required"
    )
    return min(outcomes, default=Fulfilment.UNKNOWN)
