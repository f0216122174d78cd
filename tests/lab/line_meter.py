"""Reads, a hundred times a second, what the line has carried: the counters of its two shapers, and what got past them.

Enters the namespaces `router` and `line` and writes one line of text per look: the moment by the monotonic clock, bytes
on the wire down and up, and packets that came into the line from the school and left it towards the internet. Writes
`ready` first; ends, after a last look, when its standard input closes.

It speaks netlink itself: a library that decodes all that the kernel says of a queue takes a tenth of a core for that,
beside the very load whose rate is asked for.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import socket
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CLONE_NEWNET = 0x40000000
EVERY_S = 0.01
LOOK_S, MOST_LOOKS = 0.003, 10
"""So long a look takes at most, or it is taken again: nobody would know when in that time it was counted. Even who goes
before the load has to let others in for some milliseconds of each second.
"""
DONE, RTM_GETQDISC = 3, 38
DUMP_REQUEST = 0x301
KIND, STATISTICS = 1, 3
HEAD_BYTES, QUEUE_HEAD_BYTES = 16, 20
ANSWER_BYTES = 65_536


class Shaper:
    """The one tbf of a namespace, asked over a socket that stays in it."""

    def __init__(self, namespace: str) -> None:
        enter(namespace)
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self._request = struct.pack("=IHHII20x", HEAD_BYTES + QUEUE_HEAD_BYTES, RTM_GETQDISC, DUMP_REQUEST, 1, 0)

    def carried_bytes(self) -> int:
        """Bytes on the wire that it has let through, each frame of a bundle with its own head."""
        self._socket.send(self._request)
        carried: int | None = None
        while True:
            answer = self._socket.recv(ANSWER_BYTES)
            for kind, body in messages(answer):
                if kind == DONE:
                    assert carried is not None, "there is no shaper here"
                    return carried
                told = attributes(body[QUEUE_HEAD_BYTES:])
                if told[KIND] == b"tbf\0":
                    carried = int.from_bytes(told[STATISTICS][:8], sys.byteorder)


def messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The messages in what the kernel answered: kind and body."""
    at = 0
    while at < len(data):
        size, kind = struct.unpack_from("=IH", data, at)
        yield kind, data[at + HEAD_BYTES : at + size]
        at += size + 3 & ~3


class Passed(NamedTuple):
    """Packets since the box was made."""

    came: int
    went: int


class LineDevices:
    """The two devices of the line, by the kernel's table of the namespace that it was opened in."""

    def __init__(self, namespace: str) -> None:
        enter(namespace)
        self._table = Path("/proc/thread-self/net/dev").open()  # noqa: SIM115  read until the program ends

    def upwards(self) -> Passed:
        """What came from the school, and what of it went on."""
        self._table.seek(0)
        rows = {name.strip(): numbers.split() for name, _, numbers in (row.partition(":") for row in self._table)}
        return Passed(int(rows["school"][1]), int(rows["far"][9]))


def attributes(data: bytes) -> dict[int, bytes]:
    """What a netlink message holds, by kind."""
    found, at = {}, 0
    while at < len(data):
        size, kind = struct.unpack_from("=HH", data, at)
        found[kind] = data[at + 4 : at + size]
        at += size + 3 & ~3
    return found


def enter(namespace: str) -> None:
    """Moves this thread into the network namespace of that name."""
    with (Path("/run/netns") / namespace).open() as handle:
        if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"cannot enter {namespace}")


def main() -> None:
    """`line_meter.py ROUTER LINE`."""
    with contextlib.suppress(PermissionError):
        # Before the load too: a look must not come late.
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(2))
    up, down, devices = Shaper(sys.argv[1]), Shaper(sys.argv[2]), LineDevices(sys.argv[2])
    print("ready", flush=True)
    over = False
    while not over:
        for _ in range(MOST_LOOKS):
            began_s, passed = time.monotonic(), devices.upwards()
            counted = down.carried_bytes(), up.carried_bytes()
            if (ended_s := time.monotonic()) - began_s < LOOK_S:
                break
        print((began_s + ended_s) / 2, *counted, *passed, file=sys.stderr, flush=True)
        over = bool(select.select([sys.stdin], [], [], EVERY_S)[0])


if __name__ == "__main__":
    main()
