"""Round trips as the packets themselves made them: the truth that a measured one is held against.

The kernel stamps each packet as it leaves and as it comes, so that nothing is in it of how long a busy machine let a
program wait for its turn.
"""

from __future__ import annotations

import math
import signal
import socket
import struct
import time
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from tests.lab.namespaces import COMMAND_SECONDS, Namespace

if TYPE_CHECKING:
    from tests.lab.box import SchoolBox

HEAD_BYTES = 128
"""Of a packet this much is kept: all heads are in it, and what tells one request from another."""
PING, DOWN = b"GET /measure/v1/ping", b"GET /measure/v1/down"
BUFFER_MIB = 16
FILE_HEAD_BYTES, RECORD_HEAD = 24, struct.Struct("=IIII")
ETHERNET_BYTES = 14
ECHO_REQUEST, ECHO_REPLY = 8, 0
SYN = 0x02


class Packet(NamedTuple):
    """What of a packet tells one round trip from another. `ends`: addresses and ports (of an echo: its number) of who
    sent it and who is to have it; `kind` is a message's type, or the flags of a segment; `begins`: what it carries.
    """

    at_s: float
    protocol: int
    ends: tuple[tuple[str, int], tuple[str, int]]
    kind: int
    payload_bytes: int
    begins: bytes

    def answered_by(self, other: Packet) -> bool:
        """Whether the other one goes the same way back."""
        return self.protocol == other.protocol and other.ends == self.ends[::-1]


class Capture:
    """Notes what crosses a client's card, from `with` to the end of the block; `wanted` is a filter of libpcap.

    With `most` it ends by itself after so many packets: before a load of thousands begins.
    """

    def __init__(
        self, box: SchoolBox, wanted: str = "icmp or tcp", *, client: int = 0, most: int | None = None
    ) -> None:
        """Nothing runs before the block is entered."""
        self._box = box
        self._client: Namespace = box.clients[client]
        self._wanted = wanted
        self._most = most
        self._file = box.folder / f"capture-{self._client.role}-{time.monotonic_ns()}.pcap"
        self.packets: list[Packet] = []

    def __enter__(self) -> Self:
        """Begins."""
        command: list[str | Path] = ["dumpcap", "-q", "-P", "-i", "eth0", "-s", str(HEAD_BYTES), "-B", str(BUFFER_MIB)]
        command += ["-f", self._wanted, "-w", self._file, *(["-c", str(self._most)] if self._most else [])]
        self._program = self._box.popen(self._client, command)
        deadline_s = time.monotonic() + COMMAND_SECONDS
        while not self._file.exists() or self._file.stat().st_size < FILE_HEAD_BYTES:
            assert self._program.poll() is None, "dumpcap ended"
            assert time.monotonic() < deadline_s, "dumpcap does not begin"
            time.sleep(0.01)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends, with all that came until now."""
        self._program.send_signal(signal.SIGINT)
        self._program.wait(timeout=COMMAND_SECONDS)
        self.packets = packets(self._file.read_bytes())

    def echoes_ms(self, address: str) -> list[float]:
        """From each echo request to that address until its reply."""
        asked = [one for one in self.packets if (one.protocol, one.kind) == (socket.IPPROTO_ICMP, ECHO_REQUEST)]
        return self._answers_ms([one for one in asked if one.ends[1][0] == address])

    def opened_ms(self, address: str) -> list[float]:
        """From the first segment of each connection to that address until what came back, a yes or a no."""
        return self._answers_ms([one for one in self._sent(address) if one.kind == SYN])

    def answered_ms(self, address: str, asking: bytes = PING, before: bytes = DOWN) -> list[float]:
        """From each segment to that address with such a request until the first that answers: of those that were sent
        before the first of another kind, while the line was idle.
        """
        sent = self._sent(address)
        until_s = next((one.at_s for one in sent if one.begins.startswith(before)), math.inf)
        asked = [one for one in sent if one.begins.startswith(asking) and one.at_s < until_s]
        return self._answers_ms(asked, with_payload=True)

    def lasted_ms(self, address: str) -> list[float]:
        """From the first segment of each connection to that address until the last with contents that came back."""
        return [
            (max(back) - one.at_s) * 1000
            for one in self._sent(address)
            if one.kind == SYN
            and (back := [other.at_s for other in self.packets if other.payload_bytes and one.answered_by(other)])
        ]

    def _sent(self, address: str) -> list[Packet]:
        return [one for one in self.packets if one.protocol == socket.IPPROTO_TCP and one.ends[1][0] == address]

    def _answers_ms(self, asked: list[Packet], *, with_payload: bool = False) -> list[float]:
        found = []
        for one in asked:
            later = (
                other.at_s - one.at_s
                for other in self.packets
                if other.at_s >= one.at_s and one.answered_by(other) and (other.payload_bytes or not with_payload)
            )
            if (first_s := next(later, None)) is not None:
                found.append(first_s * 1000)
        assert found, f"nothing was answered: {self.packets[:20]}"
        return found


def typical(round_trips_ms: list[float]) -> float:
    """The median, which is what probes tell."""
    return median(round_trips_ms)


def packets(file: bytes) -> list[Packet]:
    """What is in a capture file of libpcap, of IPv4, in the order in which it came. The end may be cut off."""
    found, at = [], FILE_HEAD_BYTES
    while at + RECORD_HEAD.size <= len(file):
        seconds, microseconds, kept, _ = RECORD_HEAD.unpack_from(file, at)
        at += RECORD_HEAD.size
        frame = file[at + ETHERNET_BYTES : at + kept]
        if frame[:1] and frame[0] >> 4 == 4:
            found.append(packet(seconds + microseconds / 1e6, frame))
        at += kept
    return found


def packet(at_s: float, data: bytes) -> Packet:
    """An IPv4 packet, by its heads."""
    head_bytes, total = (data[0] & 15) * 4, int.from_bytes(data[2:4], "big")
    protocol, sender, target = data[9], socket.inet_ntoa(data[12:16]), socket.inet_ntoa(data[16:20])
    inner = data[head_bytes:]
    if protocol == socket.IPPROTO_ICMP:
        number = int.from_bytes(inner[4:8], "big")
        return Packet(at_s, protocol, ((sender, number), (target, number)), inner[0], 0, b"")
    ports = struct.unpack("!HH", inner[:4])
    contents_at = (inner[12] >> 4) * 4
    payload_bytes = total - head_bytes - contents_at
    ends = (sender, ports[0]), (target, ports[1])
    return Packet(at_s, protocol, ends, inner[13], payload_bytes, inner[contents_at:] if payload_bytes else b"")
