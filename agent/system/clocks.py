"""The clocks of the machine: the time of day, one that never jumps, whether anybody keeps them, and who has to wait."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

SCHEDULED = Path("/proc/thread-self/schedstat")
"""Of the thread that asks: nanoseconds for which it ran, nanoseconds for which it waited to run, and how often."""

PRESSURE = Path("/proc/pressure/cpu")
"""Of the machine: microseconds for which at least one task waited to run, as `total` of the line that begins so."""

_ADJTIMEX_BYTES = 512
"""More than `struct timex` has on any machine; all zeros asks and changes nothing."""

_CLOCK_UNSYNCHRONISED = 5
"""adjtimex: TIME_ERROR."""


class Clocks:
    """The clocks of this machine."""

    def now(self) -> datetime:
        """The time of day, UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Seconds on a clock that never jumps."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Waits."""
        time.sleep(seconds)

    def waited_for_processor_s(self) -> float | None:
        """For how long this thread has waited for its turn to run; None where the system does not say (only Linux)."""
        try:
            return int(SCHEDULED.read_text(encoding="ascii").split()[1]) / 1e9
        except (OSError, IndexError):
            return None

    def processor_pressure_s(self) -> float | None:
        """For how long any task of the machine has waited for its turn to run; None where the system does not say."""
        try:
            return int(PRESSURE.read_text(encoding="ascii").partition("total=")[2].split()[0]) / 1e6
        except (OSError, IndexError, ValueError):
            return None

    def thread_time_s(self) -> float:
        """For how long this thread has run."""
        return time.thread_time()

    def clock_synchronised(self) -> bool | None:
        """Whether Linux's kernel holds its clock for synchronised; None where it does not say."""
        import ctypes  # noqa: PLC0415  for this alone

        ask = getattr(ctypes.CDLL(None), "adjtimex", None)
        state = ask(ctypes.create_string_buffer(_ADJTIMEX_BYTES)) if ask else -1
        return None if state < 0 else state != _CLOCK_UNSYNCHRONISED
