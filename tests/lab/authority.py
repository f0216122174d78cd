"""Certificates for the lab, made by the openssl program: an authority of our own and what it signs."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.lab.namespaces import host

_STAMP = "%Y%m%d%H%M%SZ"
_AUTHORITY_EXTENSIONS = """\
basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
"""
_SERVER_EXTENSIONS = """\
basicConstraints=critical,CA:false
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
"""
_CONFIGURATION = """\
[ca]
default_ca=lab
[lab]
new_certs_dir={folder}
database={folder}/index.txt
serial={folder}/serial
rand_serial=yes
default_md=sha256
policy=anything
unique_subject=no
[anything]
organizationName=optional
commonName=supplied
"""


class Issued(NamedTuple):
    """A certificate and its private key, both PEM files."""

    certificate: Path
    key: Path

    @property
    def base64_der(self) -> str:
        """The certificate as it stands in SAML metadata."""
        lines = self.certificate.read_text().splitlines()
        return "".join(lines[lines.index("-----BEGIN CERTIFICATE-----") + 1 : lines.index("-----END CERTIFICATE-----")])

    @property
    def der(self) -> bytes:
        """The certificate's bytes, of which fingerprints are made."""
        return base64.b64decode(self.base64_der)


class CertificateAuthority:
    """Signs certificates of hosts under the name of `organisation`; lives in a folder of its own."""

    def __init__(self, folder: Path, organisation: str) -> None:
        """Makes the folder, the authority's key and its certificate."""
        folder.mkdir(parents=True)
        self.folder = folder
        self.organisation = organisation
        self._configuration = folder / "ca.cnf"
        self._configuration.write_text(_CONFIGURATION.format(folder=folder))
        (folder / "index.txt").touch()
        now = datetime.now(UTC)
        self._own = self._signed(f"{organisation} CA", _AUTHORITY_EXTENSIONS, now - timedelta(days=400), 4_000, None)
        self.certificate = self._own.certificate

    def issue(self, name: str, *, also: tuple[str, ...] = (), expired: bool = False) -> Issued:
        """A certificate for the host `name` (and the hosts in `also`), over since yesterday if `expired`."""
        extensions = _SERVER_EXTENSIONS + "subjectAltName=" + ",".join(f"DNS:{one}" for one in (name, *also)) + "\n"
        start = datetime.now(UTC) - timedelta(days=91 if expired else 1)
        return self._signed(name, extensions, start, 90, self._own)

    def _signed(self, name: str, extensions: str, start: datetime, days: int, signer: Issued | None) -> Issued:
        """`openssl ca`, because only that lets a certificate begin and end when we say."""
        stem = f"{name.replace(' ', '-')}-{start:%Y%m%d}"
        issued = Issued(self.folder / f"{stem}.pem", self.folder / f"{stem}.key")
        request, extra = self.folder / f"{stem}.csr", self.folder / f"{stem}.cnf"
        extra.write_text(extensions)
        host(
            [
                *("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
                *("-keyout", issued.key, "-out", request, "-subj", f"/O={self.organisation}/CN={name}"),
            ]
        )
        by = ("-cert", signer.certificate, "-keyfile", signer.key) if signer else ("-selfsign", "-keyfile", issued.key)
        host(
            [
                *("openssl", "ca", "-batch", "-notext", "-config", self._configuration, "-extfile", extra, *by),
                *("-startdate", start.strftime(_STAMP), "-enddate", (start + timedelta(days=days)).strftime(_STAMP)),
                *("-in", request, "-out", issued.certificate),
            ]
        )
        return issued
