"""The nouns of the domain, as frozen values. What an operator writes in `config/` becomes these.

Units stand at the end of every name.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Literal

import msgspec

from agent.protocol.wire import FactValue, Identifier, SchoolCode
from collector.readiness.domain.counted_run import CountedRun as CountedRun  # noqa: PLC0414  every noun is found here
from collector.readiness.domain.drift import Drift as Drift  # noqa: PLC0414  the same
from collector.readiness.domain.drift import DriftChange as DriftChange  # noqa: PLC0414  the same
from collector.readiness.domain.ends import Agreement as Agreement  # noqa: PLC0414  every noun is found here
from collector.readiness.domain.ends import ChromebookModel as ChromebookModel  # noqa: PLC0414  the same
from collector.readiness.domain.figures import Figure as Figure  # noqa: PLC0414  every noun is found here
from collector.readiness.domain.fixes import Fix as Fix  # noqa: PLC0414  the same
from collector.readiness.domain.hints import HintSummary as HintSummary  # noqa: PLC0414  the same
from collector.readiness.domain.hints import SetAsideSummary as SetAsideSummary  # noqa: PLC0414  the same
from collector.readiness.domain.inventory import ListedMachine as ListedMachine  # noqa: PLC0414  every noun is here
from collector.readiness.domain.inventory import MachineRule as MachineRule  # noqa: PLC0414  the same
from collector.readiness.domain.inventory import Role as Role  # noqa: PLC0414  the same
from collector.readiness.domain.machine_enrolments import MachineEnrolment as MachineEnrolment  # noqa: PLC0414
from collector.readiness.domain.network_gear import RadioSeen as RadioSeen  # noqa: PLC0414  every noun is found here
from collector.readiness.domain.network_gear import UplinkLoad as UplinkLoad  # noqa: PLC0414  the same
from collector.readiness.domain.network_gear import UplinkPort as UplinkPort  # noqa: PLC0414  the same
from collector.readiness.domain.plan import Plan
from collector.readiness.domain.profile import AirRule as AirRule  # noqa: PLC0414  the same
from collector.readiness.domain.profile import CapacityRule as CapacityRule  # noqa: PLC0414  the same
from collector.readiness.domain.profile import EvidenceRule as EvidenceRule  # noqa: PLC0414  the same
from collector.readiness.domain.profile import Operator as Operator  # noqa: PLC0414  the same
from collector.readiness.domain.profile import Owner as Owner  # noqa: PLC0414  the same
from collector.readiness.domain.profile import Profile as Profile  # noqa: PLC0414  the same
from collector.readiness.domain.profile import Requirement as Requirement  # noqa: PLC0414  the same
from collector.readiness.domain.profile import Scope as Scope  # noqa: PLC0414  the same
from collector.readiness.domain.profile import Severity as Severity  # noqa: PLC0414  the same
from collector.readiness.domain.rehearsal import OthersMeanwhile as OthersMeanwhile  # noqa: PLC0414  the same
from collector.readiness.domain.rehearsal import Participant as Participant  # noqa: PLC0414  the same
from collector.readiness.domain.rehearsal import Rehearsal as Rehearsal  # noqa: PLC0414  the same
from collector.readiness.domain.releases import Release as Release  # noqa: PLC0414  every noun is found here
from collector.readiness.domain.releases import Releases as Releases  # noqa: PLC0414  the same
from collector.readiness.domain.school_days import SchoolDays
from collector.readiness.domain.settling import Settling as Settling  # noqa: PLC0414  the same
from collector.readiness.domain.status import Status as Status  # noqa: PLC0414  the same
from collector.readiness.domain.texts import Bilingual as Bilingual  # noqa: PLC0414  the same
from collector.readiness.domain.texts import Text as Text  # noqa: PLC0414  the same
from collector.readiness.domain.trust import Trust as Trust  # noqa: PLC0414  the same

Count = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[float, msgspec.Meta(gt=0)]


BROKEN = (Status.AT_RISK, Status.NOT_READY)
"""What is known not to hold as it should."""


# --- what the operator tells us about schools -------------------------------------------------------------------


class Room(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A room that pupils can sit a test in."""

    id: Identifier
    seats: Count
    name: str | None = None


class YearGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All pupils of one årskurs at a school."""

    grade: Identifier
    pupils: Count


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the contract with the internet provider says; shown beside what was measured, never instead of it."""

    down_mbit_s: Positive
    up_mbit_s: Positive


class SharedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line to the internet that several schools hang on: what one of them takes is missing to the others. `line` is
    what the contract says of it all.
    """

    id: Identifier
    schools: list[SchoolCode]
    line: Line | None = None


class School(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A skolenhet. `devices` is how many pupil devices it owns, where the operator knows; `staff` counts as users
    of the line beside the pupils who do not sit the test. `networks`, as CIDR, are what its devices reach the collector
    from; where there are any, what is measured in other networks does not count. `machines` says by their labels whom
    machines are for, and of which group and room.
    """

    code: SchoolCode
    name: str
    rooms: list[Room]
    year_groups: list[YearGroup]
    line: Line | None = None
    staff: Count = 0
    devices: Count | None = None
    networks: list[str] = []
    simulated: bool = False
    agreements: list[Agreement] = []
    chromebooks: list[ChromebookModel] = []
    machines: list[MachineRule] = []


class Standing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sitting without a date of its own: the first school day at least `in_days` ahead, at `at` local time. For
    schools that want to be ready at any time, as the national tests have no dates until further notice.
    """

    in_days: Annotated[int, msgspec.Meta(ge=1, le=60)]
    at: time


class Sitting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A provtillfälle. Exactly one of `starts_at` and `standing` is set (the loader holds this). One that names
    `groups` is held with the machines of these groups. Pupils start together,
    or in so many `start_groups`, some minutes apart; `minutes` is how long it takes from the first to the last of them.
    """

    id: Identifier
    school: SchoolCode
    test: str
    year_group: Identifier
    pupils: Annotated[int, msgspec.Meta(ge=1)]
    rooms: list[Identifier]
    starts_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    standing: Standing | None = None
    minutes: Annotated[int, msgspec.Meta(ge=1, le=600)] = 60
    profile: Identifier | None = None
    held: bool = False
    groups: list[Identifier] = []
    start_groups: Annotated[int, msgspec.Meta(ge=1, le=20)] = 1


# --- what was observed ------------------------------------------------------------------------------------------


class Observation(msgspec.Struct, frozen=True, gc=False):
    """One probe result of one device, as it stood unchanged from `first_at` to `last_at` (`count` reports).

    Of a probe that wavers from reading to reading it is one state in an hour, told by the first that came in: of each
    number all readings are of its level (`agent.protocol.facts.Levels`), and no more than that is known of the others.
    Times are on the collector's clock: `received_at` is when the newest of them came in, None where that was not kept.
    `status` is the wire's result status. `session` is the supervised session that it was made in, None outside one.
    """

    device_id: str
    room: str | None
    probe: str
    status: str
    first_at: datetime
    last_at: datetime
    count: int
    facts: dict[str, FactValue]
    missing: dict[str, str]
    rows: list[dict[str, FactValue]]
    error_code: str | None = None
    received_at: datetime | None = None
    session: str | None = None


DeviceKind = Literal["agent", "web", "web_once"]
"""`web` ran the web probe; `web_once` can not keep who it is, may come again, and counts among no devices."""


class DeviceSeen(msgspec.Struct, frozen=True):
    """A device as enrolled, and when it was last heard; `clock_offset_s`: how far its clock was ahead of ours then.

    `machine` is who it is whatever system is put on it: a hash of its hardware's ids under a secret of the authority,
    None where it has not told. `role` and `group` (a cart, a class) are from the configuration or an inventory; None
    where nobody has said. `without_agent`: a browser of which staff said, in a supervised session, that its machine has
    no agent.
    """

    device_id: str
    school: str
    room: str | None
    label: str | None
    enrolled_at: datetime
    last_seen_at: datetime | None
    agent_version: str | None
    clock_offset_s: float | None
    simulated: bool
    kind: DeviceKind = "agent"
    machine: str | None = None
    role: Role | None = None
    group: str | None = None
    without_agent: bool = False


class Evidence(msgspec.Struct, frozen=True):
    """All that is known about one school as of a moment: its devices that are not revoked, every observation within the
    window, and the newest observation per device and probe whatever its age. `uplink` is what its line carried within
    the window, oldest first (of what is older than a day: the daytime of weekdays); `radios` is the newest reading of
    each radio. `uplink_ports` are those that network.yaml names for the school: none where it names none. `counted` is
    what the measurement point counted of runs in the window; `rehearsals` are all that were held, the newest version of
    each. `enrolled` is every enrolment, at any school, of the machines that are enrolled here. `access_points` is the
    operator's map: rooms by the address of the access point that hangs there. `contract` is what the contract says of
    its line, in Mbit/s by the fact of a run. `school_days` are the days on which it teaches.
    """

    school: str
    devices: list[DeviceSeen]
    observations: list[Observation]
    uplink: list[UplinkLoad] = []
    radios: list[RadioSeen] = []
    uplink_ports: list[UplinkPort] = []
    counted: list[CountedRun] = []
    enrolled: list[MachineEnrolment] = []
    access_points: dict[str, str] = {}
    contract: dict[str, float] = {}
    rehearsals: list[Rehearsal] = []
    school_days: SchoolDays = SchoolDays()


# --- what is concluded ------------------------------------------------------------------------------------------


class ExplanationStep(msgspec.Struct, frozen=True):
    """One number on the way to a finding, for `explain`: where it comes from and how far it can be trusted.

    `origin` is `measured`, `configured`, `profile` or `computed`.
    """

    name: str
    value: FactValue
    unit: str
    origin: Literal["measured", "configured", "profile", "computed"]
    source: str
    trust: Trust | None = None
    at: datetime | None = None
    whose: str | None = None


class EvidenceSummary(msgspec.Struct, frozen=True):
    """How much stood behind a finding and how new it is."""

    count: int
    newest_at: datetime | None


class Finding(msgspec.Struct, frozen=True):
    """What one requirement came to for one sitting.

    `headroom` is available / needed where that is meaningful, else None. `remedy` is the profile's advice;
    `advice` is the same in numbers for this very sitting. `caused_by` names the failing requirement that explains
    this one. `steps` holds every number used. `share_of` names what the two numbers are shares of, where they are.
    """

    requirement: str
    title: Bilingual
    severity: Severity
    status: Status
    measured: FactValue
    required: FactValue
    unit: str
    headroom: float | None
    why: Text
    remedy: Bilingual
    advice: list[Text]
    evidence: EvidenceSummary
    steps: list[ExplanationStep]
    room: str | None = None
    caused_by: str | None = None
    failing: Bilingual | None = None
    owner: Owner | None = None
    share_of: str | None = None
    settling: Settling | None = None

    @property
    def heading(self) -> Bilingual:
        """What it is called as it stands: what does not hold is not called as if it did."""
        return self.failing if self.failing is not None and self.status in BROKEN else self.title


class LineLimit(msgspec.Struct, frozen=True):
    """What sets the limit of what the school gets from the internet, its own line or what lies beyond it.

    `ratio` is what tests towards the internet got of what the line gave, in so many `pairs`. `reason` says why the side
    is not known.
    """

    side: Literal["line", "beyond", "unknown"]
    reason: Literal["too_few_pairs", "too_fast", "in_between"] | None
    ratio: float | None
    pairs: int


class Verdict(msgspec.Struct, frozen=True):
    """The worst of the findings: not ready, else unknown, else at risk, else ready.

    `binding` is the requirement that decides the status, by least headroom, and `headroom` is that finding's (None
    while the verdict is unknown: a healthy number beside an unknown would look green). `simulated` says that the
    school, or any device behind the evidence, was simulated. `limit` is None where nobody tests towards the internet.
    `hints` had no say in it (None where there are none), nor had what was `set_aside`. `warnings` say
    what is odd about its day and hour. `plan` is there where nothing was ever measured on the line.
    `fixes` are ways out, cheapest first, where it is not ready and such are known; `drift` is what differs from when it
    was ready last.
    """

    sitting: Sitting
    starts_at: datetime
    school: School
    profile: str
    judged_at: datetime
    status: Status
    headroom: float | None
    binding: str | None
    next_binding: str | None
    findings: list[Finding]
    simulated: bool
    limit: LineLimit | None = None
    hints: HintSummary | None = None
    set_aside: list[SetAsideSummary] = []
    warnings: list[Text] = []
    plan: Plan | None = None
    fixes: list[Fix] = []
    drift: Drift | None = None
