"""What is of a supervised session: by when it came in, and by when it says that it was measured."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from collector.readiness.domain.sessions import BEFORE_JOINING, SENDING, Seat, SupervisedSession
from tests.unit.collector.readiness.cases import NOW, SCHOOL

ENDS = NOW + timedelta(minutes=60)
JOINED = NOW + timedelta(minutes=10)
SEAT = Seat(SupervisedSession("s", "BCDFGH", SCHOOL, "a1", NOW, ENDS), JOINED)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("measured", "received", "held"),
    [
        (JOINED, JOINED, True),
        (ENDS, ENDS + SENDING, True),
        (JOINED - BEFORE_JOINING, JOINED, True),
        (JOINED - BEFORE_JOINING - TICK, JOINED, False),
        (JOINED, JOINED - TICK, False),
        (ENDS, ENDS + SENDING + TICK, False),
        (ENDS + TICK, ENDS + TICK, False),
        (JOINED - timedelta(days=9), JOINED + timedelta(minutes=1), False),
    ],
)
def test_what_a_session_holds(measured: datetime, received: datetime, held: bool) -> None:
    """Neither what was sent after it, nor days of measurements by a browser that has only just joined."""
    assert SEAT.holds(measured, received) is held
