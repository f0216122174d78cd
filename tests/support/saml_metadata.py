"""SAML metadata of an identity provider, as a school authority's would look."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime

SIGNING_CERTIFICATE = base64.b64decode(
    "MIIBlzCCAT2gAwIBAgIUAow+GixEkdZxXdf7DAg8RSXkRLAwCgYIKoZIzj0EAwIwIDEeMBwGA1UEAwwVaWRwLmV4ZW1wZWxieS5leGFtcGxlMCAX"
    "DTIwMDEwMTAwMDAwMFoYDzIxMjYxMTAyMTMyODM4WjAgMR4wHAYDVQQDDBVpZHAuZXhlbXBlbGJ5LmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjO"
    "PQMBBwNCAAQvt39Pbf9v9sN7NUk4/TaRjDqBrXGjm39NKqFHrxsvhhgl5RpACJM4VbINr8rZ+65/P1NpIWYHOKGbUPJqLwgio1MwUTAdBgNVHQ4E"
    "FgQUA8+mn3C0EXUewO556I+dWbKGKY4wHwYDVR0jBBgwFoAUA8+mn3C0EXUewO556I+dWbKGKY4wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQD"
    "AgNIADBFAiAUDHSvvJixSu1Shi+cdkE5xFk3QiMVlvvM5F+GLg2bIwIhAN+G3xDIAVV3HOk7WAmPDOAiC6LLde0BrT12easHOPYB"
)
"""From 2020 to 2126."""
_REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"


def metadata_xml(
    scopes: Sequence[str],
    certificates: Sequence[bytes] = (SIGNING_CERTIFICATE,),
    *,
    until: datetime | None = None,
    login_url: str | None = None,
) -> bytes:
    """The document, with DER certificates as signing keys."""
    keys = "".join(
        "<md:KeyDescriptor><ds:KeyInfo><ds:X509Data><ds:X509Certificate>"
        f"{base64.b64encode(der).decode()}"
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        for der in certificates
    )
    extensions = "".join(f'<shibmd:Scope regexp="false">{scope}</shibmd:Scope>' for scope in scopes)
    login = f'<md:SingleSignOnService Binding="{_REDIRECT}" Location="{login_url}"/>' if login_url else ""
    valid = f' validUntil="{until.isoformat()}"' if until else ""
    return (
        '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"'
        ' xmlns:shibmd="urn:mace:shibboleth:metadata:1.0" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
        f' entityID="https://idp.exempelby.example/idp"{valid}>'
        '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        f"<md:Extensions>{extensions}</md:Extensions>{keys}{login}</md:IDPSSODescriptor></md:EntityDescriptor>"
    ).encode()
