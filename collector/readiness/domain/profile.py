"""The nouns of a requirement profile: what is asked, by whom, and the figures behind it.

A number that some rule or guide gave is a `Figure`: it carries where it comes from, so that everything shown can be
traced.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from agent.protocol.wire import FactValue, Identifier
from collector.readiness.domain.air_figures import (
    BUSY_2_4,
    BUSY_5,
    BUSY_SHARE,
    CONTENTION,
    NEW_RADIO_CLIENTS,
    OLD_PACKET_OVERHEAD,
    OLD_RADIO_CLIENTS,
    OLDEST_PACKET_OVERHEAD,
    PACKET_OVERHEAD,
    REPEATS_UNTOLD,
    UNMET_RATE,
    UNTOLD_RATE,
    UNTOLD_RATE_SHARE,
)
from collector.readiness.domain.figures import (
    GAVE_WAY,
    HEARD_DAYS,
    NEWEST_DAYS,
    OTHERS_SLOWER,
    REHEARSAL_DAYS,
    SESSION_RTT,
    SITTERS_TAKE,
    Figure,
)
from collector.readiness.domain.operators import OPERATORS
from collector.readiness.domain.texts import Bilingual
from collector.readiness.domain.trust import Trust

Scope = Literal["device", "room", "school"]
if TYPE_CHECKING:
    Operator = str
else:
    Operator = Literal[tuple(OPERATORS)]
    """Whatever is in the folder of operators; who reads a requirement takes no other word."""
Owner = Literal["school_it", "network", "line_provider", "login_owner", "authority", "platform"]
"""Who acts on a requirement that fails."""
Severity = Literal["required", "required_if_known", "recommended", "if_known"]


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule, as data: called `title` where it holds and `failing` where it does not; `owner` acts then. `fact` is
    `probe.fact_name` from the catalogue, or a list of such where any one is enough.

    Between `value` and `at_risk_value` the finding is at risk; beyond both it is not ready. A `recommended`
    requirement that fails gives at most `at_risk`; one that counts only `if_known` does so too, and while it is unknown
    it is shown and holds no verdict back. One that is `required_if_known` fails in full, and holds nothing back either.
    `depends_on` names the requirements whose failure explains this one, so that only the cause is warned about.
    `visible_after_h`: how long it must last before anyone is warned. `only_on`: the operating systems (as
    `device.os_name`) that it concerns; devices with another one satisfy it. Empty: all.
    """

    id: Identifier
    title: Bilingual
    failing: Bilingual
    owner: Owner
    applies_to: Scope
    fact: str | list[str]
    operator: Operator
    value: FactValue | list[str]
    unit: str
    severity: Severity
    remedy: Bilingual
    source: str
    date: date
    trust: Trust
    whose: str | None = None
    at_risk_value: FactValue = None
    depends_on: list[Identifier] = []
    visible_after_h: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    only_on: list[str] = []


class CapacityRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The numbers of the capacity model (see docs/capacity.md). Rates in Mbit/s, burst in Mbyte within seconds. Without
    `background_quantile` the counters are not read. `gave_way_share`: of what others take, how much they
    may give up for a run. `others_slower`: how many times longer their round trips may be while a rehearsal goes on.
    """

    down_per_pupil: Figure
    up_per_pupil: Figure
    start_burst_per_pupil: Figure
    start_burst_within: Figure
    margin: Figure
    background_down_per_other_user: Figure
    background_up_per_other_user: Figure
    line_quantile: Figure
    confidence: Figure
    spare_share: Figure
    background_quantile: Figure | None = None
    gave_way_share: Figure = GAVE_WAY
    sitters_take: Figure = SITTERS_TAKE
    others_slower: Figure = OTHERS_SLOWER


class EvidenceRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How old evidence may be, in days: `device_days` for facts of a device, `line_days` for measurements of the
    line and the path, and how many days of the last `line_days` must have measurements to count as regular. A room
    counts as measured from `room_devices` devices on; its air is what all but `room_quantile` of their values reach.
    `newest_days`, counted in school days, is how old the newest evidence may be before nothing is certain, and
    `heard_days` for how many a machine may be silent and be counted, and `rehearsal_days` how old a rehearsal that went
    well may be.
    """

    device_days: Figure
    line_days: Figure
    regular_days: Figure
    room_devices: Figure
    room_quantile: Figure
    background_days: Figure | None = None
    newest_days: Figure = NEWEST_DAYS
    heard_days: Figure = HEARD_DAYS
    rehearsal_days: Figure = REHEARSAL_DAYS


class AirRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is assumed of the air of rooms where nobody measured it, from kind to unkind (see docs/capacity.md).

    Of links: how long a packet takes beside its bits (`oldest_` is 802.11b, `old_` a and g), what `contention` leaves
    of the time, what is repeated, and the rate of who tells none, and of who sits where nobody was met. Of channels:
    how busy they are. Of radios: what an old and a new one take of the clients that a usual one is allowed.
    """

    session_rtt: Figure = SESSION_RTT
    packet_overhead: Figure = PACKET_OVERHEAD
    old_packet_overhead: Figure = OLD_PACKET_OVERHEAD
    oldest_packet_overhead: Figure = OLDEST_PACKET_OVERHEAD
    contention: Figure = CONTENTION
    repeats_untold: Figure = REPEATS_UNTOLD
    untold_rate_share: Figure = UNTOLD_RATE_SHARE
    untold_rate: Figure = UNTOLD_RATE
    unmet_rate: Figure = UNMET_RATE
    busy_2_4: Figure = BUSY_2_4
    busy_5: Figure = BUSY_5
    busy_share: Figure = BUSY_SHARE
    old_radio_clients: Figure = OLD_RADIO_CLIENTS
    new_radio_clients: Figure = NEW_RADIO_CLIENTS


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kravprofil: a versioned set of requirements and the capacity numbers behind them. Nobody is judged by a `base`:
    it is what others extend.
    """

    id: Identifier
    title: Bilingual
    valid_from: date
    source: str
    capacity: CapacityRule
    evidence: EvidenceRule
    requirements: list[Requirement]
    air: AirRule = AirRule()
    base: bool = False
