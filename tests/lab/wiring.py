"""Cables, addresses and the shape of the line: how the namespaces of a box hang together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tests.lab.namespaces import Namespace, host

LAN = "10.77.0"
ROUTER_ADDRESS = f"{LAN}.1"
ROUTER_OUTSIDE = "10.77.4.1"
LINE_NEAR = "10.77.4.2"
LINE_FAR = "10.77.5.1"
INTERNET_NEAR = "10.77.5.2"
INTERNET_ADDRESS = "10.77.8.1"
FAR = "far"
"""The name of both ends of what joins line and internet."""

FRAME_BYTES = 1_514
"""A full Ethernet frame as the shaper counts it."""
PAYLOAD_BYTES = 1_448
"""What TCP with timestamps carries in it."""
LEAST_BURST_BYTES = 6_000
NEIGHBOUR_AGAIN_MS = 250
"""So often a client asks who has an address, instead of once a second: who is gone is known to be so soon."""


def goodput_mbit_s(rate_mbit_s: float) -> float:
    """The most that TCP can carry on a line of that rate."""
    return rate_mbit_s * PAYLOAD_BYTES / FRAME_BYTES


class Shape(NamedTuple):
    """What the line lets through: Mbit/s on the wire, the share of packets lost each way, the length of its buffer."""

    down_mbit_s: float
    up_mbit_s: float
    loss: float
    queue_ms: float


def connect_lan(router: Namespace, clients: Sequence[Namespace], congestion: str) -> None:
    """A bridge in the router, and a cable to each client."""
    _ip(router, "link add name lan type bridge", f"addr add {ROUTER_ADDRESS}/24 dev lan", "link set dev lan up")
    for number, client in enumerate(clients):
        cable(client, "eth0", router, f"port{number}")
        _ip(router, f"link set dev port{number} master lan up")
        _ip(
            client,
            f"addr add {client.address}/24 dev eth0",
            "link set dev eth0 up",
            f"ntable change name arp_cache dev eth0 retrans {NEIGHBOUR_AGAIN_MS}",
            f"route add default via {ROUTER_ADDRESS} congctl {congestion}",
        )


def connect_line(router: Namespace, line: Namespace, internet: Namespace, congestion: str) -> None:
    """A cable from the router to the line, addresses and routes; what joins line and internet is there already."""
    cable(router, "wan", line, "school")
    _ip(
        line,
        f"addr add {LINE_NEAR}/30 dev school",
        f"addr add {LINE_FAR}/30 dev {FAR}",
        "link set dev school up",
        f"link set dev {FAR} txqueuelen 10000 up",
        f"route add {LAN}.0/24 via {ROUTER_OUTSIDE}",
        f"route add default via {INTERNET_NEAR}",
    )
    _ip(
        internet,
        f"addr add {INTERNET_ADDRESS}/32 dev lo",
        f"addr add {INTERNET_NEAR}/30 dev {FAR}",
        f"link set dev {FAR} txqueuelen 10000 up",
        f"route add default via {LINE_FAR} src {INTERNET_ADDRESS} congctl {congestion}",
    )
    _ip(
        router,
        f"addr add {ROUTER_OUTSIDE}/30 dev wan",
        "link set dev wan up",
        f"route add default via {LINE_NEAR}",
    )


def shape(line: Namespace, router: Namespace, clients: Sequence[Namespace], internet: Namespace, to: Shape) -> None:
    """The router's end shapes what goes up, the provider's end what comes down; the line itself loses packets."""
    _limit(router, "wan", to.up_mbit_s, to.queue_ms)
    _limit(line, "school", to.down_mbit_s, to.queue_ms)
    up, down = (1 if to.loss else _bundle_frames(rate) for rate in (to.up_mbit_s, to.down_mbit_s))
    for namespace, device, frames in [
        *((client, "eth0", up) for client in clients),
        (router, "wan", up),
        (internet, FAR, down),
        (line, "school", down),
    ]:
        _ip(namespace, f"link set dev {device} gso_max_segs {frames}")
    if to.loss:
        rule = f"numgen random mod 1000000 < {round(to.loss * 1_000_000)} drop"
        chain = f"chain lossy {{\n type filter hook forward priority filter;\n {rule}\n}}"
        line.run(["nft", "-f", "-"], text=f"table ip line {{\n{chain}\n}}\n")


def cable(one: Namespace, one_end: str, other: Namespace, other_end: str) -> None:
    """A veth pair between two namespaces; its ends never exist outside them."""
    ends = ("name", one_end, "netns", one.name, "type", "veth", "peer", "name", other_end, "netns", other.name)
    host(["ip", "link", "add", *ends])


def _limit(namespace: Namespace, device: str, rate_mbit_s: float, queue_ms: float) -> None:
    """What leaves by that device: at most two milliseconds of the line at once, the rest waits."""
    burst_bytes = max(LEAST_BURST_BYTES, int(rate_mbit_s * 250))
    limits = ("rate", f"{int(rate_mbit_s * 1e6)}bit", "burst", str(burst_bytes), "latency", f"{queue_ms}ms")
    host(["tc", "-n", namespace.name, "qdisc", "replace", "dev", device, "root", "tbf", *limits])


def _bundle_frames(rate_mbit_s: float) -> int:
    """How many frames a sender may hand over as one: at most one millisecond of the line."""
    return max(1, int(rate_mbit_s * 125 / FRAME_BYTES))


def _ip(namespace: Namespace, *commands: str) -> None:
    host(["ip", "-n", namespace.name, "-batch", "-"], text="\n".join(commands) + "\n")
