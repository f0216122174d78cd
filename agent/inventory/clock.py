"""Whether the system keeps its clock by a time server."""

from __future__ import annotations

import re

from agent.system.machine import System
from agent.system.programs import CommandFailedError

COMMAND = ("w32tm", "/query", "/status")
DEADLINE_S = 10.0
_NOT_SYNCHRONISED = 3


def synchronised(system: System) -> tuple[bool | None, str]:
    """The answer, or None and why not."""
    if system.platform_name() == "linux":
        answer = system.clock_synchronised()
        return answer, "" if answer is not None else "not_told_by_system"
    if system.platform_name() != "windows":
        return None, "not_told_by_system"
    try:
        return w32tm(system.output_of(COMMAND, DEADLINE_S)), "not_stated"
    except CommandFailedError:  # the time service does not run, as on machines of no domain between two adjustments
        return None, "time_service_not_running"


def w32tm(text: str) -> bool | None:
    """The leap indicator, which comes first and is a number in every language; 3 says "not synchronised"."""
    found = re.match(r"[^\n:]*:\s*(\d)\(", text.lstrip())
    return None if found is None else int(found[1]) != _NOT_SYNCHRONISED
