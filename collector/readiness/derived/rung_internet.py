"""rungs.internet_ratio: which share of the machines reaches the internet."""

from __future__ import annotations

from collector.readiness.devices.rung_shares import rung_share

DERIVED = rung_share("internet", "a host on the internet answers", "advice_rung_internet_set_up")
