"""Holds packets for a while on their way between two namespaces (this kernel has no netem).

Makes a TUN device in each of two network namespaces and carries every packet from one to the other `--one-way-ms`
later. The delay is the same for all, so that a queue keeps them in order of their due time. Writes `ready` once the
devices are there; ends when its standard input closes, so that it cannot outlive the test that started it.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import fcntl
import os
import select
import struct
import sys
import time
from collections import deque
from pathlib import Path

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
PACKET_BYTES = 2048
MOST_HELD = 20_000
"""Packets held in each direction; beyond that the newest is lost, as in a real device."""


def enter(namespace: Path) -> None:
    """Moves this thread into the network namespace of that file."""
    with namespace.open() as handle:
        if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"cannot enter {namespace}")


def tun(namespace: str, device: str) -> int:
    """A new TUN device in that namespace, as a non-blocking file descriptor."""
    enter(Path("/run/netns") / namespace)
    handle = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(handle, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TUN | IFF_NO_PI))
    return handle


class Direction:
    """Packets under way from one device to the other."""

    def __init__(self, source: int, target: int, delay_s: float) -> None:
        """Carries from `source` to `target`, both file descriptors of TUN devices."""
        self.source = source
        self.target = target
        self.delay_s = delay_s
        self.held: deque[tuple[float, bytes]] = deque()

    def take(self) -> None:
        """Takes in all packets that wait at the source."""
        while True:
            try:
                packet = os.read(self.source, PACKET_BYTES)
            except BlockingIOError:
                return
            if len(self.held) < MOST_HELD:
                self.held.append((time.monotonic() + self.delay_s, packet))

    def give(self) -> float | None:
        """Hands over all packets that are due; returns the seconds until the next one, if any."""
        while self.held:
            wait_s = self.held[0][0] - time.monotonic()
            if wait_s > 0:
                return wait_s
            try:
                os.write(self.target, self.held.popleft()[1])
            except OSError:
                continue  # the device at the far end is down: the packet is lost
        return None


def relay(near: int, far: int, delay_s: float) -> None:
    """Carries packets both ways until standard input closes."""
    ways = (Direction(near, far, delay_s), Direction(far, near, delay_s))
    stop = sys.stdin.fileno()
    while True:
        waits = [wait_s for way in ways if (wait_s := way.give()) is not None]
        # select, because epoll rounds to whole milliseconds
        readable, _, _ = select.select([near, far, stop], [], [], min(waits) if waits else None)
        if stop in readable:
            return
        for way in ways:
            if way.source in readable:
                way.take()


def main() -> None:
    """Reads the command line, makes the devices and relays."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("near", help="namespace of the near device")
    parser.add_argument("far", help="namespace of the far device")
    parser.add_argument("--device", default="delayed", help="name of the device in both namespaces")
    parser.add_argument("--one-way-ms", type=float, required=True)
    arguments = parser.parse_args()
    with contextlib.suppress(PermissionError):
        # Before the load too: a busy machine must not add a delay of its own.
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(2))
    near, far = tun(arguments.near, arguments.device), tun(arguments.far, arguments.device)
    print("ready", flush=True)
    relay(near, far, arguments.one_way_ms / 1_000)


if __name__ == "__main__":
    main()
