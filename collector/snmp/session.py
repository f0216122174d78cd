"""How the rest asks a device by SNMP: one small door, whatever library is behind it.

No question raises for what a device does: an answer holds what was read and, if that is not all, the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Oid = tuple[int, ...]
Value = int | bytes | Oid
"""A number (counters and gauges too), a string of bytes (IPv4 addresses too: four bytes), or an object identifier."""

SnmpProblem = Literal["timeout", "unreachable", "auth", "no_such", "truncated", "disordered", "refused"]
"""Why an answer is not whole: no reply in time; no way to the host; keys or user not accepted (by v2c a wrong
community is silence, so `timeout`); nothing there; more rows than asked for at most; rows that go backwards, which
would never end; any other refusal.
"""


def oid(dotted: str) -> Oid:
    """`1.3.6.1` as numbers."""
    return tuple(map(int, dotted.split(".")))


def dotted(name: Oid) -> str:
    """Numbers as `1.3.6.1`."""
    return ".".join(map(str, name))


@dataclass(frozen=True)
class SnmpAnswer:
    """What was read, by full object identifier in the device's order; `problem` unless it is all there is."""

    values: dict[Oid, Value]
    problem: SnmpProblem | None = None


@dataclass(frozen=True)
class Community:
    """What opens a device by v2c. The secret shows in no representation."""

    name: str = field(repr=False)


@dataclass(frozen=True)
class User:
    """What opens a device by v3 with authentication (SHA-256) and privacy (AES-128). Secrets show nowhere."""

    name: str
    auth_password: str = field(repr=False)
    priv_password: str = field(repr=False)


Credentials = Community | User


@dataclass(frozen=True)
class Target:
    """A device to ask. Each request waits `timeout_s` and is sent again `retries` times."""

    address: str
    credentials: Credentials
    port: int = 161
    timeout_s: float = 2.0
    retries: int = 1


@dataclass(frozen=True)
class WalkLimits:
    """Bounds of one walk: rows per request, rows in all, and seconds in all."""

    bulk_rows: int = 50
    most_rows: int = 20_000
    deadline_s: float = 60.0


DEFAULT_LIMITS = WalkLimits()


class Session(Protocol):
    """Questions to one device, one at a time."""

    async def get(self, names: Sequence[Oid]) -> SnmpAnswer:
        """The values of single objects; `no_such` if any of them is not there."""
        ...

    async def walk(self, root: Oid, limits: WalkLimits = DEFAULT_LIMITS) -> SnmpAnswer:
        """All objects below `root`; what was read before a problem is kept."""
        ...


class Sessions(Protocol):
    """Opens sessions; shares what is dear to make. Lives in one event loop and is closed at the end."""

    def open(self, target: Target) -> Session:
        """A session with a device. Nothing is sent yet."""
        ...

    def close(self) -> None:
        """Gives sockets back; sessions opened here are of no use afterwards."""
        ...
