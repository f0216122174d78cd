"""rungs.link_ratio: which share of the machines has a network link and an address."""

from __future__ import annotations

from collector.readiness.devices.rung_shares import rung_share

DERIVED = rung_share("link", "there is a network link with an address", "advice_rung_link_set_up")
