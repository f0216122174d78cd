"""rungs.websocket_ratio: for which share of the machines the test service's live connection opens."""

from __future__ import annotations

from collector.readiness.devices.rung_shares import rung_share

DERIVED = rung_share("websocket", "the test service's live connection opens", "advice_rung_websocket_set_up")
