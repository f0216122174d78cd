"""Reads the SAML metadata of an identity provider: scopes, keys that it signs with, expiry. Pure, bounded.

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
_ENTITY, _PROVIDER, _KEY = f"{_MD}EntityDescriptor", f"{_MD}IDPSSODescriptor", f"{_MD}KeyDescriptor"
_CERTIFICATE = f"{_DS}X509Certificate"
_SCOPE = "urn:mace:shibboleth:metadata:1.0 Scope"
_ATTRIBUTE = "urn:oasis:names:tc:SAML:2.0:assertion Attribute"
_ASSURANCE = "urn:oasis:names:tc:SAML:attribute:assurance-certification"
_REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
_TRUE = {"true", "1"}


class BadMetadataError(ValueError):
    """Not metadata of an identity provider; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Metadata(msgspec.Struct):
    """One identity provider. A scope that is a pattern is in `patterns`, not in `scopes`; what is declared above the
    provider, for its whole entity, is in `outer_scopes` and `has_outer_assurance` (of an e-identification).
    `certificates` are those of the keys that it may sign with, as DER; one that is no base64 is empty.
    """

    entity_id: str
    valid_until: datetime | None = None
    scopes: list[str] = []
    outer_scopes: list[str] = []
    patterns: list[str] = []
    certificates: list[bytes] = []
    login_url: str | None = None
    wants_signed_requests: bool = False
    has_assurance: bool = False
    has_outer_assurance: bool = False


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
    """Hears the elements one after the other; of what stands outside an IDPSSODescriptor only what holds for the whole
    entity counts.
    """

    def __init__(self) -> None:
        self.providers: list[Metadata] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.ExternalEntityRefHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._hear
        self._depth = 0
        self._until: list[datetime | None] = []
        self._entity = Metadata("")
        self._provider: Metadata | None = None
        self._is_pattern = False
        self._may_sign = False
        self._text: list[str] | None = None
        self._length = 0

    def _refuse(self, *_declared: object) -> int:
        raise BadMetadataError("metadata_has_entities")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEPTH_MAX:
            raise BadMetadataError("metadata_garbled")
        self._until.append(_moment(attributes.get("validUntil")))
        # Nothing else is kept: a logo may be a whole picture.
        self._text, self._length = [] if name in {_SCOPE, _CERTIFICATE} else None, 0
        if name == _ENTITY:
            self._entity = Metadata(attributes.get("entityID", ""))
        elif name == _PROVIDER:
            self._provider = self._opened(attributes)
        elif name == _SCOPE:
            self._is_pattern = attributes.get("regexp", "false").strip() in _TRUE
        elif name == _ATTRIBUTE and attributes.get("Name", "").strip() == _ASSURANCE:
            (self._provider or self._entity).has_assurance = True
        elif self._provider is not None:
            self._start_within(self._provider, name, attributes)

    def _opened(self, attributes: dict[str, str]) -> Metadata:
        """A provider. What is declared for its whole entity stands before it."""
        outer = self._entity
        return Metadata(
            outer.entity_id,
            min((one for one in self._until if one), default=None),
            outer_scopes=list(outer.scopes),
            patterns=list(outer.patterns),
            wants_signed_requests=attributes.get("WantAuthnRequestsSigned", "").strip() in _TRUE,
            has_outer_assurance=outer.has_assurance,
        )

    def _start_within(self, provider: Metadata, name: str, attributes: dict[str, str]) -> None:
        if name == _KEY:  # without a use it is for both
            self._may_sign = attributes.get("use", "").strip() != "encryption"
        elif name == f"{_MD}SingleSignOnService" and attributes.get("Binding") == _REDIRECT:
            provider.login_url = provider.login_url or attributes.get("Location")

    def _hear(self, text: str) -> None:
        if self._text is None:
            return
        self._length += len(text)
        if self._length > _TEXT_MAX:
            raise BadMetadataError("metadata_garbled")
        self._text.append(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._until.pop()
        text, self._text = "".join(self._text or ()).strip(), None
        if name == _PROVIDER and self._provider is not None:
            self.providers.append(self._provider)
            self._provider = None
        elif name == _SCOPE:
            holder = self._provider or self._entity
            (holder.patterns if self._is_pattern else holder.scopes).append(text)
        elif name == _KEY:
            self._may_sign = False
        elif name == _CERTIFICATE and self._provider is not None and self._may_sign:
            self._provider.certificates.append(_der(text))
            self._may_sign = False  # those that follow vouch for it


def _der(text: str) -> bytes:
    """A certificate in base64, also where somebody pasted a whole PEM file."""
    inside = text.partition("-----BEGIN CERTIFICATE-----")[2].partition("-----END")[0] or text
    try:
        return base64.b64decode("".join(inside.split()), validate=True)
    except binascii.Error:
        return b""


def _moment(written: str | None) -> datetime | None:
    if written is None:
        return None
    try:
        moment = datetime.fromisoformat(written.strip())
    except ValueError as error:
        raise BadMetadataError("metadata_garbled") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
