"""One sitting on the bench: everything that its judgement may look at, laid out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from collector.facts.catalogue import LOADING_THE_LINE
from collector.readiness.domain.model import EvidenceRule, Profile, Releases, Requirement, School, Sitting
from collector.readiness.domain.strands import Strands, strands_of
from collector.readiness.evidence.compliance import DeviceCompliance, Standard, answers_of_all, counted_devices
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.evidence.known import newest_with_known
from collector.readiness.line.background import UplinkBackground
from collector.readiness.line.measured import LineEvidence, measured_line
from collector.readiness.line.series import Direction
from collector.readiness.machines.count import machines
from collector.readiness.machines.roll import Roll, roll_of
from collector.readiness.machines.sharing import Sharing
from collector.readiness.occasions.occasion import Occasion
from collector.readiness.path.hosts import FACT as HOSTS_FACT
from collector.readiness.path.hosts import host_answers
from collector.readiness.path.machines import Answers
from collector.readiness.path.rungs import Climbs, kind_of
from collector.readiness.rooms.seating import Seating
from collector.readiness.rooms.whereabouts import with_moving_placed

OF_THE_LINE = (*LOADING_THE_LINE, "ladder")
"""Probes that tell of the line, whichever school on it they ran at."""


@dataclass(frozen=True)
class Assessment:
    """`answers` holds what every device came to, by the id of each requirement that is held against single devices, and
    of each that asks for a share of them; `seating` is where they sit, `climbs` what they found on the way to the test,
    `roll` which of the enrolled are machines for pupils. `line_observed` is what all schools on the line told of it,
    the own one's where it has the line to itself.
    """

    occasion: Occasion
    profile: Profile
    observed: EvidenceIndex
    line_observed: EvidenceIndex
    releases: Releases
    answers: Mapping[str, Mapping[str, DeviceCompliance]]
    seating: Seating
    climbs: Climbs
    roll: Roll
    is_unmeasured: bool = False
    """Whether nothing that counts was ever measured at any school on the line."""
    _lines: dict[Direction, LineEvidence] = field(default_factory=dict, repr=False, compare=False)

    @property
    def sitting(self) -> Sitting:
        """What is judged."""
        return self.occasion.sitting

    @property
    def school(self) -> School:
        """Where it is held."""
        return self.occasion.school

    @property
    def now(self) -> datetime:
        """The moment that the judgement is made for."""
        return self.observed.now

    @property
    def ends_at(self) -> datetime:
        """When the sitting is over: what ends before then is not there for all of it."""
        return self.occasion.ends_at

    def line(self, direction: Direction) -> LineEvidence:
        """What is known of the line in one direction; laid out once, as several requirements ask."""
        if direction not in self._lines:
            uplink = UplinkBackground(self.line_observed, self.profile, direction)
            self._lines[direction] = measured_line(self.line_observed, self.profile, direction, self.occasion, uplink)
        return self._lines[direction]

    @cached_property
    def sharing(self) -> Sharing | None:
        """Which machines are for which sitting; None where no sitting of the time names groups: all are for all."""
        together = self.occasion.together()
        names_groups = self.sitting.groups or any(one.groups for others in together for one in others)
        return Sharing(self.sitting, together) if names_groups else None

    def is_for_it(self, device: str) -> bool:
        """Whether the sitting may have the machine."""
        return self.sharing is None or self.sharing.is_for(self.observed.devices[device])

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
    occasion: Occasion, profile: Profile, observed: Mapping[str, EvidenceIndex], releases: Releases
) -> Assessment:
    """Holds every device against every device requirement, and says how far each gets on the way to the test.

    `observed` is what was seen at all schools on the line, by code.
    """
    own = observed[occasion.school.code]
    roll = roll_of(own, occasion.school, profile.evidence.heard_days)
    own = own.once(_placed, frozenset(roll.left_out), profile.evidence)
    standard = Standard(releases, own.now, occasion.ends_at)
    devices, found = counted_devices(own), newest_with_known(own, releases)
    answers = {
        requirement.id: answers_of_all(requirement, devices, found, standard, profile.evidence.device_days)
        for requirement in profile.requirements
        if is_about_devices(requirement)
    }
    climbs = Climbs(own, profile.evidence.line_days)
    for requirement in profile.requirements:
        on_the_way = way_answers(requirement, own, climbs, profile)
        answers |= {} if on_the_way is None else {requirement.id: dict(on_the_way)}
    in_room = {room.id: occasion.pupils_in(room.id) for room in occasion.school.rooms}
    seating = Seating(occasion.school, profile, own, releases, in_room)
    neighbours = [observed[one.code] for one in occasion.line_schools[1:] if one.code in observed]
    on_line = together_on_line(own, neighbours) if neighbours else own
    return Assessment(occasion, profile, own, on_line, releases, answers, seating, climbs, roll)


def _placed(observed: EvidenceIndex, left_out: frozenset[str], rule: EvidenceRule) -> EvidenceIndex:
    return with_moving_placed(replace(observed, left_out=left_out), rule)


def way_answers(requirement: Requirement, observed: EvidenceIndex, climbs: Climbs, profile: Profile) -> Answers | None:
    """What each machine comes to where the requirement asks for a share of them that get through; None where it does
    not, or where no machine has such a rung to climb: then nothing is known of any of them.
    """
    if requirement.fact == HOSTS_FACT:
        return host_answers(observed, profile.evidence.line_days)
    kind = kind_of(requirement.fact) if isinstance(requirement.fact, str) else None
    return climbs.answers(kind) if kind is not None and climbs.is_set_up(kind) else None


def together_on_line(own: EvidenceIndex, neighbours: Sequence[EvidenceIndex]) -> EvidenceIndex:
    """What the schools on one line measured of it, as if by one. Counters stay the own school's."""
    by_probe = {
        probe: Strands(part for index in (own, *neighbours) for part in strands_of(index.by_probe.get(probe, [])))
        for probe in OF_THE_LINE
    }
    counted = [one for index in (own, *neighbours) for one in index.counted]
    held = [one for index in (own, *neighbours) for one in index.rehearsals]
    return replace(own, by_probe={**own.by_probe, **by_probe}, counted=counted, rehearsals=held)
