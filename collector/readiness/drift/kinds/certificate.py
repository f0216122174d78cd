"""A host shows another certificate than before, of whoever issued that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from collector.readiness.domain.model import DriftChange, Observation, Text
from collector.readiness.drift.compared import Compared, new_values, rows_of

PROBE = "ladder"


def differs(compared: Compared) -> Iterator[DriftChange]:
    """By target of a rung."""
    before = ((target, mark) for _, target, mark in _marks(compared.before.get(PROBE, [])))
    for at, target, _, _ in new_values(before, _marks(compared.since.get(PROBE, []))):
        yield DriftChange("certificate", at, Text("drift_certificate", {"what": target}))


def _marks(observations: Iterable[Observation]) -> Iterator[tuple[datetime, str, str]]:
    for at, row in rows_of(observations, "tls"):
        if isinstance(row.get("fingerprint_sha256"), str):
            yield at, str(row.get("target")), str(row["fingerprint_sha256"])
