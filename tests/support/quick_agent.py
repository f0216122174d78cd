"""`provklar-agent` for which waiting takes a twentieth of its time: its plans, its pauses, what it tries again.

A program to start by its path (`QUICK_AGENT`), not to import from: it changes the agent that it runs, and no test may
meet such an agent in its own process.
"""

from __future__ import annotations

import sys
import time
from functools import partial

from agent import cli
from agent.runtime import daemon
from agent.runtime.schedule import Schedule
from agent.system.machine import System

PACE = 20

if __name__ == "__main__":
    vars(daemon)["Schedule"] = partial(Schedule, pace=PACE)
    daemon.POLICY_AGE_IN_EXCHANGES /= PACE
    vars(cli)["own_command"] = lambda: [sys.executable, __file__]
    System.sleep = lambda _self, seconds: time.sleep(seconds / PACE)  # type: ignore[method-assign]  # all waiting is here
    sys.exit(cli.main())
