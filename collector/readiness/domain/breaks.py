"""School breaks, as the authority writes them down: in February and in the autumn each sets its own."""

from __future__ import annotations

from datetime import date

import msgspec

from agent.protocol.wire import SchoolCode


class Break(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A break from its `first` day to its `last`, both without lessons; of all schools where it names none."""

    name: str
    first: date
    last: date
    schools: list[SchoolCode] = []

    def holds(self, school: str, day: date) -> bool:
        """Whether that school has this break on that day."""
        return self.first <= day <= self.last and (not self.schools or school in self.schools)
