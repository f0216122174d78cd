"""`python -m tests.bench.virtual_pupils JOB`: many paced clients in one process, or one that goes as fast as it can.

A pupil has a connection of its own. Once a second, at a moment of its own, it fetches `down` and then sends `up`: to
the byte its rate. A second that has not ended when the next begins delays that one, as it would delay the pupil.
"""

from __future__ import annotations

import re
import select
import socket
import sys
import time
from contextlib import suppress

import msgspec

READ_BYTES = 1024 * 1024
CONNECT_S = 10.0
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


class Job(msgspec.Struct, frozen=True):
    """What to do: `down` and `up` are whole requests. Without `pupils`, one client repeats `down` if there is one,
    else `up` with a body of `up_bytes` that is not written out here.
    """

    port: int
    seconds: float
    down: str = ""
    up: str = ""
    down_bytes: int = 0
    up_bytes: int = 0
    pupils: int = 0


class Found(msgspec.Struct, frozen=True):
    """What the clients got. `worst_share` is of the pupil that got least, in its worse direction."""

    seconds: float
    cpu_s: float
    bytes: int = 0
    pupils: int = 0
    satisfied: int = 0
    worst_share: float = 0.0
    slowest_ms: float = 0.0


class Pupil:
    """One connection: asks, and reads the answer to its end."""

    def __init__(self, job: Job) -> None:
        self.socket = socket.create_connection(("127.0.0.1", job.port), timeout=CONNECT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.down_bytes = self.up_bytes = 0
        self.due = 0
        self.slowest_s = 0.0
        self._job = job
        self._requests = (job.down.encode(), job.up.encode() + b"x" * job.up_bytes)
        self._going = -1
        self._began_s = 0.0
        self._left = 0
        self._head = b""

    def tick(self, now_s: float) -> None:
        """A new second: begins at once, or as soon as the one before has ended."""
        self.due += 1
        if self._going < 0:
            self._begin(now_s)

    def _begin(self, now_s: float) -> None:
        self.due -= 1
        self._began_s = now_s
        self._ask(0)

    def _ask(self, going: int) -> None:
        self._going, self._left, self._head = going, -1, b""
        request = self._requests[going]
        if self.socket.send(request) != len(request):
            raise RuntimeError("a request did not fit into the socket's buffer")

    def read(self, room: memoryview) -> None:
        """Takes what has arrived; asks the next thing when an answer is whole."""
        size = self.socket.recv_into(room)
        if not size:
            raise RuntimeError("the server ended a connection")
        if self._left < 0:
            self._head += bytes(room[: min(size, 1_000)]) if not self._head else bytes(room[:size])
            head, end, _ = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 204")):
                raise RuntimeError(f"the server answered {head!r}")
            length = LENGTH.search(head)
            whole = len(head) + 4 + (int(length[1]) if length else 0)
            self._left = whole - size
        else:
            self._left -= size
        if self._left == 0:
            self._answered()

    def _answered(self) -> None:
        if self._going == 0:
            self.down_bytes += self._job.down_bytes
            self._ask(1)
            return
        self.up_bytes += self._job.up_bytes
        self._going = -1
        now_s = time.monotonic()
        self.slowest_s = max(self.slowest_s, now_s - self._began_s)
        if self.due:
            self._begin(now_s)

    def share(self, seconds: int) -> float:
        """Of what it should have got, in the worse direction."""
        return min(self.down_bytes / (seconds * self._job.down_bytes), self.up_bytes / (seconds * self._job.up_bytes))


def pupils(job: Job) -> Found:
    """All of them, for a whole number of seconds each."""
    seconds = int(job.seconds)
    everyone = [Pupil(job) for _ in range(job.pupils)]
    by_file = {pupil.socket.fileno(): pupil for pupil in everyone}
    poll = select.epoll()
    for pupil in everyone:
        pupil.socket.setblocking(False)
        poll.register(pupil.socket.fileno(), select.EPOLLIN)
    room = memoryview(bytearray(READ_BYTES))
    began_s, cpu_began_s, begun = time.monotonic(), time.process_time(), 0
    total = seconds * len(everyone)
    while (now_s := time.monotonic()) < began_s + seconds + 1:
        while begun < total and begun <= (now_s - began_s) * len(everyone):
            everyone[begun % len(everyone)].tick(now_s)
            begun += 1
        for file, _ in poll.poll(0.001, 512):
            by_file[file].read(room)
    shares = [pupil.share(seconds) for pupil in everyone]
    took_s, cpu_s = time.monotonic() - began_s, time.process_time() - cpu_began_s
    for pupil in everyone:
        pupil.socket.close()
    return Found(
        took_s,
        cpu_s,
        sum(pupil.down_bytes + pupil.up_bytes for pupil in everyone),
        len(everyone),
        sum(share >= 0.95 for share in shares),
        min(shares),
        1_000 * max(pupil.slowest_s for pupil in everyone),
    )


def one_down(job: Job) -> Found:
    """One connection that fetches again and again; what arrives is dropped by the kernel."""
    with socket.create_connection(("127.0.0.1", job.port), timeout=CONNECT_S) as connection:
        room, got, count = bytearray(READ_BYTES), 0, 0
        began_s, cpu_began_s = time.monotonic(), time.process_time()
        while time.monotonic() < began_s + job.seconds:
            connection.sendall(job.down.encode())
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(1)
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"the server answered {head!r}")
            got = 0
            while got < job.down_bytes:
                size = connection.recv_into(room, min(READ_BYTES, job.down_bytes - got), socket.MSG_TRUNC)
                if not size:
                    raise RuntimeError("the server ended the connection")
                got += size
            count += got
        return Found(time.monotonic() - began_s, time.process_time() - cpu_began_s, count)


def one_up(job: Job) -> Found:
    """One connection that sends again and again, and waits for each answer."""
    with socket.create_connection(("127.0.0.1", job.port), timeout=CONNECT_S) as connection:
        piece, count = memoryview(bytes(READ_BYTES)), 0
        began_s, cpu_began_s = time.monotonic(), time.process_time()
        while time.monotonic() < began_s + job.seconds:
            connection.sendall(job.up.encode())
            for start in range(0, job.up_bytes, READ_BYTES):
                connection.sendall(piece[: min(READ_BYTES, job.up_bytes - start)])
            answer = b""
            with suppress(TimeoutError):
                while (whole := _whole(answer)) < 0 or len(answer) < whole:
                    answer += connection.recv(65_536)
            if not answer.startswith(b"HTTP/1.1 20"):
                raise RuntimeError(f"the server answered {answer!r}")
            count += job.up_bytes
        return Found(time.monotonic() - began_s, time.process_time() - cpu_began_s, count)


def _whole(answer: bytes) -> int:
    head, end, _ = answer.partition(b"\r\n\r\n")
    length = LENGTH.search(head)
    return len(head) + 4 + (int(length[1]) if length else 0) if end else -1


def main() -> None:
    """Does one job and prints what it found."""
    job = msgspec.json.decode(sys.argv[1], type=Job)
    found = pupils(job) if job.pupils else one_down(job) if job.down else one_up(job)
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main()
