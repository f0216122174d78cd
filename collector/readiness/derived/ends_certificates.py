"""ends.certificates_on: the first end of a certificate among those of the hosts that the test needs."""

from __future__ import annotations

from agent.protocol.wire import Facts
from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed, DerivedFact
from collector.readiness.domain.fact_values import DATE_UNIT
from collector.readiness.domain.model import Requirement, Text
from collector.readiness.ends.ending import earliest_end
from collector.readiness.ends.sightings import days_left, endings, moment_told, sightings
from collector.readiness.path.hosts import PROBE as PATH
from collector.readiness.path.rungs import PROBE as LADDER


def _compute(case: Assessment, requirement: Requirement) -> Computed:
    seen = [
        *sightings(case.observed, LADDER, _is_of_certificate, days_left("expires_days")),
        *sightings(case.observed, PATH, _tells_end, moment_told("certificate_expires_at", "host")),
    ]
    found = endings(seen, case.now, case.profile.evidence.line_days)
    return earliest_end(case, requirement, found, unknown=Text("why_end_no_certificate"))


def _is_of_certificate(row: Facts) -> bool:
    return row.get("kind") == "tls" and row.get("expires_days") is not None


def _tells_end(row: Facts) -> bool:
    return row.get("certificate_expires_at") is not None


DERIVED = DerivedFact(
    "ends.certificates_on", DATE_UNIT, "first end of a certificate of the hosts that the test needs", _compute
)
