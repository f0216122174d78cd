"""rungs.proxy_ratio: for which share of the machines web traffic arrives as it was sent."""

from __future__ import annotations

from collector.readiness.devices.rung_shares import rung_share

DERIVED = rung_share("proxy", "web traffic arrives as it was sent", "advice_rung_proxy_set_up")
