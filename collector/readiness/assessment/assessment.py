"""One sitting on the bench: everything that its judgement may look at, laid out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from collector.readiness.domain.model import Profile, Releases, Requirement, School, Sitting
from collector.readiness.domain.sittings import ends_at
from collector.readiness.evidence.compliance import DeviceCompliance, Standard, answers_of_all, counted_devices
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.evidence.known import newest_with_known
from collector.readiness.line.background import UplinkBackground
from collector.readiness.line.runs import LineRuns, line_runs
from collector.readiness.line.series import Direction
from collector.readiness.machines.count import machines
from collector.readiness.path.hosts import FACT as HOSTS_FACT
from collector.readiness.path.hosts import host_answers
from collector.readiness.path.machines import Answers
from collector.readiness.path.rungs import Climbs, kind_of
from collector.readiness.rooms.seating import Seating


@dataclass(frozen=True)
class Assessment:
    """`answers` holds what every device came to, by the id of each requirement that is held against single devices, and
    of each that asks for a share of them; `seating` is where they sit, `climbs` what they found on the way to the test.
    """

    sitting: Sitting
    school: School
    profile: Profile
    observed: EvidenceIndex
    releases: Releases
    answers: Mapping[str, Mapping[str, DeviceCompliance]]
    seating: Seating
    climbs: Climbs
    _line: dict[str, LineRuns] = field(default_factory=dict, repr=False, compare=False)
    _uplinks: dict[Direction, UplinkBackground] = field(default_factory=dict, repr=False, compare=False)

    @property
    def now(self) -> datetime:
        """The moment that the judgement is made for."""
        return self.observed.now

    @cached_property
    def ends_at(self) -> datetime:
        """When the sitting is over: what ends before then is not there for all of it."""
        return ends_at(self.sitting, self.now)

    def line(self, fact_name: str) -> LineRuns:
        """The runs that measured the line in one direction; read once, as several requirements ask."""
        if fact_name not in self._line:
            self._line[fact_name] = line_runs(self.observed, fact_name, self.profile.evidence.line_days)
        return self._line[fact_name]

    def uplink(self, direction: Direction) -> UplinkBackground:
        """What network gear counted of the line in one direction; laid out once, as several requirements ask."""
        if direction not in self._uplinks:
            self._uplinks[direction] = UplinkBackground(self.observed, self.profile, direction)
        return self._uplinks[direction]

    @cached_property
    def enrolled_machines(self) -> int:
        """How many machines the counted devices are at least; every requirement on devices asks for it."""
        return machines(self.observed, counted_devices(self.observed), self.profile.evidence.device_days).certain

    def room_name(self, room_id: str) -> str:
        """What people call the room."""
        return self.seating.name(room_id)


def is_about_devices(requirement: Requirement) -> bool:
    """Whether it is held against each device, so that the devices which satisfy it are counted."""
    return requirement.applies_to == "device"


def assess(
    sitting: Sitting, school: School, profile: Profile, observed: EvidenceIndex, releases: Releases
) -> Assessment:
    """Holds every device against every device requirement, and says how far each gets on the way to the test."""
    standard = Standard(releases, observed.now, ends_at(sitting, observed.now))
    devices, found = counted_devices(observed), newest_with_known(observed, releases)
    answers = {
        requirement.id: answers_of_all(requirement, devices, found, standard, profile.evidence.device_days)
        for requirement in profile.requirements
        if is_about_devices(requirement)
    }
    climbs = Climbs(observed, profile.evidence.line_days)
    for requirement in profile.requirements:
        on_the_way = way_answers(requirement, observed, climbs, profile)
        answers |= {} if on_the_way is None else {requirement.id: dict(on_the_way)}
    seating = Seating(school, profile, observed, releases, sitting.rooms, sitting.pupils)
    return Assessment(sitting, school, profile, observed, releases, answers, seating, climbs)


def way_answers(requirement: Requirement, observed: EvidenceIndex, climbs: Climbs, profile: Profile) -> Answers | None:
    """What each machine comes to where the requirement asks for a share of them that get through; None where it does
    not, or where no machine has such a rung to climb: then nothing is known of any of them.
    """
    if requirement.fact == HOSTS_FACT:
        return host_answers(observed, profile.evidence.line_days)
    kind = kind_of(requirement.fact) if isinstance(requirement.fact, str) else None
    return climbs.answers(kind) if kind is not None and climbs.is_set_up(kind) else None
