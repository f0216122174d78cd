"""What came of telling a decision. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec


class Delivery(msgspec.Struct, frozen=True):
    """What came of a round. `problem` is a sentence for the operator; None when all was taken."""

    at: datetime
    sent: int
    unsent: int
    problem: str | None = None


def together(deliveries: Mapping[str, Delivery]) -> Delivery | None:
    """What came of a round through several channels, by their names; None without a channel."""
    if len(deliveries) < 2:
        return next(iter(deliveries.values()), None)
    problems = [f"{name}: {one.problem}" for name, one in deliveries.items() if one.problem]
    return Delivery(
        at=max(one.at for one in deliveries.values()),
        sent=sum(one.sent for one in deliveries.values()),
        unsent=sum(one.unsent for one in deliveries.values()),
        problem="; ".join(problems) or None,
    )
