"""What the lab's internet offers: names, a test service, an identity provider, and a place that always answers.

Every answer stands in a file that its server reads each time, so that a test changes it while all goes on.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from tests.lab.authority import CertificateAuthority
from tests.lab.namespaces import Namespace, host

SERVICE, IDP, REFERENCE, MEASUREMENT = "prov.lab.test", "idp.lab.test", "reference.lab.test", "matpunkt.lab.test"
ADDRESSES = {SERVICE: "10.77.8.10", IDP: "10.77.8.11", REFERENCE: "10.77.8.12", MEASUREMENT: "10.77.8.13"}
RESOLVER_ADDRESSES = ("10.77.8.53", "10.77.8.54")
SCOPE = "kommunen.lab.test"
"""The EPPN scope that pupils of the lab's authority have."""
REFERENCE_TEXT = "provklar reference\n"
SYSTEM_CA_BUNDLE = Path("ssl/certs/ca-certificates.crt")

_METADATA = """\
<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
    xmlns:shibmd="urn:mace:shibboleth:metadata:1.0" entityID="https://{idp}/metadata">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:Extensions><shibmd:Scope regexp="false">{scope}</shibmd:Scope></md:Extensions>
    <md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate>
    </ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://{idp}/login"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>
"""


class StartsPrograms(Protocol):
    """The part of a box that services need."""

    internet: Namespace
    clients: list[Namespace]
    folder: Path

    def start_program(self, where: Namespace, command: list[str | Path]) -> object:
        """Starts a program of ours and waits until it says that it is ready."""


def program(name: str) -> list[str | Path]:
    """The command that starts a Python program of this folder, apart from the tests' own packages."""
    return [sys.executable, "-I", Path(__file__).with_name(name)]


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    """Replaces the file in one step, so that nobody reads half of it."""
    new = file.with_suffix(".new")
    new.write_text(json.dumps(content, default=str))
    new.replace(file)


class Resolver:
    """One DNS server and its zone."""

    def __init__(self, address: str, zone_file: Path) -> None:
        """Starts with the truth."""
        self.address = address
        self.zone_file = zone_file
        self.say(ADDRESSES)

    def say(self, zone: Mapping[str, str]) -> None:
        """Answers by `zone` from now on."""
        write_json(self.zone_file, zone)


class Services:
    """The servers in the lab's internet, and how to change what they answer."""

    def __init__(self, box: StartsPrograms) -> None:
        """Makes certificates, starts all servers and tells the clients about names and authorities."""
        self._clients = box.clients
        self.authority = CertificateAuthority(box.folder / "authority", "Lab Authority")
        """The issuer that clients trust."""
        self.stranger = CertificateAuthority(box.folder / "stranger", "Unknown Issuer")
        """An issuer that nobody trusts."""
        self._sites_file = box.folder / "sites.json"
        self._sites = {name: self._site(name) for name in ADDRESSES}
        self._sites[SERVICE] |= {"pages": {"/": ["text/html", "<h1>Prov</h1>"]}, "sockets": {"/socket": "open"}}
        self._sites[REFERENCE]["pages"] = {"/": ["text/plain", REFERENCE_TEXT]}
        self.describe_idp()
        self.resolvers = [Resolver(address, box.folder / f"zone-{address}.json") for address in RESOLVER_ADDRESSES]
        for address in (*ADDRESSES.values(), *RESOLVER_ADDRESSES):
            host(["ip", "-n", box.internet.name, "addr", "add", f"{address}/32", "dev", "lo"])
        for resolver in self.resolvers:
            box.start_program(box.internet, [*program("dns_responder.py"), resolver.address, resolver.zone_file])
        box.start_program(box.internet, [*program("web_server.py"), self._sites_file])
        for client in self._clients:
            _tell(client)
        self.trust(self.authority)

    def site(self, name: str) -> dict[str, Any]:
        """What the host answers now, to be changed by `change`."""
        return dict(self._sites[name])

    def change(self, name: str, **answers: object) -> Callable[[], None]:
        """Lets the host answer otherwise; the function that comes back undoes it."""
        before = self._sites[name]
        self._sites[name] = before | answers
        self._write()

        def undo() -> None:
            self._sites[name] = before
            self._write()

        return undo

    def describe_idp(self, scope: str = SCOPE, *, expired: bool = False) -> Callable[[], None]:
        """Gives the identity provider metadata with that scope, and a signing certificate that may have expired."""
        certificate = self.authority.issue("signing.lab.test", expired=expired)
        metadata = _METADATA.format(idp=IDP, scope=scope, certificate=certificate.base64_der)
        pages = {"/metadata": ["application/samlmetadata+xml", metadata], "/login": ["text/html", "<h1>Logga in</h1>"]}
        return self.change(IDP, pages=pages)

    def trust(self, *authorities: CertificateAuthority) -> None:
        """Makes the clients trust these authorities and no others, as a school's IT would by policy."""
        for client in self._clients:
            bundle = client.etc / SYSTEM_CA_BUNDLE
            bundle.write_text("".join(authority.certificate.read_text() for authority in authorities))

    def _site(self, name: str) -> dict[str, Any]:
        return {"certificate": self.authority.issue(name), "status": 200, "pages": {}, "sockets": {}}

    def _write(self) -> None:
        write_json(self._sites_file, self._sites)


def _tell(client: Namespace) -> None:
    """Names are asked of the lab's resolvers; TLS believes the bundle that `trust` writes."""
    (client.etc / SYSTEM_CA_BUNDLE.parent).mkdir(parents=True)
    servers = "".join(f"nameserver {address}\n" for address in RESOLVER_ADDRESSES)
    (client.etc / "resolv.conf").write_text(f"{servers}options timeout:1 attempts:1\n")
    (client.etc / "hosts").write_text("127.0.0.1 localhost\n")
    if (system_settings := Path("/etc/ssl/openssl.cnf")).exists():
        shutil.copy(system_settings, client.etc / "ssl")
