"""A sitting outside lessons is judged by its own hours too: 90 pupils need 58.5 Mbit/s with the margin."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from collector.readiness.domain.model import Observation, Status
from tests.unit.collector.readiness.cases import NOW, found, hourly, observation, on_school, sitting

DOWN = on_school("line.down_headroom", value=1.3, at_risk_value=1.0)
NINETY = sitting(pupils=90)
EVENING = msgspec.structs.replace(NINETY, starts_at=datetime(2026, 12, 3, 17, 0, tzinfo=NOW.tzinfo))
"""On a Thursday, at six in Stockholm."""


def _in_evenings(rate: float, days: int, weekdays: range = range(5)) -> list[Observation]:
    """At a quarter past six and a quarter to seven on the days before."""
    begin = NOW.replace(hour=17, minute=15, second=0, microsecond=0)
    times = [begin - timedelta(days=day, minutes=-30 * (day % 2)) for day in range(1, days + 1)]
    wanted = [at for at in times if at.weekday() in weekdays]
    return [observation(1 + n % 3, "throughput", {"down_mbit_s": rate}, at=at) for n, at in enumerate(wanted)]


def test_an_evening_sitting_is_known_by_its_evenings() -> None:
    """And by lessons, when more is going on; not by lessons alone, nor by other evenings, nor in a weekend."""
    lessons = hourly([100.0] * 40)
    cases = [
        ([], Status.UNKNOWN),
        (_in_evenings(100.0, 13), Status.READY),
        (_in_evenings(100.0, 13, range(3)), Status.UNKNOWN),
        (_in_evenings(100.0, 13, range(5, 7)), Status.UNKNOWN),
        (_in_evenings(20.0, 13), Status.NOT_READY),
    ]
    for evenings, status in cases:
        assert found(DOWN, [*lessons, *evenings], about=EVENING).status is status, len(evenings)
    morning = [found(DOWN, [*lessons, *more], about=NINETY) for more in ([], _in_evenings(20.0, 13))]
    assert (morning[0].status, morning[0].measured) == (morning[1].status, morning[1].measured)


def test_a_sitting_on_a_saturday_is_known_by_saturdays() -> None:
    """At eleven: of Sundays nothing follows."""
    about = msgspec.structs.replace(NINETY, starts_at=datetime(2026, 12, 5, 10, 0, tzinfo=NOW.tzinfo))
    saturdays = [at for day in range(1, 14) if (at := NOW.replace(hour=10) - timedelta(days=day)).weekday() == 5]
    for shift, status in ((0, Status.READY), (1, Status.UNKNOWN)):
        beside = [
            observation(1, "throughput", {"down_mbit_s": 100.0}, at=at + timedelta(days=shift)) for at in saturdays
        ]
        assert found(DOWN, [*hourly([100.0] * 40), *beside], about=about).status is status, shift
