"""Reads issuer, expiry and fingerprint out of a certificate that nobody vouches for. Pure, bounded.

Python's ssl takes apart only certificates that it trusts, and the one worth naming is the one that it does not.
A library for all of X.509 (cryptography, asn1crypto) is megabytes on every classroom machine, for three fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256

import msgspec

CERTIFICATE_MAX_BYTES = 64 * 1024
_PARTS_MAX = 200
_SEQUENCE, _SET, _OBJECT_ID, _VERSION = 0x30, 0x31, 0x06, 0xA0
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_BMP_STRING, _T61_STRING = 0x1E, 0x14
_COMMON_NAME, _ORGANISATION = bytes([0x55, 4, 3]), bytes([0x55, 4, 10])
_TEXT_MAX = 200


class BadCertificateError(ValueError):
    """The bytes are no certificate that this reader understands."""


class Certificate(msgspec.Struct, frozen=True):
    """What a rung says about a certificate. `fingerprint_sha256` is hexadecimal in lower case; one that is self-issued
    has its issuer's name, as roots do.
    """

    issuer_organisation: str | None
    issuer_common_name: str | None
    not_before: datetime
    not_after: datetime
    fingerprint_sha256: str
    is_self_issued: bool

    @property
    def issuer(self) -> str:
        """How people would call the issuer."""
        return self.issuer_organisation or self.issuer_common_name or "?"


def parsed(der: bytes) -> Certificate:
    """The certificate in `der`. Raises BadCertificateError."""
    if len(der) > CERTIFICATE_MAX_BYTES:
        raise BadCertificateError("too large")
    try:
        signed = _only(_only(der, _SEQUENCE), _SEQUENCE)
        parts = [part for part in _parts(signed) if part[0] != _VERSION]
        _, _, (_, issuer), (_, validity), (_, subject), *_ = parts
        names = dict(_names(issuer))
        not_before, not_after = (_moment(kind, value) for kind, value in _parts(validity))
    except (IndexError, ValueError) as error:
        raise BadCertificateError(str(error)) from error
    return Certificate(
        issuer_organisation=names.get(_ORGANISATION),
        issuer_common_name=names.get(_COMMON_NAME),
        not_before=not_before,
        not_after=not_after,
        fingerprint_sha256=sha256(der).hexdigest(),
        is_self_issued=issuer == subject,
    )


def _parts(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of every element that follows another in `der`."""
    at = 0
    for _ in range(_PARTS_MAX):
        if at == len(der):
            return
        tag, length, at = der[at], der[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            if not 1 <= size <= 4:
                raise ValueError("a length that no certificate has")
            length, at = int.from_bytes(der[at : at + size]), at + size
        if at + length > len(der):
            raise ValueError("cut short")
        yield tag, der[at : at + length]
        at += length
    raise ValueError("too many parts")


def _only(der: bytes, tag: int) -> bytes:
    """The first element, which must have this tag."""
    found, content = next(_parts(der), (None, b""))
    if found != tag:
        raise ValueError("not built like a certificate")
    return content


def _names(name: bytes) -> Iterator[tuple[bytes, str]]:
    for tag, group in _parts(name):
        for inner, pair in _parts(group) if tag == _SET else ():
            (kind, number), (written, value) = _parts(pair) if inner == _SEQUENCE else ((0, b""), (0, b""))
            if kind == _OBJECT_ID:
                yield number, _text(written, value)


def _text(tag: int, value: bytes) -> str:
    encoding = {_BMP_STRING: "utf-16-be", _T61_STRING: "latin-1"}.get(tag, "utf-8")
    text = value.decode(encoding, errors="replace")
    return "".join(letter if letter.isprintable() else " " for letter in text)[:_TEXT_MAX]


def _moment(tag: int, value: bytes) -> datetime:
    if tag not in {_UTC_TIME, _GENERALIZED_TIME}:
        raise ValueError("not a time")
    text = value.decode("ascii")
    if tag == _UTC_TIME:  # two digits of the year: up to 49 they mean 20xx
        text = ("20" if int(text[:2]) < 50 else "19") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
