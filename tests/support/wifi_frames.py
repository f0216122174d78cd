"""Wi-Fi frames crafted with scapy, and capture files that hold them."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

from scapy.layers.dot11 import Dot11, Dot11Beacon, Dot11FCS, Dot11ProbeResp, RadioTap

RADIOTAP = 127
CAPTURED_AT_S = 1_790_000_000
MINIMAL_BEACON_BYTES = 51


def element(number: int, content: bytes) -> bytes:
    """One information element."""
    return bytes([number, len(content)]) + content


def load(stations: int, utilisation: int) -> bytes:
    """The QBSS Load element; `utilisation` is of 255."""
    return element(11, struct.pack("<HBH", stations, utilisation, 0))


def announcement(
    ssid: bytes,
    bssid: str,
    *,
    signal_dbm: int = -60,
    frequency_mhz: int = 2437,
    channel: int | None = 6,
    more: bytes = b"",
    kind: type[Dot11Beacon | Dot11ProbeResp] = Dot11Beacon,
    flags: int = 0,
) -> bytes:
    """A beacon or a probe response with a radiotap header; flags 0x10 adds a checksum, 0x40 says it is wrong."""
    header = RadioTap(
        present="Flags+Channel+dBm_AntSignal",
        Flags=flags,
        ChannelFrequency=frequency_mhz,
        ChannelFlags=0xA0 if frequency_mhz < 5_000 else 0x140,
        dBm_AntSignal=signal_dbm,
    )
    named = element(0, ssid) + (element(3, bytes([channel])) if channel is not None else b"") + more
    outer = Dot11FCS if flags & 0x10 else Dot11
    subtype = 8 if kind is Dot11Beacon else 5
    return bytes(
        header / outer(type=0, subtype=subtype, addr1="ff:ff:ff:ff:ff:ff", addr2=bssid, addr3=bssid) / kind() / named
    )


def data_frame(length: int = 400) -> bytes:
    """A frame of somebody's traffic, which no survey looks into."""
    return bytes(RadioTap(present="dBm_AntSignal", dBm_AntSignal=-50) / Dot11(type=2, subtype=8)) + b"x" * length


def pcap(frames: Iterable[bytes], *, order: str = "<", nanoseconds: bool = False, link_type: int = RADIOTAP) -> bytes:
    """A pcap file with one frame a second."""
    magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
    head = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 262_144, link_type)
    return head + b"".join(
        struct.pack(f"{order}IIII", CAPTURED_AT_S + number, 0, len(frame), len(frame)) + frame
        for number, frame in enumerate(frames)
    )


def _block(order: str, kind: int, body: bytes) -> bytes:
    padded = body + b"\0" * (-len(body) % 4)
    length = struct.pack(f"{order}I", len(padded) + 12)
    return struct.pack(f"{order}I", kind) + length + padded + length


def pcapng(frames: Iterable[bytes], *, order: str = "<", resolution: int = 9, link_type: int = RADIOTAP) -> bytes:
    """A pcapng file with one frame a second, times in 10^-resolution s, and a block of a kind that nobody knows."""
    section = _block(order, 0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1))
    options = struct.pack(f"{order}HHB3xHH", 9, 1, resolution, 0, 0)
    interface = _block(order, 1, struct.pack(f"{order}HHI", link_type, 0, 262_144) + options)
    blocks = [section, interface, _block(order, 0xBAD, b"what is this")]
    for number, frame in enumerate(frames):
        ticks = (CAPTURED_AT_S + number) * 10**resolution
        head = struct.pack(f"{order}IIIII", 0, ticks >> 32, ticks & 0xFFFF_FFFF, len(frame), len(frame))
        blocks.append(_block(order, 6, head + frame))
    return b"".join(blocks)


def written(folder: Path, content: bytes, name: str = "room.pcap") -> Path:
    """The content as a file."""
    file = folder / name
    file.write_bytes(content)
    return file
