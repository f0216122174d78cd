"""What to do about a rung that does not hold: the remedy follows from why it fails, and not from where. Pure.

A code is what an agent says (the pages have words for each); a remedy is shared by all codes that are mended alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from collector.readiness.domain.model import Text
from collector.readiness.evidence.compliance import DeviceCompliance, Fulfilment

_REMEDIES = {
    "advice_cause_link": ("no_link", "no_address"),
    "advice_cause_gateway": ("no_default_route", "gateway_gone", "gateway_silent"),
    "advice_cause_dns": (
        *("no_resolver", "dns_lies", "dns_silent", "dns_server_failed", "dns_no_such_name", "dns_refused"),
        *("name_not_found", "dns_failed"),
    ),
    "advice_cause_blocked": (
        *("no_answer", "connection_refused", "no_route", "connection_closed", "connection_failed", "tls_failed"),
        *("answer_garbled", "deadline_passed"),
    ),
    "advice_cause_inspected": ("tls_inspected", "tls_untrusted", "fingerprint_differs", "certificate_garbled"),
    "advice_cause_certificate": ("certificate_expired", "certificate_wrong_name"),
    "advice_cause_chain": ("certificate_chain_incomplete",),
    "advice_cause_clock": ("certificate_not_yet_valid",),
    "advice_cause_proxy": ("proxy_wants_login", "proxy_away", "proxy_refused"),
    "advice_cause_portal": ("http_redirected_elsewhere", "http_changed", "network_wants_login"),
    "advice_cause_login": (
        *("login_error", "login_away", "metadata_too_large", "metadata_garbled", "metadata_has_entities"),
        *("no_identity_provider", "scope_differs", "scope_missing", "scope_is_pattern"),
        *("idp_certificate_missing", "idp_certificate_garbled", "idp_certificate_not_yet_valid"),
        *("signed_requests_wanted", "scope_misplaced", "assurance_misplaced"),
    ),
    "advice_cause_login_expired": ("metadata_expired", "idp_certificate_expired"),
    "advice_cause_service": (
        *("service_unavailable", "service_error", "unexpected_status", "too_many_redirects", "answer_too_large"),
    ),
    "advice_cause_websocket": ("websocket_refused", "websocket_false_answer"),
    "advice_cause_ladder": ("bad_address", "rung_without_target"),
}
_BY_CODE = {code: remedy for remedy, codes in _REMEDIES.items() for code in codes}
_OTHER = "advice_cause_other"


def remedies(answers: Iterable[DeviceCompliance]) -> list[Text]:
    """One sentence per way of mending, with how many machines it is for and what they did not get to; the one that
    most need comes first.
    """
    failed = [one for one in answers if one.outcome is Fulfilment.FAILED or _is_remarked(one)]
    counted = Counter((_BY_CODE.get(answer.reason, _OTHER), _what(answer)) for answer in failed)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [Text(remedy, {"devices": devices, "what": what}) for (remedy, what), devices in ordered]


def _is_remarked(answer: DeviceCompliance) -> bool:
    """Whether it holds, and there is something to mend all the same."""
    return answer.outcome is Fulfilment.RISKY and answer.reason in _BY_CODE


def _what(answer: DeviceCompliance) -> str:
    """The host where it is known, else the rung by its id."""
    rows = answer.observation.rows if answer.observation is not None else []
    targets = (row.get("target") for row in rows if row.get("rung") == answer.value)
    return str(next((one for one in targets if one), answer.value or ""))
