"""A rehearsal: pupils who took a test's load of the line all at once, and what each of them got."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from agent.protocol.wire import FactValue, RungKind


class Participant(msgspec.Struct, frozen=True):
    """One machine that took part, for as many `pupils` as it played, in `room`.

    `down_mbit_s` and `up_mbit_s` are what the measurement point itself counted of it in the slowest five minutes (in
    all of the rehearsal where that was shorter), None in a direction in which it counted nothing. `reached` are the
    kinds of rungs that it got past on its way to the test, `broken` the one that it did not. `code` says why it broke
    off, or why it never began; None where it went on to the end. `session` is the supervised session that a browser
    took part in, None of whoever was in none.
    """

    device_id: str
    room: str | None = None
    pupils: Annotated[int, msgspec.Meta(ge=1)] = 1
    down_mbit_s: float | None = None
    up_mbit_s: float | None = None
    reached: list[RungKind] = []
    broken: RungKind | None = None
    code: str | None = None
    session: str | None = None


class OthersMeanwhile(msgspec.Struct, frozen=True):
    """How it went for those on the line who did not take part: the slow end (95th percentile) of the round trips of
    their machines in the ten minutes before, and in the slowest minute of the rehearsal, in ms; and the share of those
    that got no answer then. None: nobody measured.
    """

    rtt_before_ms: float | None = None
    rtt_meanwhile_ms: float | None = None
    loss_meanwhile_ratio: float | None = None


class Rehearsal(msgspec.Struct, frozen=True):
    """One load, held from `begins_at` to `ends_at` at a school, for a sitting: each pupil asked for `down_mbit_s` and
    `up_mbit_s`. A load that rises in steps is as many rehearsals. Those of one id at schools on one line were held
    together. `received_at` is when this was known, on the collector's clock; who took part late may be told later, in
    a newer version with the same id.
    """

    rehearsal_id: str
    school: str
    sitting: str
    begins_at: datetime
    ends_at: datetime
    received_at: datetime
    down_mbit_s: float = 0.0
    up_mbit_s: float = 0.0
    participants: list[Participant] = []
    others: OthersMeanwhile = OthersMeanwhile()
    facts: dict[str, FactValue] = {}
