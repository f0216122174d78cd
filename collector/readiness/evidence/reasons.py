"""What to tell a person about values that are missing: one sentence per reason, with what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from collector.readiness.domain.lifetimes import EDITION_NOT_TOLD, NOT_LISTED, NOT_SAID
from collector.readiness.domain.model import Text
from collector.readiness.evidence.index import (
    MAYBE_SUPPORTED,
    NEVER_MEASURED,
    NOT_COMPARABLE,
    NOT_TOLD,
    PROBE_FAILED,
    RELEASES_AGING,
    RELEASES_TOO_OLD,
    STALE,
    UNSUPPORTED,
)

_SENTENCES = {
    NEVER_MEASURED: "advice_missing_never_measured",
    STALE: "advice_missing_stale",
    PROBE_FAILED: "advice_missing_probe_failed",
    UNSUPPORTED: "advice_missing_unsupported",
    NOT_TOLD: "advice_missing_not_told",
    NOT_COMPARABLE: "advice_missing_not_comparable",
    "no_screen": "advice_missing_no_screen",
    "not_supported_yet": "advice_missing_unsupported",
    "not_stated": "advice_missing_not_stated",
    "version_unreadable": "advice_missing_not_stated",
    "no_wifi_interface": "advice_missing_no_wifi_interface",
    "not_connected": "advice_missing_not_connected",
    "permission_denied": "advice_missing_permission_denied",
    RELEASES_AGING: "advice_releases_aging",
    RELEASES_TOO_OLD: "advice_releases_too_old",
    "not_told_by_system": "advice_missing_not_told_by_system",
    "unknown_system": "advice_missing_unsupported",
    "command_failed": "advice_missing_command_failed",
    "only_through_screen": "advice_missing_only_through_screen",
    "time_service_not_running": "advice_missing_time_service",
    "asked_outside_browser": "advice_missing_outside_lock",
    "not_seen": "advice_missing_not_seen",
    "not_detected": "advice_missing_outside_lock",
    "kiosk_not_told": "advice_missing_kiosk_not_told",
    "key_not_told": "advice_missing_key_not_told",
    "maybe_on_screen": "advice_missing_key_not_told",
    "not_heard": "advice_missing_not_heard",
    "sound_not_played": "advice_missing_not_heard",
    "not_answered": "advice_missing_not_answered",
    "version_hidden": "advice_missing_version_hidden",
    "version_reduced": "advice_missing_version_reduced",
    "unknown_browser": "advice_missing_unknown_browser",
    "in_safe_exam_browser": "advice_missing_in_safe_exam_browser",
    "page_zoomed": "advice_missing_page_zoomed",
    "redacted_by_system": "advice_missing_redacted_by_system",
    "driver_error": "advice_missing_driver_error",
    "system_not_listed": "advice_missing_system_not_listed",
    NOT_LISTED: "advice_missing_lifetime_not_listed",
    NOT_SAID: "advice_missing_lifetime_not_said",
    EDITION_NOT_TOLD: "advice_missing_edition_not_told",
    MAYBE_SUPPORTED: "advice_missing_maybe_supported",
    "rung_not_set_up": "advice_missing_rung_not_set_up",
    "rung_not_reached": "advice_missing_rung_not_reached",
    "pac_not_evaluated": "advice_missing_pac",
    "no_time_left": "advice_missing_rung_not_reached",
    "no_hosts": "advice_missing_no_hosts",
}


def missing_values(reasons: Iterable[str]) -> list[Text]:
    """A sentence per reason with the number of devices it holds for, the commonest first."""
    counted = sorted(Counter(reasons).items(), key=lambda item: (-item[1], item[0]))
    return [_sentence(reason, count) for reason, count in counted]


def _sentence(reason: str, count: int) -> Text:
    code = _SENTENCES.get(reason)
    if code is None:
        return Text("advice_missing_other", {"devices": count, "reason": reason})
    return Text(code, {"devices": count})
