"""Counting devices against what a sitting needs, when some devices have not said what they are like."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.domain.model import ExplanationStep, Severity, Sitting, Status
from collector.readiness.domain.verdicts import weigh_the_same
from collector.readiness.evidence.compliance import Fulfilment, counted_devices
from collector.readiness.explanation.trail import computed, configured, from_profile, measured
from collector.readiness.machines.count import Machines, machines
from collector.readiness.machines.sharing import share_of

_UNKNOWN = Fulfilment.UNKNOWN


@dataclass(frozen=True)
class DeviceCount:
    """How many devices there are of each kind. `need` is `pupils` and the spares; `reported` have measured anything;
    `unseen` may exist but were never enrolled: what the school says it owns beyond the machines that are enrolled for
    certain, or as many as needed where it has not said and fewer than needed are enrolled.

    A browser is no machine: `ok` and `risky` are machines for certain. The rest, `ok_in_turn` and `risky_in_turn`, may
    be the same machines, used in turn or by an agent too. `browsers` are usable, in order or at the limit; `at_once` of
    them were at it together, first at `at_once_at`. Of the unknown, `doubted` would be usable by what they said last.
    There are never more than are `owned`, however many are `enrolled`. Other sittings of the time have `taken` so many
    of those in order; at best they leave so many more as the reliefs say.
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
    taken: int = 0
    relief_ok: int = 0
    relief_usable: int = 0

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
        as_it_is = self._status_of(_at_most(self.ok, self.owned), _at_most(self.ok + self.risky, self.owned))
        at_best = self._status_of(self.most_ok, self.most_usable)
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
        return _at_most(self.ok + self.ok_in_turn + self.possible + self.relief_ok, self.owned)

    @property
    def most_usable(self) -> int:
        """In order or at the limit, at best."""
        in_turn = self.ok_in_turn + self.risky_in_turn
        return _at_most(self.ok + self.risky + in_turn + self.possible + self.relief_usable, self.owned)

    def _one_machine_each(self) -> DeviceCount:
        ok, risky = self.ok + self.ok_in_turn, self.risky + self.risky_in_turn
        return replace(self, ok=ok, risky=risky, ok_in_turn=0, risky_in_turn=0)

    @property
    def surplus(self) -> int:
        """How many more are enrolled than the school says that it owns."""
        return 0 if self.owned is None else max(0, self.enrolled - self.owned)

    def _status_of(self, ok: int, usable: int) -> Status:
        if ok >= self.need:
            return Status.READY
        return Status.AT_RISK if usable >= self.pupils else Status.NOT_READY


def needed_devices(case: Assessment) -> int:
    """One device per pupil of the school's sittings that go on at once, and the profile's share of spares for each,
    rounded up: all of them come from one pool, unless sittings name the groups whose machines they are held with.
    """
    need = _need_in(case)
    return need(case.sitting) if case.sharing is not None else case.occasion.at_school(need)


def _need_in(case: Assessment) -> Callable[[Sitting], int]:
    share = case.profile.capacity.spare_share.value
    return lambda one: one.pupils + math.ceil(round(one.pupils * share, 9))


def tally(case: Assessment, outcomes: Mapping[str, Fulfilment]) -> DeviceCount:
    """Counts the outcomes of all devices that are counted, by device. Nothing speaks for those in doubt."""
    sure = {
        device: _UNKNOWN if device in case.roll.doubt else one for device, one in outcomes.items() if one > _UNKNOWN
    }
    everyone = {**outcomes, **sure}
    own = {device: outcome for device, outcome in everyone.items() if case.is_for_it(device)}
    counted, need, owned = Counter(own.values()), needed_devices(case), case.school.devices
    in_order, usable = _machines(case, _at_least(own, Fulfilment.OK)), _machines(case, _at_least(own, Fulfilment.RISKY))
    others = _OthersTake(case, everyone)
    ok = max(0, _at_most(in_order.certain, owned) - others.of_ok)
    risky = max(0, _at_most(usable.certain, owned) - others.of_usable - ok)
    return DeviceCount(
        ok=ok,
        risky=risky,
        failed=counted[Fulfilment.FAILED],
        unknown=counted[Fulfilment.UNKNOWN],
        unseen=_unseen(owned, case.enrolled_machines, len(own) if case.sharing else case.enrolled_machines, need),
        reported=sum(
            case.is_for_it(one) for one in case.observed.reporting.intersection(counted_devices(case.observed))
        ),
        pupils=case.sitting.pupils if case.sharing else case.occasion.at_school(lambda one: one.pupils),
        need=need,
        ok_in_turn=counted[Fulfilment.OK] - ok - others.of_ok,
        risky_in_turn=counted[Fulfilment.RISKY] - risky - (others.of_usable - others.of_ok),
        browsers=usable.browsers,
        at_once=usable.at_once,
        at_once_at=usable.at_once_at,
        doubted=sum(outcomes[device] > own[device] for device in own),
        owned=owned,
        enrolled=case.enrolled_machines,
        taken=others.of_ok,
        relief_ok=others.of_ok - others.at_best,
        relief_usable=others.of_usable - others.at_best,
    )


def _at_least(outcomes: Mapping[str, Fulfilment], least: Fulfilment) -> list[str]:
    return [device for device, outcome in outcomes.items() if outcome >= least]


class _OthersTake:
    """How many of the sitting's machines other sittings of the time take: of those in order, of those that are usable,
    and of all that may turn out to be, when they have the most of their own.
    """

    def __init__(self, case: Assessment, outcomes: Mapping[str, Fulfilment]) -> None:
        self._case = case
        self.of_ok = self._taken(_at_least(outcomes, Fulfilment.OK), certain=True)
        self.of_usable = self._taken(_at_least(outcomes, Fulfilment.RISKY), certain=True)
        self.at_best = self._taken(_at_least(outcomes, Fulfilment.UNKNOWN), certain=False)

    def _taken(self, devices: Collection[str], *, certain: bool) -> int:
        case = self._case
        if case.sharing is None:
            return 0
        by_share = defaultdict[str, list[str]](list)
        for device in devices:
            by_share[share_of(case.observed.devices[device])].append(device)
        supply = {share: _machines(case, ones).certain if certain else len(ones) for share, ones in by_share.items()}
        return case.sharing.taken(supply, _need_in(case))


def _at_most(count: int, owned: int | None) -> int:
    return count if owned is None else min(count, owned)


def _machines(case: Assessment, devices: Collection[str]) -> Machines:
    return machines(case.observed, devices, case.profile.evidence.device_days)


def _unseen(owned: int | None, known: int, known_for_it: int, need: int) -> int:
    """Of machines that never enrolled nobody knows the group."""
    if owned is not None:
        return max(0, owned - known)
    return need if known_for_it < need else 0


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
        *_group_steps(case, count),
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


def _group_steps(case: Assessment, count: DeviceCount) -> list[ExplanationStep]:
    if case.sharing is None:
        return []
    groups = ", ".join(case.sitting.groups) or "those that no sitting of the time names"
    took = "of this sitting's machines in order, when others of the time have what they can get"
    return [
        configured("step_machines_groups", groups, "", f"sitting {case.sitting.id}"),
        computed("step_machines_taken", count.taken, "devices", took),
    ]


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
