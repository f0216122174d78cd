"""rungs.dns_ratio: for which share of the machines every resolver gives true addresses."""

from __future__ import annotations

from collector.readiness.devices.rung_shares import rung_share

DERIVED = rung_share("dns", "every resolver gives true addresses", "advice_rung_dns_set_up")
