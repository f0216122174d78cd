"""What network gear's reading of a radio is worth for judging a room, and which BSSIDs are that radio's.

A count that is healthy only because nobody was there is no count: what was read outside school hours tells nothing of
a lesson, and counts that the gear itself contradicts tell nothing at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.readiness.domain import EvidenceRule, RadioSeen
from collector.readiness.line_runs import SCHOOL_TIME

SCHOOL_HOURS = range(8, 16)
"""Hours of local time, Monday to Friday, in which lessons go on."""

_OWN_DIGITS = 1
"""How many hexadecimal digits a radio numbers its networks by: sixteen networks at most."""


@dataclass(frozen=True)
class RadioReading:
    """A radio as it was read. `clients` and `utilisation_percent` are None where they cannot be used, and `reason` says
    why: `radio_unclear`, `radio_stale`, `radio_out_of_hours` or `radio_not_told`.
    """

    seen: RadioSeen
    clients: int | None
    utilisation_percent: float | None
    reason: str | None


def reading_of(seen: RadioSeen, now: datetime, rule: EvidenceRule) -> RadioReading:
    """The reading at `now`."""
    reason = _why_not(seen, now, rule)
    if reason is not None:
        return RadioReading(seen, None, None, reason)
    told = seen.clients_count is not None or seen.utilisation_percent is not None
    return RadioReading(seen, seen.clients_count, seen.utilisation_percent, None if told else "radio_not_told")


def _why_not(seen: RadioSeen, now: datetime, rule: EvidenceRule) -> str | None:
    if seen.unclear is not None:
        return "radio_unclear"
    if now - seen.at > timedelta(days=rule.device_days.value):
        return "radio_stale"
    return None if in_school_hours(seen.at) else "radio_out_of_hours"


def in_school_hours(at: datetime) -> bool:
    """Whether lessons go on then. Holidays are not known here."""
    local = at.astimezone(SCHOOL_TIME)
    return local.weekday() < 5 and local.hour in SCHOOL_HOURS


def same_radio(mac: str, bssid: str) -> bool:
    """Whether the BSSID can be one of the radio with that base address: they differ in the last digit at most."""
    return mac.lower()[:-_OWN_DIGITS] == bssid.lower()[:-_OWN_DIGITS]
