"""rungs.gateway_ratio: which share of the machines gets out of its own network."""

from __future__ import annotations

from collector.readiness.devices.rung_shares import rung_share

DERIVED = rung_share("gateway", "the way out of the own network answers", "advice_rung_gateway_set_up")
