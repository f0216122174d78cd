"""Decides what to say about which sitting: pure, from the calendar, the verdicts and what was said before.

One alert per school, sitting and cause (a requirement). It is said first at a stage (so many local days before the
sitting), again at each later stage and when its status changes, and its end is told once. `docs/alerts.md` explains
the rules to people. Times are aware, stages are days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from collector.readiness.alerts.causes import causes, state_of
from collector.readiness.alerts.stages import is_over, stage_of
from collector.readiness.domain.model import Bilingual, Finding, Profile, Sitting, Status, Verdict

Reason = Literal["mended", "replaced", "withdrawn"]
"""Why an alert ended. `mended`: the cause is ready now. `replaced`: another alert of the same sitting says it (a new
stage, another status, another cause). `withdrawn`: there is nothing to warn about any more, and nothing is claimed
to be mended (the sitting is held, over, moved beyond the first stage, or gone; the requirement is not asked for).
"""


class AlertRecord(msgspec.Struct, frozen=True):
    """What is known and was said about one cause: enough to end its alert when the verdict behind it is gone.

    `since` is when the cause was first seen. `stage` and `said_at` are None until it is said; `said_at` is when it
    was said as it stands (this stage, this status). `ended_at` closes the matter; the same cause later is a new one.
    """

    key: str
    school: str
    sitting: str
    cause: str
    school_name: str
    title: Bilingual
    status: Status
    simulated: bool
    since: datetime
    stage: int | None = None
    said_at: datetime | None = None
    ended_at: datetime | None = None

    def same_alert(self, other: AlertRecord) -> bool:
        """Whether both are one and the same alert to a receiver: what differs here is said anew."""
        return (self.key, self.status, self.stage, self.simulated) == (
            other.key,
            other.status,
            other.stage,
            other.simulated,
        )


class Alert(msgspec.Struct, frozen=True):
    """A cause with the verdict and the findings it rests on, worst first (none when a school was not judged)."""

    said: AlertRecord
    verdict: Verdict
    findings: list[Finding]


class Ended(msgspec.Struct, frozen=True):
    """An alert that was said and is over."""

    said: AlertRecord
    reason: Reason


class Decision(msgspec.Struct, frozen=True):
    """`active` is all that holds, told before or not; `ended` is what ended in this very decision. `said` is the
    state to hand in next time, and `changed` the part of it that differs from what was handed in.
    """

    active: list[Alert]
    ended: list[Ended]
    said: list[AlertRecord]
    changed: list[AlertRecord]


def decide(
    now: datetime,
    verdicts: Iterable[Verdict],
    said: Iterable[AlertRecord],
    *,
    days_before: Sequence[int],
    calendar: Iterable[Sitting],
    profiles: Mapping[str, Profile],
) -> Decision:
    """What holds and what ended. Asked again with the returned `said`, it says the same and ends nothing.

    A sitting of the `calendar` that has no verdict was not judged yet: what was said about it stands as it was.
    """
    judged = {v.sitting.id: v for v in verdicts if not is_over(v.sitting, now, v.starts_at)}
    not_judged = {s.id for s in calendar if s.id not in judged and not is_over(s, now, s.starts_at)}
    earlier = {record.key: record for record in said if record.ended_at is None}
    alerts: dict[str, Alert] = {}
    for verdict in judged.values():
        stage = stage_of(verdict.sitting, verdict.starts_at, now, days_before)
        alerts |= _alerts(verdict, stage, earlier, profiles.get(verdict.profile), now)
    standing = {key: record for key, record in earlier.items() if record.sitting in not_judged}
    settled = {key: record for key, record in earlier.items() if key not in standing}
    closed = {
        key: msgspec.structs.replace(record, ended_at=now) for key, record in settled.items() if key not in alerts
    }
    after = standing | closed | {key: alert.said for key, alert in alerts.items()}
    return Decision(
        active=[alert for alert in alerts.values() if alert.said.said_at is not None],
        ended=[
            Ended(record, _reason(record, alerts.get(key), judged.get(record.sitting)))
            for key, record in settled.items()
            if record.said_at is not None and not (key in alerts and alerts[key].said.same_alert(record))
        ],
        said=list(after.values()),
        changed=[record for key, record in after.items() if earlier.get(key) != record],
    )


def _alerts(
    verdict: Verdict, stage: int | None, earlier: Mapping[str, AlertRecord], profile: Profile | None, now: datetime
) -> dict[str, Alert]:
    hold = {r.id: timedelta(hours=r.visible_after_h) for r in profile.requirements} if profile else {}
    found = {}
    for cause, findings in causes(verdict).items():
        seen = _seen(verdict, cause, findings, now)
        record = _spoken(seen, earlier.get(seen.key), stage, hold.get(cause, timedelta()), now)
        found[record.key] = Alert(record, verdict, findings)
    return found


def _seen(verdict: Verdict, cause: str, findings: Sequence[Finding], now: datetime) -> AlertRecord:
    """The cause as it looks now, as if it had never been seen before."""
    return AlertRecord(
        key=f"{verdict.school.code}/{verdict.sitting.id}/{cause}",
        school=verdict.school.code,
        sitting=verdict.sitting.id,
        cause=cause,
        school_name=verdict.school.name,
        title=findings[0].heading if findings else Bilingual(sv="Hela bedömningen", en="The whole judgement"),
        status=findings[0].status if findings else verdict.status,
        simulated=verdict.simulated,
        since=now,
    )


def _spoken(
    seen: AlertRecord, earlier: AlertRecord | None, stage: int | None, hold: timedelta, now: datetime
) -> AlertRecord:
    """`seen` with its history: since when, and whether and when it was said at this stage and with this status."""
    since = earlier.since if earlier else now
    was_said = earlier is not None and earlier.said_at is not None
    if stage is None or not (was_said or now - since >= hold):
        return msgspec.structs.replace(seen, since=since)
    spoken = msgspec.structs.replace(seen, since=since, stage=stage, said_at=now)
    if earlier is not None and was_said and spoken.same_alert(earlier):
        return msgspec.structs.replace(spoken, said_at=earlier.said_at)
    return spoken


def _reason(record: AlertRecord, alert: Alert | None, verdict: Verdict | None) -> Reason:
    """Why `record`, which was said, is not said any more as it was."""
    if alert is not None:
        return "replaced" if alert.said.said_at is not None else "withdrawn"
    if verdict is None:
        return "withdrawn"
    match state_of(verdict, record.cause):
        case None:
            return "withdrawn"
        case Status.READY:
            return "mended"
        case _:
            return "replaced"
