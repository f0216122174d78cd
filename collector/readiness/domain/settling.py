"""How far it is until something that is not known becomes known."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Settling(msgspec.Struct, frozen=True):
    """So much is `done` of what is `needed`, in `unit`. `by_itself_at` is when it is known if nobody does anything but
    leave the `machines` that measure as they are; None where it is not so before the sitting, or nobody can tell.
    """

    done: int
    needed: int
    unit: str
    by_itself_at: datetime | None = None
    machines: int = 0
