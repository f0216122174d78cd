"""What differs from when a sitting was ready last."""

from __future__ import annotations

from datetime import datetime

import msgspec

from collector.readiness.domain.texts import Text


class DriftChange(msgspec.Struct, frozen=True):
    """One thing that is other than it was: `kind` is a file in `readiness/drift/kinds`, `at` when it was first seen so,
    or last seen as it was where it is gone. A candidate, and no proof: what comes after is not always what comes of it.
    """

    kind: str
    at: datetime
    what: Text


class Drift(msgspec.Struct, frozen=True):
    """The sitting was ready until `ready_until`; `changes` are what differs since, in the order of time."""

    ready_until: datetime
    changes: list[DriftChange]
