"""What network gear's reading of a radio is worth for judging a room, and which BSSIDs are that radio's.

A count that is healthy only because nobody was there is no count: what was read outside school hours tells nothing of
a lesson, and counts that the gear itself contradicts tell nothing at all. How busy a channel is can be known all the
same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.readiness.domain.model import EvidenceRule, RadioSeen
from collector.readiness.domain.network_gear import ACCESS_POINT_DOWN
from collector.readiness.domain.school_days import in_lessons

_SAID = {ACCESS_POINT_DOWN: "radio_down", "not_told": "radio_not_told", "not_per_radio": "radio_not_told"}
"""What the gear says of a radio's clients where it is no half answer."""

_OWN_DIGITS = 1
"""How many hexadecimal digits a radio numbers its networks by: sixteen networks at most."""


@dataclass(frozen=True)
class UsableRadio:
    """A radio as it was read. `clients` and `utilisation_percent` are None where they cannot be used; `reason` says why
    there are no clients: `radio_stale`, `radio_out_of_hours`, `radio_down`, `radio_not_told` or `radio_unclear`.
    """

    seen: RadioSeen
    clients: int | None
    utilisation_percent: float | None
    reason: str | None


def reading_of(seen: RadioSeen, now: datetime, rule: EvidenceRule) -> UsableRadio:
    """The reading at `now`."""
    if now - seen.at > timedelta(days=rule.device_days.value):
        return UsableRadio(seen, None, None, "radio_stale")
    if not in_lessons(seen.at):
        return UsableRadio(seen, None, None, "radio_out_of_hours")
    reason = _why_no_clients(seen)
    return UsableRadio(seen, seen.clients_count if reason is None else None, seen.utilisation_percent, reason)


def _why_no_clients(seen: RadioSeen) -> str | None:
    if seen.unclear is not None:
        return _SAID.get(seen.unclear, "radio_unclear")
    return "radio_not_told" if seen.clients_count is None else None


def same_radio(mac: str, bssid: str) -> bool:
    """Whether the BSSID can be one of the radio with that base address: they differ in the last digit at most."""
    return mac.lower()[:-_OWN_DIGITS] == bssid.lower()[:-_OWN_DIGITS]
