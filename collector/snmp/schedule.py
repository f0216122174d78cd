"""When a device is asked next. Pure: `chance` is a random number from 0 to 1."""

from __future__ import annotations

JITTER_SHARE = 0.05
"""How far a poll may come early or late, so that devices do not fall into step with each other."""
FIRST_WITHIN_S = 20.0
LONGEST_PAUSE_S = 1_800.0
"""A device that was away all night is seen again within half an hour."""
_DOUBLINGS = 16


def first_wait_s(every_s: float, chance: float) -> float:
    """The first poll, spread so that a restart does not ask everybody at once."""
    return chance * min(FIRST_WITHIN_S, every_s)


def wait_s(every_s: float, failures: int, chance: float) -> float:
    """The time to the next poll. After `failures` in a row the pause doubles each time, never shorter than the usual
    one and never longer than half an hour beyond it.
    """
    usual_s = every_s * (1 + JITTER_SHARE * (2 * chance - 1))
    if failures == 0:
        return usual_s
    pause_s = min(max(LONGEST_PAUSE_S, every_s), every_s * 2.0 ** min(failures, _DOUBLINGS))
    return max(usual_s, pause_s * (0.5 + chance / 2))
