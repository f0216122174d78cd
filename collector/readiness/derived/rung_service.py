"""rungs.service_ratio: which share of the machines gets an answer from the test service."""

from __future__ import annotations

from collector.readiness.devices.rung_shares import rung_share

DERIVED = rung_share("service", "the test service answers", "advice_rung_service_set_up")
