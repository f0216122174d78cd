"""What a warning is called, and how much it weighs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from collector.readiness.domain.model import Status

ALERTNAMES: Mapping[Status, str] = MappingProxyType(
    {
        Status.NOT_READY: "ProvklarNotReady",
        Status.UNKNOWN: "ProvklarUnknown",
        Status.AT_RISK: "ProvklarAtRisk",
    }
)
"""One alert per status that is worth a warning; each has a page in `dashboards/runbooks/`."""

SEVERITIES: Mapping[Status, str] = MappingProxyType(
    {Status.NOT_READY: "critical", Status.UNKNOWN: "warning", Status.AT_RISK: "info"}
)
