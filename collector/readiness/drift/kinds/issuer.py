"""The certificate of a host is issued by somebody else: a box that looks into the traffic, say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from collector.readiness.domain.model import DriftChange, Observation, Text
from collector.readiness.drift.compared import Compared, new_values, rows_of

PROBE = "ladder"


def differs(compared: Compared) -> Iterator[DriftChange]:
    """By target of a rung."""
    before = ((target, issuer) for _, target, issuer in _issuers(compared.before.get(PROBE, [])))
    for at, target, then, now in new_values(before, _issuers(compared.since.get(PROBE, []))):
        yield DriftChange("issuer", at, Text("drift_issuer", {"what": target, "then": then, "now": now}))


def _issuers(observations: Iterable[Observation]) -> Iterator[tuple[datetime, str, str]]:
    for at, row in rows_of(observations, "tls"):
        if isinstance(row.get("issuer"), str):
            yield at, str(row.get("target")), str(row["issuer"])
