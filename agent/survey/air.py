"""Listens to the air itself: the frames that a network card in monitor mode hands over, for so many seconds.

Linux only, and root: a packet socket is what the kernel has for this. Nothing is sent and nothing is changed; the card
stays on the channel that it is on.
"""

from __future__ import annotations

import errno
import signal
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NamedTuple

from agent.i18n.errors import BAD_INPUT, AgentError
from agent.survey.capture import FRAME_MAX_BYTES, LINK_RADIOTAP, CapturedFrame

_MONITORED = 803
"""ARPHRD_IEEE80211_RADIOTAP: frames come with a header that says how they were received."""

_HARDWARE_ADDRESS = 0x8927
"""SIOCGIFHWADDR: the kernel answers with the kind of link and its address."""

_NAME_BYTES = 16
_EVERY_PROTOCOL = 3
_SOL_PACKET, _PACKET_STATISTICS = 263, 6
_PATIENCE_S = 0.25
_RECEIVE_BUFFER_BYTES = 8_388_608
_DOWN = (errno.ENETDOWN, errno.ENXIO, errno.ENODEV)


class Listening(NamedTuple):
    """A card that is being listened to. `frames` ends after the time, or when `stop` was called; `lost` is how many
    frames the kernel could not hand over so far.
    """

    frames: Callable[[], Iterator[CapturedFrame]]
    stop: Callable[[], None]
    lost: Callable[[], int]


@contextmanager
def listening(interface: str, seconds: float, now_s: Callable[[], float]) -> Iterator[Listening]:
    """Opens the card; `now_s` tells the time, in seconds since 1970. Raises AgentError where that cannot be."""
    _check(interface)
    opened = _opened(interface)
    stopped: list[bool] = []
    with opened:
        yield Listening(
            frames=lambda: _frames(opened, interface, now_s() + seconds, now_s, stopped),
            stop=lambda: stopped.append(True),
            lost=lambda: _lost(opened),
        )


@contextmanager
def until_ctrl_c(stop: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C ends the listening and not the program: what was heard until then is kept."""

    def heard(_signal: int, _frame: FrameType | None) -> None:
        stop()

    before = signal.signal(signal.SIGINT, heard)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _check(interface: str) -> None:
    if sys.platform != "linux":
        raise AgentError("survey_live_only_linux", exit_code=BAD_INPUT)
    known = sorted(name for _, name in socket.if_nameindex())
    if interface not in known:
        raise AgentError("survey_live_no_interface", exit_code=BAD_INPUT, interface=interface, known=", ".join(known))
    if link_type(interface) != _MONITORED:
        raise AgentError("survey_live_no_monitor", exit_code=BAD_INPUT, interface=interface)


def link_type(interface: str) -> int:
    """What kind of link the kernel says that it is, as in `net/if_arp.h`. Raises OSError."""
    import fcntl  # noqa: PLC0415  Windows has none

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        answer = fcntl.ioctl(asking, _HARDWARE_ADDRESS, struct.pack(f"{_NAME_BYTES}s24x", interface.encode()))
    (kind,) = struct.unpack_from("H", answer, _NAME_BYTES)
    return int(kind)


def _opened(interface: str) -> socket.socket:
    try:
        opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_EVERY_PROTOCOL))
    except PermissionError as error:
        raise AgentError("survey_live_no_root", exit_code=BAD_INPUT, interface=interface) from error
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
        opened.bind((interface, 0))
        opened.settimeout(_PATIENCE_S)
    except OSError as error:
        opened.close()
        raise _failed(interface, error) from error
    return opened


def _frames(
    opened: socket.socket, interface: str, ends_s: float, now_s: Callable[[], float], stopped: list[bool]
) -> Iterator[CapturedFrame]:
    while not stopped and (at_s := now_s()) < ends_s:
        try:
            content = opened.recv(FRAME_MAX_BYTES)
        except TimeoutError:
            continue
        except OSError as error:
            raise _failed(interface, error) from error
        yield CapturedFrame(at_s, LINK_RADIOTAP, content)


def _lost(opened: socket.socket) -> int:
    """The kernel counts what did not fit in the buffer, since it was asked last."""
    _, lost = struct.unpack("II", opened.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8))
    return int(lost)


def _failed(interface: str, error: OSError) -> AgentError:
    code = "survey_live_down" if error.errno in _DOWN else "survey_live_failed"
    return AgentError(code, exit_code=BAD_INPUT, interface=interface, reason=str(error))
