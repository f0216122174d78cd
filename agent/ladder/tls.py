"""Rung `tls`: who vouches for the host. A box that looks into TLS shows itself by its own name as the issuer.

`expect.issuer` (names with `|` between them) and `expect.fingerprint_sha256` say what must be found. Without them a
certificate that the machine trusts is in order, unless its issuer is a known maker of such boxes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from agent.ladder.certificate import BadCertificateError, Certificate, parsed
from agent.ladder.outcome import RungFailedError, RungOutcome
from agent.ladder.transport import Dialer, failures_named
from agent.protocol.wire import Facts, Rung
from agent.system.machine import System

MAKERS_OF_BOXES = (
    "barracuda", "blue coat", "check point", "cisco umbrella", "clavister", "contentkeeper", "fortigate", "fortinet",
    "iboss", "lightspeed", "netskope", "palo alto", "securly", "smoothwall", "sonicwall", "sophos", "watchguard",
    "zscaler",
)  # fmt: skip
"""Names that such boxes put into the certificates that they make, as found in their makers' manuals."""


def read(system: System, rung: Rung, until_s: float) -> RungOutcome:
    """Fails as `tls_inspected`, `fingerprint_differs`, `certificate_expired`, `tls_untrusted` ... with the issuer. A
    chain that browsers complete by themselves holds, and is remarked as `certificate_chain_incomplete`.
    """
    if rung.target is None:
        raise RungFailedError("rung_without_target")
    way, refusal = Dialer(system, until_s), None
    with failures_named():
        try:
            with failures_named(), way.secured(rung.target, rung.port) as secured:
                der = secured.getpeercert(binary_form=True) or b""
        except RungFailedError as error:
            if not error.code.startswith(("certificate_", "tls_untrusted")):
                raise
            refusal, der = error.code, way.certificates(rung.target, rung.port)[0]
    try:
        outcome = judge(parsed(der), refusal, rung.expect, system.now())
    except BadCertificateError as error:
        raise RungFailedError("certificate_garbled") from error
    return RungOutcome(outcome.details, code="certificate_chain_incomplete" if way.has_completed_chain else None)


def judge(certificate: Certificate, refusal: str | None, expect: Mapping[str, str], now: datetime) -> RungOutcome:
    """What is wrong with a certificate that the machine trusts (`refusal` is None) or that it refused."""
    details: Facts = {
        "issuer": certificate.issuer,
        "fingerprint_sha256": certificate.fingerprint_sha256,
        "expires_days": (certificate.not_after - now).days,
    }
    code = _inspected(certificate, expect, trusted=refusal is None) or refusal or _differs(certificate, expect)
    if code:
        raise RungFailedError(code, **details)
    return RungOutcome(details)


def _inspected(certificate: Certificate, expect: Mapping[str, str], *, trusted: bool) -> str | None:
    names = [name.lower() for name in (certificate.issuer_organisation, certificate.issuer_common_name) if name]
    if "issuer" in expect:
        wanted = [one.strip().lower() for one in expect["issuer"].split("|")]
        expected = any(one and one in name for one in wanted for name in names)
        return None if expected else "tls_inspected"
    if any(maker in name for maker in MAKERS_OF_BOXES for name in names):
        return "tls_inspected"
    return "tls_inspected" if not trusted and _differs(certificate, expect) else None


def _differs(certificate: Certificate, expect: Mapping[str, str]) -> str | None:
    wanted = expect.get("fingerprint_sha256", "").replace(":", "").lower()
    return "fingerprint_differs" if wanted and wanted != certificate.fingerprint_sha256 else None
