"""ends.login_keys_on: until when the identity provider has a key to sign logins with, all the time."""

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
    seen = sightings(case.observed, PROBE, _is_of_login, days_left("expires_days"))
    found = endings(seen, case.now, case.profile.evidence.line_days)
    return earliest_end(case, requirement, found, unknown=Text("why_end_no_login"))


def _is_of_login(row: Facts) -> bool:
    return row.get("kind") == "login" and row.get("expires_days") is not None


DERIVED = DerivedFact("ends.login_keys_on", DATE_UNIT, "until when logins can be signed", _compute)
