"""Reads the SAML metadata of an identity provider: scopes, certificates, expiry. Pure, bounded.

Metadata comes from outside, so a document type (and with it every entity) is refused before anything is expanded. Ours,
on the standard library's expat: pysaml2 and python3-saml bring xmlsec and a login of which nothing is needed, since no
signature is checked and nobody logs in.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from xml.parsers import expat

import msgspec

METADATA_MAX_BYTES = 4 * 1024 * 1024
_DEPTH_MAX = 60
_TEXT_MAX = 64 * 1024
_MD = "urn:oasis:names:tc:SAML:2.0:metadata "
_DS = "http://www.w3.org/2000/09/xmldsig# "
_SHIBMD = "urn:mace:shibboleth:metadata:1.0 "
_REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"


class BadMetadataError(ValueError):
    """Not metadata of an identity provider; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Metadata(msgspec.Struct):
    """One identity provider. `certificates` are DER; a scope that is a pattern is in `patterns`, not in `scopes`."""

    entity_id: str
    valid_until: datetime | None = None
    scopes: list[str] = []
    patterns: list[str] = []
    certificates: list[bytes] = []
    login_url: str | None = None


def parsed(document: bytes, entity_id: str | None = None) -> Metadata:
    """The identity provider `entity_id`, or the first one. Raises BadMetadataError."""
    if len(document) > METADATA_MAX_BYTES:
        raise BadMetadataError("metadata_too_large")
    reader = _Reader()
    try:
        reader.parser.Parse(document, True)
    except expat.ExpatError as error:
        raise BadMetadataError("metadata_garbled") from error
    found = [one for one in reader.providers if entity_id in {None, one.entity_id}]
    if not found:
        raise BadMetadataError("no_identity_provider")
    return found[0]


class _Reader:
    """Hears the elements one after the other; only what stands within an IDPSSODescriptor counts."""

    def __init__(self) -> None:
        self.providers: list[Metadata] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.ExternalEntityRefHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._hear
        self._path: list[str] = []
        self._until: list[datetime | None] = []
        self._entity = Metadata("")
        self._provider: Metadata | None = None
        self._is_pattern = False
        self._text: list[str] = []
        self._length = 0

    def _refuse(self, *_declared: object) -> int:
        raise BadMetadataError("metadata_has_entities")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        if len(self._path) > _DEPTH_MAX:
            raise BadMetadataError("metadata_garbled")
        self._until.append(_moment(attributes.get("validUntil")))
        self._text, self._length = [], 0
        if name == f"{_MD}EntityDescriptor":
            self._entity = Metadata(attributes.get("entityID", ""))
        elif name == f"{_MD}IDPSSODescriptor":
            until = min((one for one in self._until if one), default=None)
            # A scope may also stand in the extensions of the whole entity, before its roles.
            self._provider = Metadata(
                self._entity.entity_id, until, list(self._entity.scopes), list(self._entity.patterns)
            )
        elif self._provider is not None and name == f"{_MD}SingleSignOnService":
            if attributes.get("Binding") == _REDIRECT:
                self._provider.login_url = self._provider.login_url or attributes.get("Location")
        elif name == f"{_SHIBMD}Scope":
            self._is_pattern = attributes.get("regexp", "false").strip() in {"true", "1"}

    def _hear(self, text: str) -> None:
        self._length += len(text)
        if self._length > _TEXT_MAX:
            raise BadMetadataError("metadata_garbled")
        self._text.append(text)

    def _end(self, name: str) -> None:
        self._path.pop()
        self._until.pop()
        if name == f"{_MD}IDPSSODescriptor" and self._provider is not None:
            self.providers.append(self._provider)
            self._provider = None
        elif self._provider is not None:
            self._keep(self._provider, name, "".join(self._text).strip())
        elif name == f"{_SHIBMD}Scope":
            self._keep(self._entity, name, "".join(self._text).strip())

    def _keep(self, provider: Metadata, name: str, text: str) -> None:
        if name == f"{_SHIBMD}Scope":
            (provider.patterns if self._is_pattern else provider.scopes).append(text)
        elif name == f"{_DS}X509Certificate":
            try:
                provider.certificates.append(base64.b64decode("".join(text.split()), validate=True))
            except binascii.Error as error:
                raise BadMetadataError("metadata_garbled") from error


def _moment(written: str | None) -> datetime | None:
    if written is None:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise BadMetadataError("metadata_garbled") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
