"""What each machine can carry itself, learned from its own runs, its neighbours' and its radio. Pure.

A slow machine says little of a fast line. Which machines are slow shows in their runs: their best is well below what
others got. And that a rate is the line's own, and not the machine's, is believed only where something says so: the
radio could have carried far more, the contract names about that rate, or several machines end at the same one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from collector.readiness.line.samples import LineSample

WELL_ABOVE = 1.25
"""So many times a machine's best, and another machine has got more than it ever could."""
TIMES_SEEN = 2
AT_ITS_BEST = 0.7
"""From this share of its best on, a slow machine's run is held back by itself; below it something else held it back."""
RUNS_TO_KNOW = 3
ALIKE = 0.08
"""The best of machines that one line holds back differ by no more than this share."""
MACHINES_ALIKE = 3
BY_CONTRACT = 0.8
"""From this share of the contract's rate on, it is the line that ends a run."""
RADIO_CARRIES = 0.5
"""Of a radio's rate so much is left for data, at most (half duplex, headers, acknowledgements; Wi-Fi up to
802.11ax)."""
RADIO_FAR_BELOW = 0.25
"""Up to this share of it, the radio does not hold a run back."""


@dataclass(frozen=True)
class Ability:
    """What is known of one machine: the best that it ever got in Mbit/s, in how many runs (those that broke are runs
    too), and whether others got well above that.
    """

    best: float
    runs: int
    is_slow: bool


def abilities(samples: Sequence[LineSample]) -> dict[str, Ability]:
    """What each machine with any rate can do."""
    by_device: dict[str, list[float]] = defaultdict(list)
    for one in samples:
        if one.most < inf:
            by_device[one.device].append(one.most)
    highest = sorted(((one.least, one.device) for one in samples if one.least > 0), reverse=True)
    return {
        device: Ability(max(rates), len(rates), _is_slow(device, max(rates), highest))
        for device, rates in by_device.items()
        if max(rates) > 0
    }


def _is_slow(device: str, best: float, highest: Sequence[tuple[float, str]]) -> bool:
    """Whether other machines got well above its best, more than once."""
    seen = 0
    for least, other in highest:
        if least < WELL_ABOVE * best:
            return False
        seen += other != device
        if seen >= TIMES_SEEN:
            return True
    return False


def judged_by_ability(
    samples: Sequence[LineSample], radios_mbit_s: Mapping[str, float], contract_mbit_s: float | None
) -> list[LineSample]:
    """The samples with what their machines could do: held back ones marked, and an end above only where it is known
    that the line is it. `radios_mbit_s` is the rate of each machine's radio, where it told one.
    """
    known = abilities(samples)
    common = line_ends_at(known)
    return [
        _judged(one, known.get(one.device), radios_mbit_s.get(one.device), contract_mbit_s, common) for one in samples
    ]


def line_ends_at(known: Mapping[str, Ability]) -> float | None:
    """The rate in Mbit/s at which several machines end alike, and none gets further; None where they do not."""
    best = sorted((one.best for one in known.values() if one.runs >= RUNS_TO_KNOW), reverse=True)
    if len(best) < MACHINES_ALIKE:
        return None
    alike = best[MACHINES_ALIKE - 1] >= (1 - ALIKE) * best[0]
    return best[0] if alike else None


def _judged(
    one: LineSample,
    ability: Ability | None,
    radio_mbit_s: float | None,
    contract_mbit_s: float | None,
    common: float | None,
) -> LineSample:
    if one.most == inf or one.least <= 0:
        return one
    if one.held_back or _held_back(one, ability, radio_mbit_s):
        return one._replace(most=inf, held_back=True)
    return one if _is_the_line(one, ability, radio_mbit_s, contract_mbit_s, common) else one._replace(most=inf)


def _held_back(one: LineSample, ability: Ability | None, radio_mbit_s: float | None) -> bool:
    at_its_best = ability is None or one.most >= AT_ITS_BEST * ability.best
    if radio_mbit_s is not None and one.most >= RADIO_CARRIES * radio_mbit_s:
        return at_its_best
    return ability is not None and ability.is_slow and at_its_best


def _is_the_line(
    one: LineSample,
    ability: Ability | None,
    radio_mbit_s: float | None,
    contract_mbit_s: float | None,
    common: float | None,
) -> bool:
    """Whether something else than the run itself says that it was the line which ended it."""
    best = one.most if ability is None else ability.best
    if ability is not None and ability.runs >= RUNS_TO_KNOW and one.most < AT_ITS_BEST * best:
        return True  # the machine has carried much more at other times
    if radio_mbit_s is not None and one.most <= RADIO_FAR_BELOW * radio_mbit_s:
        return True
    if contract_mbit_s is not None and best >= BY_CONTRACT * contract_mbit_s:
        return True  # it can carry all that the contract names
    return common is not None
