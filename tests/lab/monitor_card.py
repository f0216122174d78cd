"""A network card in monitor mode, made of a TUN device: `python -m tests.lab.monitor_card` in a namespace of its own.

The kernel here has no radio, but a TUN device can be given the link type of one; what is written to it arrives as if it
had been heard. Runs a command beside it and ends with its exit code. Arguments: a file of frames, each behind its
length in four bytes; after how many seconds the command gets Ctrl-C (0: never); whether the card is `up` or `down`; the
command.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

CARD = "mon0"
FRAMES_PER_S = 100
PATIENCE_S = 60.0
_SET_INTERFACE, _SET_LINK = 0x400454CA, 0x400454CD
_TUN = 0x0001
_RADIOTAP = 803
_RAW_80211 = 0x0019


def frames_in(file: Path) -> list[bytes]:
    """The frames of a file."""
    content, frames = file.read_bytes(), []
    while content:
        (length,) = struct.unpack_from("<I", content)
        frames.append(content[4 : 4 + length])
        content = content[4 + length :]
    return frames


def file_of(frames: list[bytes]) -> bytes:
    """The opposite."""
    return b"".join(struct.pack("<I", len(frame)) + frame for frame in frames)


def card() -> int:
    """Makes the card, which lives until this process ends; what is written to it is heard on it."""
    opened = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(opened, _SET_INTERFACE, struct.pack("16sH14x", CARD.encode(), _TUN))
    fcntl.ioctl(opened, _SET_LINK, _RADIOTAP)
    return opened


def main(arguments: list[str]) -> int:
    """Lets the command hear the frames, over and over, until it ends."""
    file, interrupt_after_s, state, *command = arguments
    opened = card()
    subprocess.run(["ip", "link", "set", CARD, state], check=True)
    heard: Iterator[bytes] = itertools.cycle(frames_in(Path(file)) if state == "up" else [])
    began, interrupted = time.monotonic(), float(interrupt_after_s) == 0
    with subprocess.Popen(command) as child:
        while child.poll() is None and time.monotonic() - began < PATIENCE_S:
            frame = next(heard, None)
            if frame is not None:
                os.write(opened, struct.pack(">HH", 0, _RAW_80211) + frame)
            time.sleep(1 / FRAMES_PER_S)
            if not interrupted and time.monotonic() - began > float(interrupt_after_s):
                interrupted = True
                child.send_signal(signal.SIGINT)
        if child.poll() is None:
            child.kill()
        return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
