"""Judges a sitting that has its school's line, rooms and machines to itself."""

from __future__ import annotations

from datetime import datetime

from collector.readiness.advice.advise import judge_and_advise
from collector.readiness.assessment.assessment import Assessment, assess
from collector.readiness.domain.model import Evidence, Profile, Releases, School, Sitting, Verdict
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.occasions.occasion import alone
from collector.readiness.verdict.judge import judge


def judge_alone(  # noqa: PLR0917 - all that a judgement depends on, each of another type
    sitting: Sitting, school: School, profile: Profile, evidence: Evidence, releases: Releases, now: datetime
) -> Verdict:
    """The verdict on the sitting."""
    return judge(alone(sitting, school, now), profile, {school.code: evidence}, releases, now)


def advise_alone(  # noqa: PLR0917 - the same
    sitting: Sitting, school: School, profile: Profile, evidence: Evidence, releases: Releases, now: datetime
) -> Verdict:
    """The same, with the ways out."""
    return judge_and_advise(alone(sitting, school, now), profile, {school.code: evidence}, releases, now)


def assess_alone(
    sitting: Sitting, school: School, profile: Profile, observed: EvidenceIndex, releases: Releases
) -> Assessment:
    """What is known of the sitting, before it is judged."""
    return assess(alone(sitting, school, observed.now), profile, {school.code: observed}, releases)
