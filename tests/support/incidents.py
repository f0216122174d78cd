"""Hand-made incidents for the edges to show."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from collector.readiness.incidents.attribute import Incident, SchoolFailing, Seen
from tests.support.verdicts import NOW

SINCE = NOW - timedelta(minutes=42)


def failing(school: str = "10000001", code: str = "dns_silent", issuer: str | None = None) -> SchoolFailing:
    """Two of three devices at a school."""
    seen = [Seen(f"d-{n}", SINCE, NOW, "failed" if n < 3 else "ok", code if n < 3 else None, issuer) for n in (1, 2, 3)]
    return SchoolFailing(school, 3, 2, code, issuer, SINCE, SINCE - timedelta(minutes=15), seen)


def incident(*schools: SchoolFailing, **changes: object) -> Incident:
    """Names can't be looked up at one of three schools."""
    made = Incident("dns-1", "dns", "dns_silent", "school", "school", SINCE, list(schools) or [failing()], 3)
    return msgspec.structs.replace(made, **changes)
