"""Why a rung of the ladder or a host fails, and which of those ways are mended alike: what `doctor` says to one machine
and what the collector says of many follows from the same groups.

The codes are those of `agent/ladder` and `agent/probes/path.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

CAUSES: Mapping[str, tuple[str, ...]] = {
    "link": ("no_link", "no_address"),
    "gateway": ("no_default_route", "gateway_gone", "gateway_silent"),
    "dns": (
        *("no_resolver", "dns_lies", "dns_silent", "dns_server_failed", "dns_no_such_name", "dns_refused"),
        *("name_not_found", "dns_failed"),
    ),
    "blocked": (
        *("no_answer", "connection_refused", "no_route", "connection_closed", "connection_failed", "tls_failed"),
        *("answer_garbled", "deadline_passed"),
    ),
    "inspected": ("tls_inspected", "tls_untrusted", "fingerprint_differs", "certificate_garbled"),
    "certificate": ("certificate_expired", "certificate_wrong_name"),
    "chain": ("certificate_chain_incomplete",),
    "clock": ("certificate_not_yet_valid",),
    "proxy": ("proxy_wants_login", "proxy_away", "proxy_refused"),
    "portal": ("http_redirected_elsewhere", "http_changed", "network_wants_login"),
    "login": (
        *("login_error", "login_away", "metadata_too_large", "metadata_garbled", "metadata_has_entities"),
        *("no_identity_provider", "scope_differs", "scope_missing", "scope_is_pattern"),
        *("idp_certificate_missing", "idp_certificate_garbled", "idp_certificate_not_yet_valid"),
        *("signed_requests_wanted", "scope_misplaced", "assurance_misplaced"),
    ),
    "login_expired": ("metadata_expired", "idp_certificate_expired"),
    "service": ("service_unavailable", "service_error", "unexpected_status", "too_many_redirects", "answer_too_large"),
    "websocket": ("websocket_refused", "websocket_false_answer"),
    "ladder": ("bad_address", "rung_without_target"),
}
"""By what is to be mended, the codes of it."""

OTHER = "other"
"""The cause of a code that nobody knows, as a newer agent may send."""

_BY_CODE = {code: cause for cause, codes in CAUSES.items() for code in codes}


def cause_of(code: str) -> str:
    """The cause that a code is of."""
    return _BY_CODE.get(code, OTHER)
