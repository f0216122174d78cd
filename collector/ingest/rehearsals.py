"""Which part of a rehearsal was under whose eyes, as it is when it comes in. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from collector.readiness.domain.model import Rehearsal
from collector.readiness.domain.sessions import Seat


def with_sessions(told: Rehearsal, seats_of: Callable[[str], Sequence[Seat]]) -> Rehearsal:
    """The rehearsal with the supervised session that each participant was in from its beginning to its end, whatever it
    says itself; None where it was in none. `seats_of` gives the sessions that a device took part in.
    """
    return replace(told, participants=[replace(one, session=_session(told, seats_of(one.device_id)))
                                       for one in told.participants])  # fmt: skip


def _session(told: Rehearsal, seats: Sequence[Seat]) -> str | None:
    through = (one for one in seats if one.is_taken(told.begins_at, told.ends_at))
    return next((one.session.session_id for one in through), None)
