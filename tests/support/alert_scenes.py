"""A sitting told as a script in time: what was judged on which day, and what was said about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from collector.channels import Links
from collector.readiness.alerts.decide import AlertRecord, Decision, decide
from collector.readiness.domain.model import Bilingual, Finding, Requirement, Sitting, Trust, Verdict
from tests.support.verdicts import profile, sitting, verdict

START = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
"""A Monday, 09:00 in Stockholm."""
DAYS_BEFORE = (30, 14, 7, 1, 0)
LINKS = Links(sitting="http://p/sittings/{}".format, runbook="http://p/runbooks/{}".format)


def days_before(days: float) -> datetime:
    """That many days before the sitting starts."""
    return START - timedelta(days=days)


def judged(*findings: Finding, starts_at: datetime = START, simulated: bool = False, held: bool = False) -> Verdict:
    """The verdict of these findings about the sitting of the scene."""
    about = msgspec.structs.replace(sitting(starts_at=starts_at), held=held)
    return verdict(*findings, about=about, simulated=simulated)


def requirement(name: str, *, fact: str = "line.down_headroom", visible_after_h: float = 0.0) -> Requirement:
    """A requirement of a school, warned about when it has lasted for `visible_after_h`."""
    return Requirement(
        id=name,
        title=Bilingual(sv=name, en=name),
        failing=Bilingual(sv=name, en=name),
        owner="network",
        applies_to="school",
        fact=fact,
        operator="at_least",
        value=1.3,
        unit="ratio",
        severity="required",
        remedy=Bilingual(sv="Laga.", en="Mend."),
        source="made for a test",
        date=date(2026, 1, 1),
        trust=Trust.ASSUMED,
        visible_after_h=visible_after_h,
    )


class Scene:
    """Decides again and again and remembers what was said, as the collector does."""

    def __init__(self, *requirements: Requirement, stages: Sequence[int] = DAYS_BEFORE) -> None:
        self._profile = msgspec.structs.replace(profile(), requirements=list(requirements))
        self._stages = stages
        self.said: list[AlertRecord] = []

    def at(self, now: datetime, *verdicts: Verdict, calendar: Iterable[Sitting] | None = None) -> Decision:
        """The decision at `now`; the calendar holds the sittings of `verdicts` unless told otherwise."""
        decision = decide(
            now,
            verdicts,
            self.said,
            days_before=self._stages,
            calendar=[v.sitting for v in verdicts] if calendar is None else calendar,
            profiles={self._profile.id: self._profile},
        )
        self.said = decision.said
        return decision


def shown(decision: Decision) -> tuple[list[str], list[str]]:
    """What is active as `cause status stage`, and what ended as `cause status stage: reason`."""
    active = [f"{a.said.cause} {a.said.status.value} {a.said.stage}" for a in decision.active]
    ended = [f"{e.said.cause} {e.said.status.value} {e.said.stage}: {e.reason}" for e in decision.ended]
    return sorted(active), sorted(ended)
