"""How much the line carries, in both directions: several connections at once, counted where the bytes arrive.

Down is counted here, up by the measurement point: a sender's own count would include what still sits in buffers. A
run that failed on any connection, or was too short, is a failed result with a code, never a number.
"""

from __future__ import annotations

import http.client
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise
from typing import NamedTuple

import msgspec

from agent.measurement_point import MeasurementPoint, refusal
from agent.probe import FactSpec, Probe, ProbeFailureError, Reading, Task
from agent.rate import Lane, TooShortError, rate_mbit_s
from agent.system import System
from agent.threads import DeadlinePassedError, Pending, all_results
from agent.wire import ThroughputLimits, UploadCount

CHUNK_BYTES = 65_536
MARK_S = 0.01
"""Arrivals closer together than this share a mark."""

ANSWER_TIMEOUT_S = 10.0
"""For connecting, for the first byte, and for the receiver's count after an upload."""

_UNSENT_BYTES_MAX = 262_144


class Direction(NamedTuple):
    """What one direction came to."""

    mbit_s: float
    bytes: int


def read(system: System, task: Task) -> Reading:
    """Downloads, then uploads, each within `task.throughput`. Raises ProbeFailureError."""
    point = MeasurementPoint(system, task)
    limits = task.throughput
    down = _measured("down", system, point, limits, _download)
    up = _measured("up", system, point, limits, _upload)
    return Reading(
        {
            "down_mbit_s": round(down.mbit_s, 3),
            "up_mbit_s": round(up.mbit_s, 3),
            "down_bytes": down.bytes,
            "up_bytes": up.bytes,
            "connections_count": limits.connections,
        }
    )


class _Allowance:
    """Bytes that all connections of a run may carry together. One allowance, so that they end at the same moment:
    with a share each, a fast line would give the connections their shares one after the other.
    """

    def __init__(self, bytes_max: int) -> None:
        self.left = bytes_max
        self._lock = threading.Lock()

    def reserve(self, most: int) -> int:
        """Takes up to `most` bytes out of the allowance and says how many; 0 when it is used up."""
        with self._lock:
            taken = min(most, self.left)
            self.left -= taken
            return taken

    def give_back(self, unused: int) -> None:
        """What was reserved and not carried."""
        with self._lock:
            self.left += unused


class _Run(NamedTuple):
    """What one connection needs to know: when to stop, how much all may carry, and when all others are ready."""

    system: System
    point: MeasurementPoint
    seconds: float
    allowance: _Allowance
    all_ready: threading.Barrier


_OneWay = Callable[[_Run, http.client.HTTPConnection], Lane]


def _measured(
    direction: str, system: System, point: MeasurementPoint, limits: ThroughputLimits, one_way: _OneWay
) -> Direction:
    barrier = threading.Barrier(limits.connections)
    run = _Run(system, point, limits.max_seconds, _Allowance(limits.max_bytes), barrier)
    pending = [Pending(lambda: _connected(run, one_way), f"{direction} {n}") for n in range(limits.connections)]
    try:
        lanes = all_results(pending, limits.max_seconds + 3 * ANSWER_TIMEOUT_S)
        return Direction(rate_mbit_s(lanes), sum(lane.marks[-1][1] for lane in lanes))
    except TooShortError as error:
        raise ProbeFailureError(f"{direction}_too_short", str(error)) from error
    except DeadlinePassedError as error:
        raise ProbeFailureError(f"{direction}_stalled", f"connection {error} did not come to an end") from error
    except (OSError, http.client.HTTPException, threading.BrokenBarrierError) as error:
        raise ProbeFailureError(f"{direction}_failed", f"{type(error).__name__}: {error}") from error


def _connected(run: _Run, one_way: _OneWay) -> Lane:
    """One connection from start to end. It lets the others go on when it fails before all are ready."""
    try:
        with closing(run.point.connection(ANSWER_TIMEOUT_S)) as connection:
            return one_way(run, connection)
    finally:
        run.all_ready.abort()


# --- down


def _download(run: _Run, connection: http.client.HTTPConnection) -> Lane:
    """Asks for bytes until time or allowance is used up; again and again if the measurement point gives less."""
    answer = _asked(run, connection)
    run.all_ready.wait(ANSWER_TIMEOUT_S)
    start_s = run.system.monotonic_s()
    until_s = start_s + run.seconds
    marks: list[tuple[float, int]] = []
    total = 0
    while True:
        before = total
        for now_s, count in _arrivals(run, connection, answer, until_s):
            total += count
            if not marks or now_s - marks[-1][0] >= MARK_S:
                marks.append((now_s, total))
            else:
                marks[-1] = (marks[-1][0], total)
        if total == before or run.allowance.left == 0 or run.system.monotonic_s() >= until_s:
            break
        answer = _asked(run, connection)
    if not marks:
        raise ProbeFailureError("down_no_data", "the measurement point sent no data")
    return Lane(start_s, min(run.system.monotonic_s(), until_s), marks)


def _asked(run: _Run, connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
    """An answer whose body is about to come."""
    connection.request("GET", f"{run.point.path('down')}?bytes={run.allowance.left}", headers=run.point.headers)
    answer = connection.getresponse()
    if answer.status != 200:
        raise refusal(answer, "down")
    return answer


def _arrivals(
    run: _Run, connection: http.client.HTTPConnection, answer: http.client.HTTPResponse, until_s: float
) -> Iterator[tuple[float, int]]:
    """When how many bytes arrived. Ends in time, also when nothing arrives any more: a line that stalls is slow."""
    announced = answer.length
    received = 0
    while (left_s := until_s - run.system.monotonic_s()) > 0 and (room := run.allowance.reserve(CHUNK_BYTES)):
        if connection.sock is not None:
            connection.sock.settimeout(left_s)
        chunk = b""
        try:
            chunk = answer.read1(room)
        except TimeoutError:
            return
        finally:
            run.allowance.give_back(room - len(chunk))
        if not chunk:
            if announced is not None and received < announced:
                raise ProbeFailureError("down_ended_early", f"{received} of {announced} bytes arrived")
            answer.close()  # frees the connection for the next request
            return
        received += len(chunk)
        yield run.system.monotonic_s(), len(chunk)


# --- up


def _upload(run: _Run, connection: http.client.HTTPConnection) -> Lane:
    """Sends until time or allowance is used up, and asks the receiver what arrived when."""
    _keep_little_unsent(connection.sock)
    sent = [0]
    headers = {**run.point.headers, "Content-Type": "application/octet-stream", "Transfer-Encoding": "chunked"}
    connection.request("POST", run.point.path("up"), _chunks(run, sent), headers, encode_chunked=True)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise refusal(answer, "up")
    return counted_lane(body, sent[0])


def _keep_little_unsent(connection: socket.socket) -> None:
    """Lets the system take only a little more than it can send, so that the end comes in time on a thin line."""
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    if option is not None:
        connection.setsockopt(socket.IPPROTO_TCP, option, _UNSENT_BYTES_MAX)


def _chunks(run: _Run, sent: list[int]) -> Iterator[bytes]:
    chunk = os.urandom(CHUNK_BYTES)  # nothing on the way can compress it
    run.all_ready.wait(ANSWER_TIMEOUT_S)
    until_s = run.system.monotonic_s() + run.seconds
    while run.system.monotonic_s() < until_s and (room := run.allowance.reserve(CHUNK_BYTES)):
        sent[0] += room
        yield chunk[:room]


def counted_lane(body: bytes, sent_bytes: int) -> Lane:
    """The receiver's count as a lane. Raises ProbeFailureError if it can't be true."""
    try:
        count = msgspec.json.decode(body, type=UploadCount)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProbeFailureError("up_garbled_count", "the receiver's count can't be read") from error
    total = 0
    marks: list[tuple[float, int]] = []
    for piece in count.slices:
        total += piece.bytes
        marks.append((count.started_s + piece.until_s, total))
    in_order = all(earlier <= later for (earlier, _), (later, _) in pairwise([(count.started_s, 0), *marks]))
    none_negative = all(piece.bytes >= 0 for piece in count.slices)
    if not marks or not in_order or not none_negative or total != count.bytes or total > sent_bytes:
        detail = f"{count.bytes} bytes in slices of {total} after {sent_bytes} bytes were sent"
        raise ProbeFailureError("up_impossible_count", detail)
    return Lane(count.started_s, marks[-1][0], marks)


PROBE = Probe(
    name="throughput",
    version=1,
    read=read,
    fills_line=True,
    needs_policy=True,
    facts=(
        FactSpec("down_mbit_s", "float", "Mbit/s", "towards the device, by the device's count", 0, 1_000_000),
        FactSpec("up_mbit_s", "float", "Mbit/s", "from the device, by the measurement point's count", 0, 1_000_000),
        FactSpec("down_bytes", "int", "bytes", "data that the download cost", 0, 1_099_511_627_776),
        FactSpec("up_bytes", "int", "bytes", "data that the upload cost", 0, 1_099_511_627_776),
        FactSpec("connections_count", "int", "connections", "connections side by side", 1, 64),
    ),
)
