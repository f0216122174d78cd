"""The clock of the world: it stands still until it is moved, and every program looks at it."""

from __future__ import annotations

import mmap
import struct
import subprocess
from datetime import datetime
from pathlib import Path

STILL = Path(__file__).parent / "still"
"""What makes time and chance stand still in a program: `clock.c` and `sitecustomize.py`."""


class StillClock:
    """Made in a folder; `environment` is what makes a program look at it."""

    def __init__(self, folder: Path) -> None:
        """Compiles what is preloaded. Raises CalledProcessError and FileNotFoundError where there is no C compiler."""
        library, hands = folder / "clock.so", folder / "clock"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, STILL / "clock.c", "-ldl"], check=True)
        hands.write_bytes(bytes(8))
        with hands.open("r+b") as file:
            self._hands = mmap.mmap(file.fileno(), 8)
        self.environment = {"LD_PRELOAD": str(library), "SAME_BYTES_CLOCK": str(hands)}

    def set(self, now: datetime) -> None:
        """Moves the hands, for all programs at once."""
        self._hands[:] = struct.pack("=q", int(now.timestamp()))
