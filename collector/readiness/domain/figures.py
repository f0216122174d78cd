"""A number that somebody gave, with who says so; and the numbers of this project that a profile need not repeat."""

from __future__ import annotations

from datetime import date

import msgspec

from collector.readiness.domain.trust import Trust


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number with its unit and where it comes from. Of what nobody measured here, `value` is the unkind end of what
    it may be and `kind` the kind one; None where the number defines what is asked, or nobody gives that end.
    `whose` is the body whose rule it is.
    """

    value: float
    unit: str
    source: str
    date: date
    trust: Trust
    kind: float | None = None
    whose: str | None = None


GAVE_WAY = Figure(
    0.4,
    "ratio",
    "This project: a run has 16 connections, and what takes less than a sixteenth of the line by itself gives no way",
    date(2026, 11, 26),
    Trust.ASSUMED,
    kind=0.0,
)
"""Of what others take, the share that they may give up for a run in lessons."""

SITTERS_TAKE = Figure(
    0,
    "ratio",
    "This project: a year group may use the line half as much again as its heads, or not at all",
    date(2026, 11, 26),
    Trust.ASSUMED,
    kind=1.5,
)
"""What those who sit take of the line in other lessons, in shares of their heads: nothing of it while they sit."""

NEWEST_DAYS = Figure(
    2,
    "school days",
    "This project: silence is not health; a day when everybody is out is no fault, two are to be looked at",
    date(2026, 11, 26),
    Trust.ASSUMED,
)
"""How old the newest evidence may be."""

HEARD_DAYS = Figure(
    3,
    "school days",
    "This project: a machine that pupils use is on within three school days; one that is not may be broken, or away",
    date(2026, 11, 26),
    Trust.ASSUMED,
)
"""For how long a machine may be silent and still be counted."""

SESSION_RTT = Figure(
    300,
    "ms",
    "This project: of a class that measures at once, who waits less than that sits well, who waits a second sits badly",
    date(2026, 11, 26),
    Trust.ASSUMED,
    kind=1_000,
)
"""How long the slow end of round trips may be at a place where a browser measured while staff watched."""


OTHERS_SLOWER = Figure(
    1.5,
    "ratio",
    "This project: on a line that is full, round trips grow many times over; half as long again is what they swing by",
    date(2026, 11, 26),
    Trust.ASSUMED,
)
"""How many times longer the round trips of those who teach may be while others rehearse, before that harms them."""

REHEARSAL_DAYS = Figure(
    15,
    "school days",
    "This project: three school weeks, so that a rehearsal two weeks before a sitting still stands on the day",
    date(2026, 11, 26),
    Trust.ASSUMED,
)
"""How old a rehearsal that went well may be."""


def kind_end(figure: Figure) -> float:
    """The kind end of what it may be; the only one where there is no other."""
    return figure.value if figure.kind is None else figure.kind
