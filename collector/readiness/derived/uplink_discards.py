"""uplink.discard_ratio: which share of the packets on the school's uplink was thrown away, both ways together."""

from __future__ import annotations

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed, DerivedFact
from collector.readiness.capacity.uplink_port import has_uplink, port_of, spoiled_share
from collector.readiness.domain.model import Requirement


def _compute(case: Assessment, requirement: Requirement) -> Computed:
    return spoiled_share(case, requirement, port_of(case).discards_count, "why_uplink_discards")


DERIVED = DerivedFact(
    "uplink.discard_ratio",
    "ratio",
    "share of the packets at the port of the school's line that were thrown away",
    _compute,
    applies=has_uplink,
)
