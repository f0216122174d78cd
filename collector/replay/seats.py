"""Who takes part in which supervised session, as lines of a replay tell it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from collector.readiness.domain.model import DeviceSeen
from collector.readiness.domain.sessions import Seat, SupervisedSession


class Seats:
    """Grows as lines are taken."""

    def __init__(self) -> None:
        """Nobody takes part in anything."""
        self._sessions: dict[str, SupervisedSession] = {}
        self._joined: dict[str, dict[str, datetime]] = {}

    def note(self, session: SupervisedSession, joining: Collection[str], now: datetime) -> None:
        """A session as it is known now, and the devices that joined it; who joined it before goes on."""
        self._sessions[session.session_id] = session
        for device_id in joining:
            self._joined.setdefault(device_id, {}).setdefault(session.session_id, now)

    def of(self, device: DeviceSeen) -> Sequence[Seat]:
        """The sessions that a browser takes part in, the newest first; an agent in none."""
        if device.kind == "agent":
            return ()
        joined = self._joined.get(device.device_id, {})
        seats = [Seat(self._sessions[session_id], at) for session_id, at in joined.items()]
        return sorted(seats, key=lambda seat: seat.joined_at, reverse=True)
