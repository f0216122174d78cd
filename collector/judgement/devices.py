"""Judges every device of a school by itself, when somebody asks: they are too many to be kept."""

from __future__ import annotations

from datetime import datetime

from collector.configuration.model import Configuration
from collector.judgement.service import EvidenceStore, evidence_reader, still_to_come
from collector.readiness.devices.each_device import DeviceReport, device_reports
from collector.readiness.domain.model import Profile
from collector.readiness.domain.sittings import ends_at


def judged_devices(
    configuration: Configuration, store: EvidenceStore, now: datetime, school: str, profile: Profile | None = None
) -> list[DeviceReport]:
    """The devices of a school as things stood at `now`, for its next sitting: by that one's profile, unless another is
    given, and whatever ends before it is over has ended.
    """
    sittings = [one for one in configuration.sittings if one.school == school and still_to_come(one, now)]
    upcoming = min(sittings, key=lambda one: ends_at(one, now, configuration.breaks), default=None)
    asked = configuration.profile_for(upcoming) if upcoming else configuration.profiles[configuration.settings.profile]
    return device_reports(
        configuration.schools[school],
        profile or asked,
        evidence_reader(configuration, store, now, profile)(school),
        configuration.releases,
        now,
        ends_at(upcoming, now, configuration.breaks) if upcoming else None,
    )
