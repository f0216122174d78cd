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
from agent.protocol.wire import Rung
from agent.system.machine import System

LOGIN_PAGE_MAX_BYTES = 2 * 1024 * 1024


def read(system: System, rung: Rung, until_s: float) -> RungOutcome:
    """Fails as `login_error`, `metadata_garbled`, `scope_differs`, `idp_certificate_expired`, `login_away` ..."""
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
    days = expires_days(metadata, now)
    if days is not None and days < 0:
        raise RungFailedError("idp_certificate_expired", expires_days=days)
    wanted = expect.get("scope")
    if wanted is not None and wanted.lower() not in {one.lower() for one in metadata.scopes}:
        if not metadata.scopes and metadata.patterns:
            raise RungFailedError("scope_is_pattern", scope=metadata.patterns[0][:100])
        found = ", ".join(metadata.scopes)[:100]
        raise RungFailedError("scope_differs" if found else "scope_missing", scope=found or None)
    return RungOutcome({"expires_days": days})


def expires_days(metadata: Metadata, now: datetime) -> int | None:
    """Days until the last of the certificates is over (during a change of keys there are two); None without any."""
    try:
        ends = [certificate_in(one).not_after for one in metadata.certificates]
    except BadCertificateError as error:
        raise BadMetadataError("metadata_garbled") from error
    return (max(ends) - now).days if ends else None


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
