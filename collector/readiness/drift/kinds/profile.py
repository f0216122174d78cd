"""Another profile is asked."""

from __future__ import annotations

from collections.abc import Iterator

from collector.readiness.domain.model import DriftChange, Text
from collector.readiness.drift.compared import Compared


def differs(compared: Compared) -> Iterator[DriftChange]:
    """By its id."""
    then, now = compared.ready.profile, compared.now.profile
    if then != now:
        yield DriftChange("profile", compared.until, Text("drift_profile", {"then": then, "now": now}))
