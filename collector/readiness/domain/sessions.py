"""Supervised sessions: staff open one for a room and a time, and what browsers measure in it counts. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from agent.protocol.wire import Identifier, SchoolCode

SENDING = timedelta(minutes=2)
"""What was measured in a session may come in so much after its end."""

BEFORE_JOINING = timedelta(minutes=5)
"""A page looks at its device before it has reached the collector. Whoever says more than that is making it up."""


class SupervisedSession(msgspec.Struct, frozen=True):
    """A session in `room`, from `opened_at` until `ends_at`, when it closes by itself or was closed. `code` is what
    people type to take part; no other session that is open has it. `without_agents`: staff see to it that no machine
    with an agent takes part, so that each browser in it is one machine more.
    """

    session_id: Identifier
    code: str
    school: SchoolCode
    room: Identifier
    opened_at: datetime
    ends_at: datetime
    without_agents: bool = False


class Seat(msgspec.Struct, frozen=True):
    """A browser's part in a session, since `joined_at`."""

    session: SupervisedSession
    joined_at: datetime

    def holds(self, measured_at: datetime, received_at: datetime) -> bool:
        """Whether what came in then, and was measured then by what the browser says, is of the session."""
        in_time = self.joined_at <= received_at <= self.session.ends_at + SENDING
        return in_time and self.joined_at - BEFORE_JOINING <= measured_at <= self.session.ends_at

    def is_taken(self, begins_at: datetime, ends_at: datetime) -> bool:
        """Whether it takes part all that time."""
        return self.joined_at <= begins_at and ends_at <= self.session.ends_at
