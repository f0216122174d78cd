"""Counting devices against what a sitting needs, when some devices have not said what they are like."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.domain.model import ExplanationStep, Severity, Status
from collector.readiness.domain.verdicts import weigh_the_same
from collector.readiness.evidence.compliance import Fulfilment, counted_devices
from collector.readiness.explanation.trail import computed, configured, from_profile, measured
from collector.readiness.machines.count import Machines, machines

_UNKNOWN = Fulfilment.UNKNOWN


@dataclass(frozen=True)
class DeviceCount:
    """How many devices there are of each kind. `need` is `pupils` and the spares; `reported` have measured anything;
    `unseen` may exist but were never enrolled: what the school says it owns beyond the machines that are enrolled for
    certain, or as many as needed where it has not said and fewer than needed are enrolled.

    A browser is no machine: `ok` and `risky` are machines for certain. The rest, `ok_in_turn` and `risky_in_turn`, may
    be the same machines, used in turn or by an agent too. `browsers` are usable, in order or at the limit; `at_once` of
    them were at it together, first at `at_once_at`. Of the unknown, `doubted` would be usable by what they said last.
    There are never more than are `owned`, however many are `enrolled`.
    """

    ok: int
    risky: int
    failed: int
    unknown: int
    unseen: int
    reported: int
    pupils: int
    need: int
    ok_in_turn: int = 0
    risky_in_turn: int = 0
    browsers: int = 0
    at_once: int = 0
    at_once_at: datetime | None = None
    doubted: int = 0
    owned: int | None = None
    enrolled: int = 0

    @property
    def known(self) -> int:
        """Enrolled devices, each browser as one."""
        return self.ok + self.risky + self.ok_in_turn + self.risky_in_turn + self.failed + self.unknown

    @property
    def possible(self) -> int:
        """Devices that could turn out to be in order."""
        return self.unknown + self.unseen

    @property
    def missing(self) -> int:
        """How many more devices must be in order, if each browser is a machine of its own."""
        return max(0, self.need - self.ok - self.ok_in_turn)

    def status(self, severity: Severity = "required") -> Status:
        """Unknown where what is not known could change the answer."""
        as_it_is = self._status_of(self.ok, self.risky)
        at_best = self._status_of(self.ok + self.ok_in_turn + self.possible, self.risky + self.risky_in_turn)
        return as_it_is if weigh_the_same(as_it_is, at_best, severity) else Status.UNKNOWN

    @property
    def hangs_on_sharing(self) -> bool:
        """Whether nothing but that machines may be shared makes it unknown."""
        return self.status() is Status.UNKNOWN is not self._one_machine_each().status()

    @property
    def hangs_on_doubt(self) -> bool:
        """Whether nothing but that some can not be counted on now makes it unknown."""
        settled = replace(self, ok=self.ok + self.doubted, unknown=self.unknown - self.doubted)
        return self.status() is Status.UNKNOWN is not settled.status()

    @property
    def most_ok(self) -> int:
        """In order at best."""
        return _at_most(self.ok + self.ok_in_turn + self.possible, self.owned)

    @property
    def most_usable(self) -> int:
        """In order or at the limit, at best."""
        return _at_most(self.ok + self.risky + self.ok_in_turn + self.risky_in_turn + self.possible, self.owned)

    def _one_machine_each(self) -> DeviceCount:
        ok, risky = self.ok + self.ok_in_turn, self.risky + self.risky_in_turn
        return replace(self, ok=ok, risky=risky, ok_in_turn=0, risky_in_turn=0)

    @property
    def surplus(self) -> int:
        """How many more are enrolled than the school says that it owns."""
        return 0 if self.owned is None else max(0, self.enrolled - self.owned)

    def _status_of(self, ok: int, risky: int) -> Status:
        most = ok + risky if self.owned is None else self.owned
        if min(ok, most) >= self.need:
            return Status.READY
        return Status.AT_RISK if min(ok + risky, most) >= self.pupils else Status.NOT_READY


def needed_devices(case: Assessment) -> int:
    """One device per pupil of the school's sittings that go on at once, and the profile's share of spares for each,
    rounded up: all of them come from one pool.
    """
    share = case.profile.capacity.spare_share.value
    return case.occasion.at_school(lambda one: one.pupils + math.ceil(round(one.pupils * share, 9)))


def tally(case: Assessment, outcomes: Mapping[str, Fulfilment]) -> DeviceCount:
    """Counts the outcomes of all devices that are counted, by device. Nothing speaks for those in doubt."""
    doubted = [device for device, outcome in outcomes.items() if device in case.roll.doubt and outcome > _UNKNOWN]
    outcomes = {**outcomes, **dict.fromkeys(doubted, _UNKNOWN)}
    counted, need, devices = Counter(outcomes.values()), needed_devices(case), counted_devices(case.observed)
    owned = case.school.devices
    in_order = _machines(case, [device for device, outcome in outcomes.items() if outcome is Fulfilment.OK])
    usable = _machines(case, [device for device, outcome in outcomes.items() if outcome >= Fulfilment.RISKY])
    ok = _at_most(in_order.certain, owned)
    risky = _at_most(usable.certain, owned) - ok
    return DeviceCount(
        ok=ok,
        risky=risky,
        failed=counted[Fulfilment.FAILED],
        unknown=counted[Fulfilment.UNKNOWN],
        unseen=_unseen(owned, case.enrolled_machines, need),
        reported=len(case.observed.reporting.intersection(devices)),
        pupils=case.occasion.at_school(lambda one: one.pupils),
        need=need,
        ok_in_turn=counted[Fulfilment.OK] - ok,
        risky_in_turn=counted[Fulfilment.RISKY] - risky,
        browsers=usable.browsers,
        at_once=usable.at_once,
        at_once_at=usable.at_once_at,
        doubted=len(doubted),
        owned=owned,
        enrolled=case.enrolled_machines,
    )


def _at_most(count: int, owned: int | None) -> int:
    return count if owned is None else min(count, owned)


def _machines(case: Assessment, devices: Collection[str]) -> Machines:
    return machines(case.observed, devices, case.profile.evidence.device_days)


def _unseen(owned: int | None, known: int, need: int) -> int:
    if owned is not None:
        return max(0, owned - known)
    return need if known < need else 0


def tally_steps(case: Assessment, count: DeviceCount) -> list[ExplanationStep]:
    """Every number of the count."""
    devices, seen = "devices", "newest report of each enrolled device"
    newest = max((one.last_at for found in case.observed.newest.values() for one in found.values()), default=None)
    owned = case.school.devices
    return [
        configured("step_pupils", count.pupils, "pupils", f"sitting {case.sitting.id}"),
        from_profile("step_spare_share", case.profile.capacity.spare_share),
        computed("step_devices_needed", count.need, devices, "pupils + pupils x spare share, rounded up"),
        measured("step_devices_reported", count.reported, devices, seen, newest),
        *_browser_steps(count),
        *_roll_steps(case),
        measured("step_devices_ok", count.ok, devices, seen, newest),
        measured("step_devices_risky", count.risky, devices, seen, newest),
        measured("step_devices_failed", count.failed, devices, seen, newest),
        measured("step_devices_unknown", count.unknown, devices, seen, newest),
        *([] if owned is None else [configured("step_devices_owned", owned, devices, f"school {case.school.code}")]),
        from_profile("step_device_days", case.profile.evidence.device_days),
    ]


_ROLL_STEPS = {
    "staff": "step_machines_staff",
    "replaced": "step_machines_replaced",
    "moved": "step_machines_moved",
    "silent": "step_machines_silent",
    "away": "step_machines_away",
    "twice": "step_machines_twice",
    "several": "step_machines_several",
}


def _roll_steps(case: Assessment) -> list[ExplanationStep]:
    """How many are left out or in doubt, and why; nothing of what there is none of."""
    found = Counter[str]([*case.roll.left_out.values(), *case.roll.doubt.values()])
    named = ((code, found[why]) for why, code in _ROLL_STEPS.items() if found[why])
    steps = [computed(code, devices, "devices", "enrolled and not counted") for code, devices in named]
    days = (
        [from_profile("step_heard_days", case.profile.evidence.heard_days)] if found["silent"] + found["away"] else []
    )
    return [*steps, *days]


_TWICE = "usable agents and browsers - machines for certain: per system the agents or the browsers at once, if more"


def _browser_steps(count: DeviceCount) -> list[ExplanationStep]:
    if not count.browsers:
        return []
    seen = "visits to the web probe that overlap; one machine has one page in sight at a time"
    return [
        measured("step_browsers_usable", count.browsers, "browsers", "newest report of each browser", None),
        measured("step_browsers_at_once", count.at_once, "browsers", seen, count.at_once_at),
        computed("step_devices_maybe_twice", count.ok_in_turn + count.risky_in_turn, "devices", _TWICE),
    ]
