"""What SAML metadata says of an identity provider, and what comes of it. Hostile documents too.

The cases are documents that were once taken for what they are not; the present is the day on which that was so.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.ladder import saml
from agent.ladder.login import judge
from agent.ladder.outcome import RungFailedError
from agent.ladder.saml import BadMetadataError
from tests.support.cases import CASES, case_names
from tests.support.ladder_world import Authority
from tests.support.saml_metadata import metadata_xml

NOW = datetime(2026, 11, 26, tzinfo=UTC)
FINE = ("ok", None, 767)
RIGHT: dict[str, tuple[str, str | None, int | None]] = {
    "eleg-attribute-under-idpsso": ("ok", "assurance_misplaced", 767),
    "next-key-not-yet-valid-old-expired": ("failed", "idp_certificate_expired", -178),
    "no-certificate": ("failed", "idp_certificate_missing", None),
    "pem-armour-in-x509": FINE,
    "signing-expired-encryption-valid": ("failed", "idp_certificate_expired", -178),
    "validuntil-leading-space": FINE,
    "want-signed-requests": ("ok", "signed_requests_wanted", 767),
}


def said_of(document: bytes, scope: str = "exempelby.example", now: datetime = NOW) -> tuple[str, str | None, object]:
    """Status, code and days left, as the rung tells them."""
    try:
        outcome = judge(saml.parsed(document), {"scope": scope}, now)
    except RungFailedError as error:
        return "failed", error.code, error.details.get("expires_days")
    return outcome.status, outcome.code, outcome.details["expires_days"]


def case(name: str) -> bytes:
    """A document."""
    return (CASES / f"saml-{name}.xml").read_bytes()


@pytest.mark.parametrize("name", RIGHT)
def test_cases(name: str) -> None:
    """Keys by use and by time, blanks, armour, and what the guide of the national tests asks for."""
    assert said_of(case(name)) == RIGHT[name]


def test_every_case_has_its_right_value() -> None:
    """A case without one would show nothing."""
    assert case_names("saml", ".xml") == set(RIGHT)


WANTED, ARMOUR = case("want-signed-requests"), case("pem-armour-in-x509")
PLAIN = WANTED.replace(b' WantAuthnRequestsSigned="true"', b"")
SCOPE = b'<md:Extensions><shibmd:Scope regexp="false">exempelby.example</shibmd:Scope></md:Extensions>'
KEYS = PLAIN[PLAIN.index(b"<md:KeyDescriptor") : PLAIN.index(b"<md:SingleSignOnService")]
LATER = case("next-key-not-yet-valid-old-expired")
NEXT_KEY = LATER[LATER.rindex(b"<md:KeyDescriptor") : LATER.index(b"<md:SingleSignOnService")]
OLD_KEY = LATER[LATER.index(b"<md:KeyDescriptor") : LATER.rindex(b"<md:KeyDescriptor")]
ASSURANCE = case("eleg-attribute-under-idpsso")
DECLARED = ASSURANCE[ASSURANCE.index(b"<mdattr:EntityAttributes") : ASSURANCE.index(b"</md:Extensions>")]
LOGO = b'<mdui:Logo height="1" width="1">data:image/png;base64,' + b"iVBORw0KGgo" * 9_000 + b"</mdui:Logo>"


def inside(tag: bytes, more: bytes, document: bytes = PLAIN) -> bytes:
    """The document with more right within an element."""
    at = document.index(b">", document.index(b"<" + tag)) + 1
    return document[:at] + more + document[at:]


def outer(more: bytes, document: bytes = PLAIN) -> bytes:
    """With more in the extensions of the whole entity."""
    return inside(b"md:EntityDescriptor", b"<md:Extensions>" + more + b"</md:Extensions>", document)


def without_blanks(key: bytes) -> bytes:
    """What a certificate of a key is in base64."""
    return b"".join(key.partition(b"<ds:X509Certificate>")[2].partition(b"<")[0].split())


CHAIN = KEYS.replace(
    b"</ds:X509Certificate>",
    b"</ds:X509Certificate><ds:X509Certificate>" + without_blanks(NEXT_KEY) + b"</ds:X509Certificate>",
)
EXPIRED_CHAIN = OLD_KEY.replace(
    b"</ds:X509Certificate>",
    b"</ds:X509Certificate><ds:X509Certificate>" + without_blanks(KEYS) + b"</ds:X509Certificate>",
)
SIGNATURE = b"<ds:Signature>" + KEYS.partition(b">")[2].removesuffix(b"</md:KeyDescriptor>") + b"</ds:Signature>"
BROTHERS: dict[str, tuple[bytes, tuple[str, str | None, int | None]]] = {
    "a key for both": (PLAIN.replace(b' use="signing"', b""), FINE),
    "a key for encryption alone": (
        PLAIN.replace(b'use="signing"', b'use="encryption"'),
        ("failed", "idp_certificate_missing", None),
    ),
    "a key without certificate": (
        PLAIN.replace(
            KEYS,
            b'<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:KeyName>a</ds:KeyName></ds:KeyInfo></md:KeyDescriptor>',
        ),
        ("failed", "idp_certificate_missing", None),
    ),
    "a garbled key for encryption": (
        inside(b"md:IDPSSODescriptor", KEYS.replace(b"signing", b"encryption").replace(b">MII", b">%%%")),
        FINE,
    ),
    "a garbled key": (PLAIN.replace(b">MII", b">%%%"), ("failed", "idp_certificate_garbled", None)),
    "a certificate that is none": (
        PLAIN.replace(without_blanks(KEYS), b"eA=="),
        ("failed", "idp_certificate_garbled", None),
    ),
    "the next key in time": (PLAIN.replace(KEYS, KEYS + NEXT_KEY), ("ok", None, 1132)),
    "the old key beside the new one": (PLAIN.replace(KEYS, OLD_KEY + KEYS), FINE),
    "the next key alone": (PLAIN.replace(KEYS, NEXT_KEY), ("failed", "idp_certificate_not_yet_valid", None)),
    "a chain within a key": (PLAIN.replace(KEYS, CHAIN), FINE),
    "an old key with a chain": (PLAIN.replace(KEYS, EXPIRED_CHAIN), ("failed", "idp_certificate_expired", -178)),
    "a key that signed the metadata": (
        PLAIN.replace(KEYS, SIGNATURE + OLD_KEY),
        ("failed", "idp_certificate_expired", -178),
    ),
    "a whole PEM file": (ARMOUR.replace(b"-----BEGIN", b"Bag Attributes\n    friendlyName: idp\n-----BEGIN"), FINE),
    "carriage returns": (ARMOUR.replace(b"\n", b"&#13;\n"), FINE),
    "a time with seven decimals": (
        PLAIN.replace(b"entityID", b'validUntil="2029-01-01T00:00:00.0000000Z" entityID'),
        FINE,
    ),
    "a line break before the time": (
        PLAIN.replace(b"entityID", b'validUntil="&#10;2029-01-01T00:00:00Z" entityID'),
        FINE,
    ),
    "a logo as a picture": (
        inside(
            b"md:IDPSSODescriptor",
            b'<md:Extensions xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui"><mdui:UIInfo>'
            + LOGO
            + b"</mdui:UIInfo></md:Extensions>",
        ),
        FINE,
    ),
    "signed requests by a number": (WANTED.replace(b'"true"', b'" 1 "'), ("ok", "signed_requests_wanted", 767)),
    "signed requests not wanted": (WANTED.replace(b'"true"', b'"false"'), FINE),
    "a scope of the whole entity": (outer(SCOPE, PLAIN.replace(SCOPE, b"")), ("ok", "scope_misplaced", 767)),
    "a scope in both places": (outer(SCOPE), FINE),
    "e-identification of the whole entity": (outer(DECLARED), FINE),
    "e-identification in both places": (outer(DECLARED, ASSURANCE), FINE),
}


@pytest.mark.parametrize("name", BROTHERS)
def test_brothers_of_the_cases(name: str) -> None:
    """Other shapes of the same mistakes, and what only looks like one."""
    document, right = BROTHERS[name]
    assert said_of(document) == right


def test_keys_with_a_gap_between_them() -> None:
    """The days end where nobody can sign, though a later key is there."""
    assert said_of(LATER, now=datetime(2026, 5, 30, tzinfo=UTC)) == ("ok", None, 2)
    assert said_of(LATER, now=datetime(2027, 1, 1, tzinfo=UTC)) == ("ok", None, 1096)


def test_metadata_of_one_provider(tmp_path: Path) -> None:
    """Scopes, certificates, the login address and until when it holds."""
    file, _ = Authority(tmp_path, "Rot").certificate()
    der = ssl.PEM_cert_to_DER_cert(file.read_text())
    until = datetime(2027, 1, 1, tzinfo=UTC)
    found = saml.parsed(metadata_xml(["exempelby.se"], [der], until=until, login_url="https://idp.example/login"))
    assert found.entity_id == "https://idp.exempelby.example/idp"
    assert (found.scopes, found.patterns, found.certificates) == (["exempelby.se"], [], [der])
    assert (found.valid_until, found.login_url) == (until, "https://idp.example/login")


def test_a_scope_of_the_whole_entity_that_is_a_pattern() -> None:
    """It is kept apart, and never run as a regular expression."""
    document = metadata_xml(["exempelby.se"]).replace(
        b"<md:IDPSSODescriptor",
        b'<md:Extensions><shibmd:Scope regexp="true">(a+)+$</shibmd:Scope></md:Extensions><md:IDPSSODescriptor',
        1,
    )
    found = saml.parsed(document)
    assert (found.scopes, found.patterns) == (["exempelby.se"], ["(a+)+$"])


def test_which_of_several_providers() -> None:
    """By its entity id."""
    one = metadata_xml(["ett.se"])
    both = b'<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">'
    both += one + one.replace(b"exempelby.example", b"annan.example").replace(b"ett.se", b"annan.se")
    both += b"</md:EntitiesDescriptor>"
    assert saml.parsed(both).scopes == ["ett.se"]
    assert saml.parsed(both, "https://idp.annan.example/idp").scopes == ["annan.se"]
    with pytest.raises(BadMetadataError, match="no_identity_provider"):
        saml.parsed(both, "https://nobody.example/")


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;">]>
<x>&lol2;</x>"""
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (LAUGHS, "metadata_has_entities"),
        (OUTSIDE, "metadata_has_entities"),
        (b"", "metadata_garbled"),
        (b"<html><body>Login</body></html>", "no_identity_provider"),
        (b"<a>" * 100, "metadata_garbled"),
        (b"<a>" + b"x" * 70_000 + b"</a>", "no_identity_provider"),
        (metadata_xml(["x" * 70_000]), "metadata_garbled"),
        (b'<a validUntil="soon"/>', "metadata_garbled"),
        (b" " * (saml.METADATA_MAX_BYTES + 1), "metadata_too_large"),
    ],
    ids=["laughs", "outside", "empty", "a page", "deep", "long", "a long scope", "no time", "huge"],
)
def test_hostile_metadata(document: bytes, code: str) -> None:
    """Nothing is expanded, fetched or read without bounds."""
    with pytest.raises(BadMetadataError) as refused:
        saml.parsed(document)
    assert refused.value.code == code
