"""Rung `login`: whether the authority's identity provider can log pupils in. The target is its SAML metadata.

`expect.scope` is the authority's EPPN scope, which must be a `shibmd:Scope` of the metadata; `expect.entity_id` chooses
among several providers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from agent.ladder import saml
from agent.ladder.certificate import BadCertificateError
from agent.ladder.certificate import parsed as certificate_in
from agent.ladder.http_get import get
from agent.ladder.outcome import RungFailedError, RungOutcome
from agent.ladder.saml import BadMetadataError, Metadata
from agent.ladder.transport import Dialer, failures_named
from agent.protocol.wire import Facts, Rung
from agent.system.machine import System

LOGIN_PAGE_MAX_BYTES = 2 * 1024 * 1024


def read(system: System, rung: Rung, until_s: float) -> RungOutcome:
    """Fails as `login_error`, `metadata_garbled`, `scope_differs`, `idp_certificate_expired`, `login_away` ... What may
    hold up a login all the same is remarked as `signed_requests_wanted`, `scope_misplaced` or `assurance_misplaced`.
    """
    if rung.target is None:
        raise RungFailedError("rung_without_target")
    way = Dialer(system, until_s)
    with failures_named():
        answer = get(way, rung.target, saml.METADATA_MAX_BYTES)
        if answer.status != 200:
            raise RungFailedError("login_error", http_status=answer.status)
        try:
            metadata = saml.parsed(answer.body, rung.expect.get("entity_id"))
            outcome = judge(metadata, rung.expect, system.now())
        except BadMetadataError as error:
            raise RungFailedError(error.code) from error
        _login_page(way, metadata.login_url)
    return outcome


def judge(metadata: Metadata, expect: Mapping[str, str], now: datetime) -> RungOutcome:
    """Expiry first: whoever mends that will look at the scope anyway."""
    if metadata.valid_until is not None and metadata.valid_until <= now:
        raise RungFailedError("metadata_expired")
    days = signing_days(metadata, now)
    is_outer = _is_scope_outer(metadata, expect.get("scope"))
    until = metadata.valid_until
    details: Facts = {"expires_days": days, "metadata_expires_days": (until - now).days if until is not None else None}
    return RungOutcome(details, code=_remark(metadata, is_scope_outer=is_outer))


def signing_days(metadata: Metadata, now: datetime) -> int:
    """Days for which there is a key to sign with all the time: during a change of keys the next one takes over, if it
    is valid by then. Fails as `idp_certificate_expired`, `idp_certificate_missing` ... where there is none today.
    """
    try:
        keys = sorted((certificate_in(one) for one in metadata.certificates), key=lambda one: one.not_before)
    except BadCertificateError as error:
        raise RungFailedError("idp_certificate_garbled") from error
    if not keys:
        raise RungFailedError("idp_certificate_missing")
    end = now
    for key in keys:
        if key.not_before <= end:
            end = max(end, key.not_after)
    if end > now:
        return (end - now).days
    over = [key.not_after for key in keys if key.not_after <= now]
    if not over:
        raise RungFailedError("idp_certificate_not_yet_valid")
    raise RungFailedError("idp_certificate_expired", expires_days=(max(over) - now).days)


def _is_scope_outer(metadata: Metadata, wanted: str | None) -> bool:
    """Whether the wanted scope stands for the whole entity only. Fails as `scope_differs` ... if it is nowhere."""
    if wanted is None or wanted.lower() in (one.lower() for one in metadata.scopes):
        return False
    if wanted.lower() in (one.lower() for one in metadata.outer_scopes):
        return True
    scopes = [*metadata.scopes, *metadata.outer_scopes]
    if not scopes and metadata.patterns:
        raise RungFailedError("scope_is_pattern", scope=metadata.patterns[0][:100])
    found = ", ".join(scopes)[:100]
    raise RungFailedError("scope_differs" if found else "scope_missing", scope=found or None)


def _remark(metadata: Metadata, *, is_scope_outer: bool) -> str | None:
    """What can be read but may hold up a login, the worst of it. From the guide of the national tests: their gateway
    does not sign its requests, and reads the scope below the IDPSSODescriptor and the e-identification above it.
    """
    if metadata.wants_signed_requests:
        return "signed_requests_wanted"
    if is_scope_outer:
        return "scope_misplaced"
    if metadata.has_assurance and not metadata.has_outer_assurance:
        return "assurance_misplaced"
    return None


def _login_page(way: Dialer, url: str | None) -> None:
    """Without a login request it may well complain, but somebody must answer."""
    if url is None:
        return
    try:
        status = get(way, url, LOGIN_PAGE_MAX_BYTES).status
    except RungFailedError as error:
        raise RungFailedError("login_away", reason=error.code) from error
    if status >= 500:
        raise RungFailedError("login_error", http_status=status)
