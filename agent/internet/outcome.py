"""What a test towards the public internet came to: what the child process says to the one that started it."""

from __future__ import annotations

import msgspec


class InternetOutcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """Either `code` and `detail` of a failure, or what was measured. `rtt_ms` is None if no round trip was answered.

    `retry_after_s` is what a server asked for that refused.
    """

    code: str | None = None
    detail: str = ""
    retry_after_s: float | None = None
    down_mbit_s: float = 0.0
    up_mbit_s: float = 0.0
    down_bytes: int = 0
    up_bytes: int = 0
    rtt_ms: float | None = None
    server_host: str = ""


class Orders(msgspec.Struct, frozen=True):
    """What the child is told: its bounds, and the server if not one that speedtest.net lists."""

    max_seconds: float
    max_memory_mib: int
    server_url: str | None = None
