"""What a requirement, and a whole sitting, comes to."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Unknown is never green."""

    READY = "ready"
    AT_RISK = "at_risk"
    NOT_READY = "not_ready"
    UNKNOWN = "unknown"
