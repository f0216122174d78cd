"""How many examples a property test tries: by the profile that HYPOTHESIS_PROFILE names.

A test that says nothing takes what its profile gives. A heavy one says how many it can afford on every push; the deep
profile multiplies that, so that no test is small for good.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

PROFILE = "HYPOTHESIS_PROFILE"
EACH_PUSH = 100
DEEP_FACTOR = 20
DEV_FACTOR = 0.2

_HOWEVER_BUSY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
"""Neither a call nor the drawing of an example fails because the machine has other work."""


def load_profile() -> None:
    """Registers `ci` (the default: the same examples in every run, so that a red one is about the change), `dev` (few,
    for a quick look) and `deep` (many, other ones each time), and takes the one that is asked for.
    """
    settings.register_profile("ci", _HOWEVER_BUSY, max_examples=EACH_PUSH, derandomize=True, database=None)
    settings.register_profile("dev", _HOWEVER_BUSY, max_examples=round(EACH_PUSH * DEV_FACTOR))
    settings.register_profile("deep", _HOWEVER_BUSY, max_examples=EACH_PUSH * DEEP_FACTOR)
    settings.load_profile(os.environ.get(PROFILE, "ci"))


def examples(on_each_push: int) -> int:
    """How many a heavy test takes now, of which it can afford so many on each push."""
    return max(1, on_each_push * settings().max_examples // EACH_PUSH)
