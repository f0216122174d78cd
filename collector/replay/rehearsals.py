"""What a line tells of a rehearsal, as the domain has it. Pure."""

from __future__ import annotations

from datetime import UTC

from msgspec.structs import asdict

from collector.readiness.domain.model import OthersMeanwhile, Participant, Rehearsal
from collector.replay.lines import RehearsalLine


def rehearsed(line: RehearsalLine) -> Rehearsal:
    """The rehearsal that the line tells of."""
    told = line.rehearsal
    return Rehearsal(
        rehearsal_id=told.id,
        school=line.school,
        sitting=told.sitting,
        begins_at=told.begins_at.astimezone(UTC),
        ends_at=told.until.astimezone(UTC),
        received_at=line.received_at.astimezone(UTC),
        down_mbit_s=told.down_mbit_s,
        up_mbit_s=told.up_mbit_s,
        participants=[Participant(**asdict(one)) for one in told.participants],
        others=OthersMeanwhile(**asdict(told.others)),
        facts=told.facts,
    )
