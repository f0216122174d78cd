"""rungs.login_ratio: for which share of the machines the login that pupils use is in order."""

from __future__ import annotations

from collector.readiness.devices.rung_shares import rung_share

DERIVED = rung_share("login", "the login is in order", "advice_rung_login_set_up")
