"""Rehearsals for tests: a class of agents in two rooms, who got all that they asked for, unless told otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from collector.readiness.domain.model import OthersMeanwhile, Participant, Rehearsal

UNHARMED = OthersMeanwhile(rtt_before_ms=14.0, rtt_meanwhile_ms=15.0, loss_meanwhile_ratio=0.0)
HARMED = OthersMeanwhile(rtt_before_ms=14.0, rtt_meanwhile_ms=90.0, loss_meanwhile_ratio=0.0)
DOWN, UP = 0.65, 0.13
"""What each asks for, in Mbit/s: 1.3 times 0.5 and 0.1."""


def taking_part(names: Sequence[str], rooms: Sequence[str] = ("a1", "a2"), **otherwise: Any) -> list[Participant]:
    """These machines, in the rooms in turn, each with all that it asked for."""
    whole = {"down_mbit_s": DOWN, "up_mbit_s": UP} | otherwise
    return [Participant(name, room=rooms[index % len(rooms)], **whole) for index, name in enumerate(names)]


def rehearsal(
    begins_at: datetime, participants: Sequence[Participant], minutes: int = 20, **otherwise: Any
) -> Rehearsal:
    """One that was known a minute after its end."""
    ends_at = begins_at + timedelta(minutes=minutes)
    made = Rehearsal(
        rehearsal_id="g1",
        school="10000001",
        sitting="ek-9-ma",
        begins_at=begins_at,
        ends_at=ends_at,
        received_at=ends_at + timedelta(minutes=1),
        down_mbit_s=DOWN,
        up_mbit_s=UP,
        participants=list(participants),
        others=UNHARMED,
    )
    return replace(made, **otherwise)
