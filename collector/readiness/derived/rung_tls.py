"""rungs.tls_ratio: for which share of the machines encrypted connections are to whom they should be."""

from __future__ import annotations

from collector.readiness.devices.rung_shares import rung_share

DERIVED = rung_share("tls", "encrypted connections lead to whom they should", "advice_rung_tls_set_up")
