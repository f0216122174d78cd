"""How each way in which a rung or a host fails is mended, and whose that is. Pure.

The codes are those of `agent/ladder` and `agent/probes/path.py`; codes that are mended alike share a sentence. The
collector groups them in the same way (`collector/readiness/path/causes.py`), for many machines at once.
"""

from __future__ import annotations

from typing import NamedTuple

from agent.commands.check import Owner


class Remedy(NamedTuple):
    """The code of a sentence that says what to do, and whose it is (None: of whoever runs what was asked)."""

    code: str
    owner: Owner | None


_CODES: dict[Remedy, tuple[str, ...]] = {
    Remedy("doctor_mend_link", "school_it"): ("no_link", "no_address"),
    Remedy("doctor_mend_gateway", "network"): ("no_default_route", "gateway_gone", "gateway_silent"),
    Remedy("doctor_mend_dns", "network"): (
        *("no_resolver", "dns_lies", "dns_silent", "dns_server_failed", "dns_no_such_name", "dns_refused"),
        *("name_not_found", "dns_failed"),
    ),
    Remedy("doctor_mend_blocked", "network"): (
        *("no_answer", "connection_refused", "no_route", "connection_closed", "connection_failed", "tls_failed"),
        *("answer_garbled", "deadline_passed"),
    ),
    Remedy("doctor_mend_inspected", "network"): (
        *("tls_inspected", "tls_untrusted", "fingerprint_differs", "certificate_garbled"),
    ),
    Remedy("doctor_mend_certificate", None): ("certificate_expired", "certificate_wrong_name"),
    Remedy("doctor_mend_chain", None): ("certificate_chain_incomplete",),
    Remedy("doctor_mend_clock", "school_it"): ("certificate_not_yet_valid",),
    Remedy("doctor_mend_proxy", "network"): ("proxy_wants_login", "proxy_away", "proxy_refused"),
    Remedy("doctor_mend_portal", "network"): ("http_redirected_elsewhere", "http_changed", "network_wants_login"),
    Remedy("doctor_mend_login", "login_owner"): (
        *("login_error", "login_away", "metadata_too_large", "metadata_garbled", "metadata_has_entities"),
        *("no_identity_provider", "scope_differs", "scope_missing", "scope_is_pattern"),
        *("idp_certificate_missing", "idp_certificate_garbled", "idp_certificate_not_yet_valid"),
    ),
    Remedy("doctor_mend_login_expired", "login_owner"): ("metadata_expired", "idp_certificate_expired"),
    Remedy("doctor_mend_service", "platform"): (
        *("service_unavailable", "service_error", "unexpected_status", "too_many_redirects", "answer_too_large"),
    ),
    Remedy("doctor_mend_websocket", "network"): ("websocket_refused", "websocket_false_answer"),
    Remedy("doctor_mend_ladder", "authority"): ("bad_address", "rung_without_target"),
}
_BY_CODE = {code: remedy for remedy, codes in _CODES.items() for code in codes}
_OTHER = Remedy("doctor_mend_other", None)
_LINE = Remedy("doctor_mend_line", "line_provider")


def remedy_of(code: str, kind: str) -> Remedy:
    """What to do about `code` at a rung of `kind` ("host" for a host), with an owner in any case."""
    found = _BY_CODE.get(code, _OTHER)
    if kind == "internet" and found.code == "doctor_mend_blocked":
        return _LINE
    return found if found.owner else Remedy(found.code, "login_owner" if kind == "login" else "platform")
