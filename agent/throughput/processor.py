"""Whether the device itself had too little time for a run: then the line carries what was found at least. Pure but for
the one look at the machine.

The first two signs are told by Linux only. Without them it is not known whether a device had time, unless what drives
the connections used up a processor by itself.
"""

from __future__ import annotations

from typing import NamedTuple

from agent.system.machine import System

PRESSED_RATIO = 0.25
"""On a machine that has time, some task waits for a processor for a few percent of it, a busy run included."""

WAITED_RATIO = 0.1
"""What drives the connections loses so much of the line where no buffer makes up for it."""

USED_UP_RATIO = 0.9
"""Of one processor: what drives the connections is one thread."""

NOT_TOLD = "not_told_by_system"


class ProcessorUse(NamedTuple):
    """Seconds until `at_s` by a clock that never jumps: for how long the thread that looks ran and waited for its turn,
    and for how long any task of the machine waited. None where the system does not tell.
    """

    at_s: float
    used_s: float
    waited_s: float | None
    pressed_s: float | None


def processor_use(system: System) -> ProcessorUse:
    """How it stands now, for the thread that asks."""
    waited_s, pressed_s = system.waited_for_processor_s(), system.processor_pressure_s()
    return ProcessorUse(system.monotonic_s(), system.thread_time_s(), waited_s, pressed_s)


def held_back(before: ProcessorUse, after: ProcessorUse) -> bool | None:
    """Whether the device had too little time between two looks. None: no sign says so, and not all could be seen."""
    of_s = after.at_s - before.at_s
    if of_s <= 0:
        return None
    waited, pressed = _share(before.waited_s, after.waited_s, of_s), _share(before.pressed_s, after.pressed_s, of_s)
    used_up = after.used_s - before.used_s >= USED_UP_RATIO * of_s
    if used_up or (waited or 0.0) >= WAITED_RATIO or (pressed or 0.0) >= PRESSED_RATIO:
        return True
    return None if waited is None else False


def _share(before_s: float | None, after_s: float | None, of_s: float) -> float | None:
    return None if before_s is None or after_s is None else (after_s - before_s) / of_s
