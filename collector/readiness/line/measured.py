"""All that is known of a school's line in one direction, laid out once for whatever judges a sitting by it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import inf
from statistics import median

from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.figures import kind_end
from collector.readiness.domain.model import Profile
from collector.readiness.domain.school_days import SCHOOL_TIME, SchoolDays
from collector.readiness.domain.strands import Strand, strands_of
from collector.readiness.evidence.index import EvidenceIndex
from collector.readiness.line.ability import judged_by_ability
from collector.readiness.line.background import Background, UplinkBackground
from collector.readiness.line.beyond import beyond_limit, beyond_samples, line_ends_it
from collector.readiness.line.claim import (
    Doubt,
    HalfHour,
    LineClaim,
    LineInterval,
    half_hours_of_school,
    hours_of_week,
    measured_hours,
)
from collector.readiness.line.free import Others
from collector.readiness.line.giving_way import gave_way_at_most
from collector.readiness.line.outages import PROBE as LADDER
from collector.readiness.line.outages import near_to, outages, times_out, when_reached
from collector.readiness.line.rehearsed import RehearsedLine, clock_hours, hours_like, rehearsal_samples, together
from collector.readiness.line.samples import PROBE, LineSample, in_order, line_samples
from collector.readiness.line.series import Direction
from collector.readiness.occasions.occasion import Occasion
from collector.readiness.rehearsal.totals import line_rehearsed

LATENCY = "latency"
_RADIO_RATES: Mapping[Direction, str] = {"down": "rx_rate_mbit_s", "up": "tx_rate_mbit_s"}


@dataclass(frozen=True)
class LineEvidence:
    """`samples` are all runs of the window as they were, in lessons or not; `claim` is what they say of what is left
    for a test, and `rehearsed` what rehearsals do. `beyond` is the same of tests towards the public internet, None
    where there are none that say anything.
    """

    samples: Sequence[LineSample]
    claim: LineClaim
    background: Background
    others: Others
    beyond: LineClaim | None
    rehearsed: LineInterval
    needs_beyond: bool
    """Whether nothing is certain while nothing is certain of what lies beyond: the measurement point stands inside, or
    something beyond was found to be much narrower.
    """

    @property
    def rates(self) -> list[LineSample]:
        """Runs that gave a number."""
        return [one for one in self.samples if one.most > 0 and one.least > 0]

    @property
    def broken_count(self) -> int:
        """Runs that broke, and hours in which nothing was reached."""
        return sum(one.most <= 0 for one in self.samples)

    @property
    def newest_at(self) -> datetime | None:
        """When the newest run was."""
        return max((one.at for one in self.samples), default=None)

    @property
    def days(self) -> frozenset[date]:
        """Local days with a number."""
        return frozenset(one.at.astimezone(SCHOOL_TIME).date() for one in self.rates)

    @property
    def interval(self) -> LineInterval:
        """What is left for a test for certain, and at most, in Mbit/s: of the line, and of what lies beyond it."""
        near = together(self.claim.interval, self.rehearsed)
        if self.beyond is None:
            return LineInterval(None, near.most) if self.needs_beyond else near
        far = self.beyond.interval
        if near.least is None or (far.least is None and self.needs_beyond):
            return LineInterval(None, min(near.most, far.most))
        least = near.least if far.least is None and far.most == inf else min(near.least, far.least or 0.0)
        return LineInterval(least, min(near.most, far.most))

    def doubt(self, rate: float) -> Doubt | None:
        """Why that rate is not left for certain; None where it is."""
        rehearsed = self.rehearsed.least
        return None if rehearsed is not None and rehearsed >= rate else self.claim.doubt(rate)


def measured_line(
    observed: EvidenceIndex, profile: Profile, direction: Direction, occasion: Occasion, uplink: UplinkBackground
) -> LineEvidence:
    """What the evidence says of the line in this direction, for the occasion."""
    background = uplink.background(occasion.begins_at, occasion.ends_at)
    capacity = profile.capacity
    per_user = capacity.background_down_per_other_user if direction == "down" else capacity.background_up_per_other_user
    runs = observed.by_probe.get(PROBE, [])
    got_out = near_to(when_reached(observed.by_probe.get(LADDER, [])))
    found = line_samples(runs, direction, observed.counted, uplink.beside, got_out)
    known = judged_by_ability(found, _radios(observed, direction), occasion.contract(direction))
    samples = in_order([*known, *outages(observed.by_probe.get(LADDER, []))])
    samples = _within(samples, profile.evidence.line_days.value)
    rates = [one.least for one in samples if one.least > 0 and not one.held_back]
    best = max((one.least for one in samples), default=0.0)
    others = Others(
        background=background,
        may_take=occasion.people_on_line * per_user.value,
        gave_way_share=gave_way_at_most(samples, capacity.gave_way_share.value),
        line=best,
        is_silent=background.mbit_s is None and bool(observed.uplink_ports),
        sitters_share=_sitters_share(occasion, kind_end(capacity.sitters_take)),
        usually_taken=best - median(rates) if rates else 0.0,
    )
    held = line_rehearsed(observed.rehearsals, direction, capacity.others_slower)
    touched = [at for one in held if one.least > 0 for at in one.touched]
    alive, reached = _alive(observed, [*(one.at for one in samples if one.least > 0), *touched])
    own = hours_of_week(occasion.begins_at, occasion.ends_at)
    hours = hours_like(reached, own, observed.school_days)
    left = in_order([*(others.left(one) for one in samples), *rehearsal_samples(held, others)])
    claim = _claim(left, occasion, profile, observed, alive, as_measured=samples)
    days = profile.evidence.line_days
    # Downwards only: speedtest-cli counts what was sent up there, and not what arrived.
    limit = beyond_limit(observed, days) if direction == "down" else None
    far = beyond_samples(observed, limit, days)
    is_narrow = limit is not None and limit.side == "beyond"
    return LineEvidence(
        samples=samples,
        claim=claim,
        background=background,
        others=others,
        beyond=_claim([others.left(one) for one in far], occasion, profile, observed, alive) if far else None,
        rehearsed=RehearsedLine(held, claim, samples, hours, uplink, others, observed.now).interval,
        needs_beyond=is_narrow or (occasion.point_is_inside and not line_ends_it(observed, days)),
    )


def _sitters_share(occasion: Occasion, times: float) -> float:
    """What share of all that people on the line take is of those who sit, if each takes so many times his part."""
    people = occasion.people_on_line
    return min(1.0, times * occasion.pupils_on_line / people) if people else 0.0


Alive = tuple[frozenset[HalfHour], frozenset[datetime]]
"""The half hours of the day, and the hours by the local clock, in which anything beyond the school was reached."""


def _alive(observed: EvidenceIndex, carried_at: Sequence[datetime]) -> Alive:
    """By a run or a rehearsal, a ladder or a round trip."""
    days = observed.school_days
    trips = (one.once(_trips_alive, days) for one in strands_of(observed.by_probe.get(LATENCY, [])))
    ladders = (one.once(_ladders_alive, days) for one in strands_of(observed.by_probe.get(LADDER, [])))
    parts = [_alive_at(carried_at, days), *trips, *ladders]
    return frozenset().union(*(one for one, _ in parts)), frozenset().union(*(one for _, one in parts))


def _alive_at(times: Sequence[datetime], days: SchoolDays) -> Alive:
    return half_hours_of_school(times, days), clock_hours(times)


def _trips_alive(strand: Strand, days: SchoolDays) -> Alive:
    return _alive_at([at for one in strand if one.status == "ok" for at in (one.first_at, one.last_at)], days)


def _ladders_alive(strand: Strand, days: SchoolDays) -> Alive:
    return _alive_at(times_out(strand), days)


def _within(samples: Sequence[LineSample], days: float) -> list[LineSample]:
    """The last `days` up to the newest of them, not up to now: so that waiting takes no bad one away."""
    since = samples[-1].at - timedelta(days=days) if samples else None
    return [one for one in samples if since is not None and one.at >= since]


def _claim(
    samples: Sequence[LineSample],
    occasion: Occasion,
    profile: Profile,
    observed: EvidenceIndex,
    alive: frozenset[HalfHour],
    *,
    as_measured: Sequence[LineSample] = (),
) -> LineClaim:
    own, rule = hours_of_week(occasion.begins_at, occasion.ends_at), profile.evidence
    hours = measured_hours(samples, own, observed.school_days)
    newest = hours[-1].begins_at if hours else None
    return LineClaim(
        hours=hours,
        begins_at=occasion.begins_at,
        ends_at=occasion.ends_at,
        bad_share=profile.capacity.line_quantile.value,
        confidence=profile.capacity.confidence.value,
        margin=profile.capacity.margin.value,
        alive=alive,
        as_measured=measured_hours(as_measured, own, observed.school_days),
        is_new=newest is not None
        and observed.school_days.is_new(newest, observed.now, rule.newest_days.value, rule.line_days.value),
    )


def _radios(observed: EvidenceIndex, direction: Direction) -> dict[str, float]:
    """The rate of each machine's radio in that direction, as it was told last."""
    fact = _RADIO_RATES[direction]
    told = {device: number_of(one.facts.get(fact)) for device, one in observed.newest.get("wifi", {}).items()}
    return {device: rate for device, rate in told.items() if rate}
