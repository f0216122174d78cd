"""What is read out of other people's bytes: routes, DNS answers, certificates. Hostile ones too."""

from __future__ import annotations

import contextlib
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ladder import certificate
from agent.ladder.certificate import BadCertificateError
from agent.ladder.dns import listed
from agent.ladder.dns_message import BadAnswerError, addresses_in, question
from agent.measuring.routes import linux_gateways, macos_gateways, windows_gateways
from tests.support.ladder_world import Authority, dns_answer

ROUTES = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\t014D0A0A\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t00004D0A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
down0\t00000000\t0202A8C0\t0002\t0\t0\t1\t00000000\t0\t0\t0
"""


def test_linux_gateways_come_by_metric() -> None:
    """Only routes to everywhere that are up and go through somebody."""
    assert linux_gateways(ROUTES) == ["10.10.77.1", "192.168.1.1"]
    assert linux_gateways("") == []


def test_gateways_of_other_systems() -> None:
    """As Windows and macOS print them."""
    windows = "IPv4 Route Table\r\n  0.0.0.0          0.0.0.0      192.168.1.1    192.168.1.20     25\r\n"
    assert windows_gateways(windows) == ["192.168.1.1"]
    assert macos_gateways("   route to: default\n    gateway: 10.0.0.1\n  interface: en0\n") == ["10.0.0.1"]


def test_resolvers_that_are_addresses() -> None:
    """Each once; what is no address is left out."""
    assert listed(["10.0.0.1", "x", "fe80::1%eth0", "10.0.0.1"]) == ["10.0.0.1", "fe80::1%eth0"]


def test_dns_answers() -> None:
    """Addresses sorted, each once; a refusal is told apart from an empty answer."""
    asked = question(7, "prov.example.se")
    assert addresses_in(dns_answer(asked, ["192.0.2.9", "192.0.2.1", "192.0.2.9"]), asked) == (
        0,
        ["192.0.2.1", "192.0.2.9"],
    )
    assert addresses_in(dns_answer(asked, [], refusal=3), asked) == (3, [])


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda answer: b"",
        lambda answer: answer[:20],
        lambda answer: b"\xff\xff" + answer[2:],
        lambda answer: answer[:2] + b"\x01" + answer[3:],
        lambda answer: answer.replace(b"prov", b"test"),
        lambda answer: answer[:-6],
    ],
)
def test_what_is_no_answer_to_the_question(spoilt: object) -> None:
    """Cut short, of another number, a question itself, about another name."""
    asked = question(7, "prov.example.se")
    with pytest.raises(BadAnswerError):
        addresses_in(spoilt(dns_answer(asked, ["192.0.2.1"])), asked)  # type: ignore[operator]  # a lambda


@given(st.binary(max_size=300))
def test_no_bytes_upset_the_dns_reader(tail: bytes) -> None:
    """Whatever follows the question, it ends, with addresses or a refusal to read."""
    asked = question(7, "prov.example.se")
    with contextlib.suppress(BadAnswerError):
        addresses_in(dns_answer(asked, [])[:6] + b"\x00\x05\x00\x00\x00\x00" + asked[12:] + tail, asked)


@pytest.mark.parametrize("name", ["", ".", "a..b", "x" * 64 + ".se", ".".join(["abcdefgh"] * 40)])
def test_what_can_not_be_a_name(name: str) -> None:
    """Said before anything is sent."""
    with pytest.raises((ValueError, UnicodeError)):
        question(1, name)


def test_certificates_as_openssl_reads_them(tmp_path: Path) -> None:
    """Issuer, times and fingerprint, of a name with Swedish letters too."""
    file, _ = Authority(tmp_path, "Östersunds kommun").certificate()
    der = ssl.PEM_cert_to_DER_cert(file.read_text())
    found = certificate.parsed(der)
    command = ["openssl", "x509", "-in", str(file), "-noout", "-enddate", "-startdate", "-fingerprint", "-sha256"]
    printed = dict(
        line.split("=", 1)
        for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    )
    assert found.fingerprint_sha256 == printed["sha256 Fingerprint"].replace(":", "").lower()
    for moment, name in ((found.not_after, "notAfter"), (found.not_before, "notBefore")):
        assert moment == datetime.strptime(printed[name], "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC)
    assert found.issuer_common_name is not None
    assert "kommun" in found.issuer
    assert sha256(der).hexdigest() == found.fingerprint_sha256


def test_years_beyond_2049(tmp_path: Path) -> None:
    """Are written in another kind of time."""
    file, _ = Authority(tmp_path, "Rot").certificate(days=40 * 365)
    found = certificate.parsed(ssl.PEM_cert_to_DER_cert(file.read_text()))
    assert found.not_after.year >= 2066 - 1
    assert found.not_after - found.not_before == timedelta(days=40 * 365)


@given(st.binary(max_size=200))
def test_no_bytes_upset_the_certificate_reader(der: bytes) -> None:
    """It reads or refuses."""
    with pytest.raises(BadCertificateError):
        certificate.parsed(der)


def test_a_certificate_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    """Never half read."""
    file, _ = Authority(tmp_path, "Rot").certificate()
    der = ssl.PEM_cert_to_DER_cert(file.read_text())
    for end in range(0, len(der), 7):
        with pytest.raises(BadCertificateError):
            certificate.parsed(der[:end])
    with pytest.raises(BadCertificateError):
        certificate.parsed(b"\x30" + b"\0" * certificate.CERTIFICATE_MAX_BYTES)
