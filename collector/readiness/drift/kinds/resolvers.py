"""Machines ask another number of resolvers, or one of them is silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from collector.readiness.domain.model import DriftChange, Observation, Text
from collector.readiness.drift.compared import Compared, new_values, rows_of

PROBE = "ladder"


def differs(compared: Compared) -> Iterator[DriftChange]:
    """By target of a rung."""
    before = ((target, told) for _, target, told in _resolvers(compared.before.get(PROBE, [])))
    for at, _, then, now in new_values(before, _resolvers(compared.since.get(PROBE, []))):
        yield DriftChange("resolvers", at, Text("drift_resolvers", {"then": then, "now": now}))


def _resolvers(observations: Iterable[Observation]) -> Iterator[tuple[datetime, str, str]]:
    for at, row in rows_of(observations, "dns"):
        count = row.get("resolvers_count")
        if isinstance(count, int | float):
            silent = row.get("resolver")
            told = f"{count:.0f}" if not isinstance(silent, str) else f"{count:.0f} ({silent})"
            yield at, str(row.get("target")), told
