"""What the edges show: the newest judgement of every sitting and what surrounds it, as one frozen value.

Pages, the JSON API, metrics and alerts all read the same snapshot, so they can never disagree. Its verdicts and rooms
are as they are known at the moment it is read: never good news once they are old (`freshness.as_known_at`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from collector.configuration.model import Configuration
from collector.judgement.gear_status import GearStatus
from collector.readiness.domain.model import DeviceSeen, Verdict
from collector.readiness.incidents.attribute import Incident, RungCount
from collector.readiness.leases.counts import LeaseCounts
from collector.readiness.verdict.room_reports import SchoolRooms


class Snapshot(msgspec.Struct, frozen=True):
    """`verdicts` are in calendar order. `outcomes_total` counts reports since start by outcome (`accepted`,
    `duplicate`, `rejected`); `rejected_total` counts the rejected ones by code. `configuration_errors` holds what
    is wrong with the files on disk when they could not be taken over and the older configuration stands. `incidents` is
    what fails on the ladders right now, `rooms` what is known of each school's rooms, by its code. `gear` is how
    network gear answered, `rungs` who found what on the ladders, and `leases` what came of asking to fill lines.
    `left_out_total` counts results that told of another place than the school, by probe.
    """

    judged_at: datetime | None
    configuration: Configuration
    verdicts: list[Verdict]
    devices: list[DeviceSeen]
    outcomes_total: dict[str, int]
    rejected_total: dict[str, int]
    configuration_errors: list[str] = []
    incidents: list[Incident] = []
    gear: list[GearStatus] = []
    rooms: dict[str, SchoolRooms] = {}
    rungs: list[RungCount] = []
    leases: LeaseCounts = LeaseCounts()
    left_out_total: dict[str, int] = {}

    def verdict(self, sitting_id: str) -> Verdict | None:
        """The verdict of one sitting, if that sitting is in the calendar."""
        return next((verdict for verdict in self.verdicts if verdict.sitting.id == sitting_id), None)


ReadSnapshot = Callable[[], Snapshot]
