"""What an access point announces in one frame: whose it is, how strong it arrives, how busy it says it is.

scapy dissects some 1 500 frames a second, so a glance at the frame's kind decides whether it is asked at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_BEACON, _PROBE_RESPONSE = 0x80, 0x50
_RADIOTAP_MIN = 8
_SSID, _DSSS, _LOAD, _HT_OPERATION = 0, 3, 11, 61
LOAD_BYTES = 5
_SSID_MAX_BYTES = 32
SIGNALS_DBM = range(-120, 0)
"""A driver that does not know the signal says 0."""


class MalformedFrameError(Exception):
    """The frame is damaged, or shorter than it says."""


class Announcement(NamedTuple):
    """A beacon or a probe response. None is what it does not say; `utilisation` is 0-255 of 255."""

    bssid: str
    ssid: bytes
    signal_dbm: int | None
    frequency_mhz: int | None
    channel: int | None
    stations: int | None
    utilisation: int | None


def announces(content: bytes) -> bool:
    """Whether a frame with a radiotap header is a beacon or a probe response. Raises MalformedFrameError."""
    if len(content) < _RADIOTAP_MIN or content[0] != 0:
        raise MalformedFrameError
    header_bytes = int.from_bytes(content[2:4], "little")
    if not _RADIOTAP_MIN <= header_bytes < len(content):
        raise MalformedFrameError
    return content[header_bytes] in {_BEACON, _PROBE_RESPONSE}


def dissected(content: bytes) -> Announcement:
    """What the frame announces; it must be one that `announces`. Raises MalformedFrameError."""
    from scapy.layers.dot11 import Dot11, Dot11Beacon, Dot11ProbeResp, RadioTap  # noqa: PLC0415  slow and large, and an extra that may be missing

    try:
        frame = RadioTap(content)
    except Exception as error:  # the air holds anything, and scapy raises whatever its fields run into
        raise MalformedFrameError from error
    flags = frame.Flags
    if not frame.haslayer(Dot11) or (flags is not None and "badFCS" in str(flags)):
        raise MalformedFrameError
    announced = frame.getlayer(Dot11Beacon) or frame.getlayer(Dot11ProbeResp)
    if announced is None:
        raise MalformedFrameError
    found = _first_of_each(announced.payload.original)
    load = found.get(_LOAD, b"")
    says_load = len(load) == LOAD_BYTES
    return Announcement(
        bssid=str(frame[Dot11].addr3),
        ssid=found[_SSID],
        signal_dbm=frame.dBm_AntSignal if frame.dBm_AntSignal in SIGNALS_DBM else None,
        frequency_mhz=frame.ChannelFrequency or None,
        channel=_channel(found),
        stations=int.from_bytes(load[:2], "little") if says_load else None,
        utilisation=load[2] if says_load else None,
    )


def elements(content: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Number, first byte and end of each information element's body, by the lengths they state.

    Scapy gives some elements a fixed shape, and lets one that is shorter swallow the elements after it.
    Raises MalformedFrameError where one is longer than what is left.
    """
    while at < end:
        if at + 2 > end or at + 2 + content[at + 1] > end:
            raise MalformedFrameError
        body = at + 2
        at = body + content[at + 1]
        yield content[body - 2], body, at


def _first_of_each(sent: bytes) -> dict[int, bytes]:
    """The first element of each number, as the bytes that came."""
    found: dict[int, bytes] = {}
    for number, body, end in elements(sent, 0, len(sent)):
        found.setdefault(number, sent[body:end])
    if len(found.get(_SSID, b"-" * 99)) > _SSID_MAX_BYTES:
        raise MalformedFrameError  # no network's name, which every announcement has
    return found


def _channel(found: dict[int, bytes]) -> int | None:
    """The primary channel as the access point itself says: it may have been heard on the channel beside."""
    for number in (_DSSS, _HT_OPERATION):
        if found.get(number):
            return found[number][0]
    return None
