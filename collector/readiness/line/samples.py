"""What the throughput runs of machines say of their school's line, a sample a run. Pure.

A run knows its rate give or take a half width. That is the line's rate only where it was the line that held it back: a
run that its own machine held back says "at least", and nothing of faster lines. A run that broke is a sample too: a
zero. One that gave no number, and could have been anything, lies between nothing and everything; so does one that
nobody answered. Only what had no chance is no sample: without leave to measure, with a clock that jumped, or towards a
measurement point that was away while others got out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import inf
from operator import itemgetter
from typing import NamedTuple

from agent.protocol.wire import FactValue
from collector.readiness.domain.counted_run import COUNTED_GRAIN
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import CountedRun, Observation
from collector.readiness.line.series import Direction

PROBE = "throughput"

NO_CHANCE = frozenset(("clock_jumped", "token_refused", "measurement_refused", "measurement_redirected"))
"""Codes of runs that nobody let begin, or whose clock can not be trusted."""

BROKE = frozenset(("failed", "no_answer", "no_data", "stalled", "ended_early", "too_little"))
"""Codes, without the direction in front, of runs that the line did not carry."""

AWAY = "measurement_point_away"
"""The code of runs that nobody answered: because of the line, or because the point itself was not there."""

COUNTED_NEAR = timedelta(seconds=120)
"""A run and the measurement point's own count of it lie no further apart."""


class RateInterval(NamedTuple):
    """Mbit/s, both ends."""

    least: float
    most: float


NOTHING = RateInterval(0.0, 0.0)


class OthersBeside(NamedTuple):
    """What others took of the line while a run went on, in Mbit/s: `during` is what they moved at least in spite of it,
    `taken` the mean of the counter's stretch with the run in it, less the run's own bytes; None where it did not count.
    """

    during: float = 0.0
    taken: RateInterval | None = None


NOT_COUNTED = OthersBeside()
Beside = Callable[[Observation, datetime], OthersBeside]


MOST_CONNECTIONS = 16
"""What a policy lets a run open, and what a run had that does not tell."""


class LineSample(NamedTuple):
    """What the line gave to one run at `at`, in Mbit/s: between `least` and `most` (inf: nothing bounds it from above).
    `held_back`: the machine could carry no more itself, so it says nothing of rates above `least`. `beside` is what
    others took meanwhile, as far as it was counted. It had so many `connections` at once, at most.
    """

    at: datetime
    device: str
    least: float
    most: float
    held_back: bool = False
    beside: OthersBeside = NOT_COUNTED
    connections: int = MOST_CONNECTIONS


def line_samples(
    runs: Iterable[Observation],
    direction: Direction,
    counted: Sequence[CountedRun] = (),
    beside: Beside = lambda _run, _at: NOT_COUNTED,
    got_out: Callable[[datetime], bool] = lambda _: False,
) -> list[LineSample]:
    """One sample for each time at which it is certain that a run gave this, oldest first. `got_out` says whether
    anything beyond the school was reached about then.
    """
    counts: dict[str, list[CountedRun]] = defaultdict(list)
    for one in counted:
        counts[one.device_id].append(one)
    found = []
    for run in runs:
        between = _between(run, direction)
        if between is None:
            continue
        for at in sorted({run.first_at, run.last_at}):
            if run.error_code == AWAY and got_out(at):
                continue
            least, most = _as_counted(between, counts[run.device_id], at, direction)
            cut, with_them = _was_cut(run.facts, direction), beside(run, at)
            found.append(LineSample(at, run.device_id, least, most, cut, with_them, _connections(run.facts)))
    return in_order(found)


def in_order(samples: Iterable[LineSample]) -> list[LineSample]:
    """Oldest first, in the same order however they came; what others took meanwhile has no order."""
    return sorted(samples, key=itemgetter(0, 1, 2, 3, 4))


def _between(run: Observation, direction: Direction) -> RateInterval | None:
    """The interval that a run gives, or None where it is no sample."""
    if run.status == "unsupported" or run.error_code in NO_CHANCE:
        return None
    if run.status == "ok":
        return rate_between(run.facts, direction) or RateInterval(0.0, inf)
    way, _, what = (run.error_code or "").partition("_")
    broke = (what if way in {"down", "up"} else run.error_code) in BROKE
    return NOTHING if broke and way != _OTHER[direction] else RateInterval(0.0, inf)


_OTHER: Mapping[Direction, Direction] = {"down": "up", "up": "down"}


def rate_between(facts: Mapping[str, FactValue], direction: Direction) -> RateInterval | None:
    """The 95 % interval of a run's rate in Mbit/s. Where a report does not say how sure it is, as the first ones did
    not, the rate counts as it is.
    """
    rate = number_of(facts.get(f"{direction}_mbit_s"))
    said = facts.get(f"{direction}_half_width_mbit_s")
    half_width = 0.0 if said is None else number_of(said)
    if rate is None or half_width is None or half_width < 0:
        return None
    return RateInterval(max(0.0, rate - half_width), rate + half_width)


def _connections(facts: Mapping[str, FactValue]) -> int:
    told = number_of(facts.get("connections_count"))
    return MOST_CONNECTIONS if told is None or told < 1 else min(MOST_CONNECTIONS, int(told))


def _was_cut(facts: Mapping[str, FactValue], direction: Direction) -> bool:
    """Whether a bound of the policy ended the run before the line was full, or its machine had too little time."""
    return facts.get(f"{direction}_stop_reason") == "bytes" or facts.get(f"{direction}_held_back") is True


def _as_counted(
    between: RateInterval, counts: Sequence[CountedRun], at: datetime, direction: Direction
) -> RateInterval:
    """No more than the measurement point itself counted of that run, where it did."""
    near = [one for one in counts if abs(one.at - at) <= COUNTED_NEAR]
    rates = [one.down_mbit_s if direction == "down" else one.up_mbit_s for one in near]
    told = [rate for rate in rates if rate is not None]
    if not told:
        return between
    limit = max(told) * (1 + COUNTED_GRAIN)
    least, most = between
    return RateInterval(min(least, limit), most if most == inf else min(most, limit))
