"""A school's evidence, indexed once for all sittings and rooms that are judged by it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from collector.readiness.domain.model import Evidence
from collector.readiness.evidence.index import EvidenceIndex, index_evidence


@dataclass(frozen=True)
class LaidOut:
    """The evidence as of a moment, and where to find what in it."""

    evidence: Evidence
    observed: EvidenceIndex


def laid_out(evidence: Evidence | LaidOut, now: datetime) -> LaidOut:
    """As it was known at `now`; what is laid out already must be of that moment."""
    if isinstance(evidence, LaidOut):
        assert evidence.observed.now == now
        return evidence
    return LaidOut(evidence, index_evidence(evidence, now))
