"""ends.login_metadata_on: until when the identity provider's metadata is valid, if it ever ends."""

from __future__ import annotations

from agent.protocol.wire import Facts
from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed, DerivedFact
from collector.readiness.domain.fact_values import DATE_UNIT
from collector.readiness.domain.model import Requirement, Text
from collector.readiness.ends.ending import earliest_end
from collector.readiness.ends.sightings import days_left, endings, sightings
from collector.readiness.path.rungs import PROBE


def _compute(case: Assessment, requirement: Requirement) -> Computed:
    seen = sightings(case.observed, PROBE, _is_of_login, days_left("metadata_expires_days"))
    found = endings(seen, case.now, case.profile.evidence.line_days)
    return earliest_end(case, requirement, found, unknown=Text("why_end_no_metadata"))


def _is_of_login(row: Facts) -> bool:
    return row.get("kind") == "login"


DERIVED = DerivedFact("ends.login_metadata_on", DATE_UNIT, "until when the login's metadata is valid", _compute)
