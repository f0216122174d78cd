"""What measures goes before all other work of the machine, and after what holds the lab's line up to the millisecond.

By real time, because what a small program needs is not much of a processor but its turn at once: a browser's upload
passes through several of them, and on a busy machine each waits some milliseconds for whoever is running.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PRIORITY = 1
"""The lowest of real time. The lab's `delay_relay.py` and `line_meter.py` give themselves the next one."""


@contextmanager
def before_other_work() -> Iterator[None]:
    """This process, and what it starts in the block; where the system lets it."""
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(PRIORITY))
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, parameters)
