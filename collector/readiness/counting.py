"""Counting devices against what a sitting needs, when some devices have not said what they are like."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from collector.readiness.case import Case
from collector.readiness.compliance import Outcome, counted_devices
from collector.readiness.domain import Status, Step
from collector.readiness.steps import computed, configured, from_profile, measured


@dataclass(frozen=True)
class Tally:
    """How many devices there are of each kind. `need` is `pupils` and the spares; `reported` have measured anything;
    `unseen` may exist but were never enrolled: what the school says it owns beyond the enrolled, or as many as needed
    where it has not said and fewer than needed are enrolled.
    """

    ok: int
    risky: int
    failed: int
    unknown: int
    unseen: int
    reported: int
    pupils: int
    need: int

    @property
    def known(self) -> int:
        """Enrolled devices."""
        return self.ok + self.risky + self.failed + self.unknown

    @property
    def possible(self) -> int:
        """Devices that could turn out to be in order."""
        return self.unknown + self.unseen

    @property
    def missing(self) -> int:
        """How many more devices must be in order."""
        return max(0, self.need - self.ok)

    def status(self) -> Status:
        """Unknown where what is not known could change the answer."""
        as_it_is, at_best = self._with_more_ok(0), self._with_more_ok(self.possible)
        return as_it_is if as_it_is is at_best else Status.UNKNOWN

    def _with_more_ok(self, more: int) -> Status:
        if self.ok + more >= self.need:
            return Status.READY
        return Status.AT_RISK if self.ok + self.risky + more >= self.pupils else Status.NOT_READY


def needed_devices(case: Case) -> int:
    """One device per pupil of the sitting, and the profile's share of spares, rounded up."""
    pupils = case.sitting.pupils
    return pupils + math.ceil(round(pupils * case.profile.capacity.spare_share.value, 9))


def tally(case: Case, outcomes: Iterable[Outcome]) -> Tally:
    """Counts the outcomes of all devices that are counted."""
    counted, need, devices = Counter(outcomes), needed_devices(case), counted_devices(case.observed)
    return Tally(
        ok=counted[Outcome.OK],
        risky=counted[Outcome.RISKY],
        failed=counted[Outcome.FAILED],
        unknown=counted[Outcome.UNKNOWN],
        unseen=_unseen(case.school.devices, len(devices), need),
        reported=len(case.observed.reporting.intersection(devices)),
        pupils=case.sitting.pupils,
        need=need,
    )


def _unseen(owned: int | None, known: int, need: int) -> int:
    if owned is not None:
        return max(0, owned - known)
    return need if known < need else 0


def tally_steps(case: Case, count: Tally) -> list[Step]:
    """Every number of the count."""
    devices, seen = "devices", "newest report of each enrolled device"
    newest = max((one.last_at for found in case.observed.newest.values() for one in found.values()), default=None)
    owned = case.school.devices
    return [
        configured("step_pupils", count.pupils, "pupils", f"sitting {case.sitting.id}"),
        from_profile("step_spare_share", case.profile.capacity.spare_share),
        computed("step_devices_needed", count.need, devices, "pupils + pupils x spare share, rounded up"),
        measured("step_devices_reported", count.reported, devices, seen, newest),
        measured("step_devices_ok", count.ok, devices, seen, newest),
        measured("step_devices_risky", count.risky, devices, seen, newest),
        measured("step_devices_failed", count.failed, devices, seen, newest),
        measured("step_devices_unknown", count.unknown, devices, seen, newest),
        *([] if owned is None else [configured("step_devices_owned", owned, devices, f"school {case.school.code}")]),
        from_profile("step_device_days", case.profile.evidence.device_days),
    ]
