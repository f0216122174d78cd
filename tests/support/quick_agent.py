"""`provklar-agent` for which waiting takes a twentieth of its time: its plans, its pauses, what it tries again.

A program to start by its path (`QUICK_AGENT`), not to import from: it changes the agent that it runs, and no test may
meet such an agent in its own process.
"""

from __future__ import annotations

import sys
import time
from functools import partial

from agent import cli
from agent.measuring import rtt_methods
from agent.runtime import daemon
from agent.runtime.schedule import Schedule
from agent.system.clocks import Clocks
from agent.system.machine import System

PACE = 20


def _hasten(self: Clocks, seconds: float) -> None:
    time.sleep(seconds / PACE)


if __name__ == "__main__":
    vars(daemon)["Schedule"] = partial(Schedule, pace=PACE)
    daemon.POLICY_AGE_IN_EXCHANGES /= PACE
    vars(cli)["own_command"] = lambda: [sys.executable, __file__]
    System.sleep = _hasten  # type: ignore[method-assign]  # all waiting of what measures and sends is there
    rtt_methods.TRIAL_MAX_S = 0.2
    sys.exit(cli.main())
