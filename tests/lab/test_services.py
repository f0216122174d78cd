"""The lab's internet answers as the real one would, and each breakage breaks its own rung and no other."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from tests.lab import breakages
from tests.lab.box import SchoolBox
from tests.lab.services import ADDRESSES, IDP, REFERENCE, REFERENCE_TEXT, SCOPE, SERVICE
from tests.lab.wiring import LINE_NEAR, ROUTER_ADDRESS

pytestmark = pytest.mark.xdist_group("lab")  # measures nothing, so it may run beside other tests

RESOLVE = "import socket, sys; print(socket.gethostbyname(sys.argv[1]))"
CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], 443), 0.7)"
WEBSOCKET = [
    *("-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13"),
    *("-H", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
]
"""The key of RFC 6455's example, whose answer is `s3pPLMBiTxaQ9kYGzzhZRbK+xOo=`."""
CURL_NO_ANSWER, CURL_UNTRUSTED = 28, 60


@pytest.fixture(scope="module")
def box() -> Iterator[SchoolBox]:
    with SchoolBox(100, 100) as box:
        box.start_services()
        yield box


def fetched(box: SchoolBox, url: str, *options: str) -> subprocess.CompletedProcess[str]:
    return box.run(box.clients[0], ["curl", "-sS", "--max-time", "3", *options, url], check=False)


def status(box: SchoolBox, url: str) -> str:
    return fetched(box, url, "-o", "/dev/null", "-w", "%{http_code}").stdout


def issuer(box: SchoolBox, name: str) -> str:
    """Who signed the certificate that a client is shown."""
    shown = box.run(
        box.clients[0],
        ["openssl", "s_client", "-connect", f"{name}:443", "-servername", name],
        text="",
        check=False,
    )
    found = re.search(r"issuer=O = ([^,]+)", shown.stdout)
    return found[1] if found else "nobody"


def python(box: SchoolBox, code: str, argument: str) -> subprocess.CompletedProcess[str]:
    return box.run(box.clients[0], [sys.executable, "-c", code, argument], check=False)


class TestWhole:
    """Nothing is broken."""

    @pytest.mark.parametrize("name", ADDRESSES)
    def test_every_name_is_known(self, box: SchoolBox, name: str) -> None:
        assert python(box, RESOLVE, name).stdout.strip() == ADDRESSES[name]

    def test_a_name_that_is_not_there_does_not_exist(self, box: SchoolBox) -> None:
        assert "gaierror" in python(box, RESOLVE, "nowhere.lab.test").stderr

    def test_clients_trust_the_service(self, box: SchoolBox) -> None:
        assert fetched(box, f"https://{SERVICE}/").stdout == "<h1>Prov</h1>"
        assert issuer(box, SERVICE) == "Lab Authority"

    def test_the_reference_answers_over_plain_http(self, box: SchoolBox) -> None:
        assert fetched(box, f"http://{REFERENCE}/").stdout == REFERENCE_TEXT

    def test_the_identity_provider_shows_its_scope(self, box: SchoolBox) -> None:
        metadata = fetched(box, f"https://{IDP}/metadata").stdout
        assert f'<shibmd:Scope regexp="false">{SCOPE}</shibmd:Scope>' in metadata
        assert status(box, f"https://{IDP}/login") == "200"

    def test_a_websocket_opens_and_echoes(self, box: SchoolBox) -> None:
        answer = fetched(box, f"https://{SERVICE}/socket", "-i", "--http1.1", "--max-time", "0.5", *WEBSOCKET).stdout
        assert answer.startswith("HTTP/1.1 101 ")
        assert "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in answer

    def test_a_page_that_is_not_there_is_not_found(self, box: SchoolBox) -> None:
        assert status(box, f"https://{SERVICE}/nothing") == "404"


UNRESOLVED = [breakages.cable_pulled, breakages.gateway_gone, breakages.no_route, breakages.line_silent]


class TestBroken:
    """One thing is broken, and mended after it."""

    @pytest.mark.parametrize("breakage", UNRESOLVED)
    def test_without_a_way_out_nothing_answers_until_it_is_mended(
        self, box: SchoolBox, breakage: Callable[[SchoolBox], AbstractContextManager[None]]
    ) -> None:
        with breakage(box):
            assert python(box, CONNECT, ADDRESSES[SERVICE]).returncode
        assert python(box, CONNECT, ADDRESSES[SERVICE]).returncode == 0

    def test_a_pulled_cable_shows_on_the_card(self, box: SchoolBox) -> None:
        with breakages.cable_pulled(box):
            assert "NO-CARRIER" in box.run(box.clients[0], ["ip", "link", "show", "eth0"]).stdout

    def test_only_the_gateway_is_gone(self, box: SchoolBox) -> None:
        with breakages.gateway_gone(box):
            answer = box.run(box.clients[0], ["ping", "-c1", "-W20", ROUTER_ADDRESS], check=False)
            assert "Destination Host Unreachable" in answer.stdout
            assert "NO-CARRIER" not in box.run(box.clients[0], ["ip", "link", "show", "eth0"]).stdout

    def test_the_router_says_that_there_is_no_route(self, box: SchoolBox) -> None:
        with breakages.no_route(box):
            assert "Network is unreachable" in python(box, CONNECT, ADDRESSES[SERVICE]).stderr
            assert box.run(box.clients[0], ["ping", "-c1", "-w20", ROUTER_ADDRESS]).returncode == 0

    def test_a_silent_line_says_nothing(self, box: SchoolBox) -> None:
        with breakages.line_silent(box):
            assert "timed out" in python(box, CONNECT, ADDRESSES[SERVICE]).stderr
            assert box.run(box.clients[0], ["ping", "-c1", "-w20", LINE_NEAR]).returncode == 0

    def test_silent_dns_stops_names_but_not_addresses(self, box: SchoolBox) -> None:
        with breakages.dns_silent(box):
            assert "gaierror" in python(box, RESOLVE, SERVICE).stderr
            assert python(box, CONNECT, ADDRESSES[SERVICE]).returncode == 0

    def test_one_silent_resolver_only_costs_time(self, box: SchoolBox) -> None:
        with breakages.dns_silent(box, [0]):
            started_s = time.monotonic()
            assert python(box, RESOLVE, SERVICE).stdout.strip() == ADDRESSES[SERVICE]
            assert time.monotonic() - started_s > 0.9  # resolv.conf says one second each

    def test_lying_dns_gives_another_address(self, box: SchoolBox) -> None:
        with breakages.dns_lying(box, SERVICE, ADDRESSES[REFERENCE]):
            assert python(box, RESOLVE, SERVICE).stdout.strip() == ADDRESSES[REFERENCE]
            assert python(box, RESOLVE, IDP).stdout.strip() == ADDRESSES[IDP]
        assert python(box, RESOLVE, SERVICE).stdout.strip() == ADDRESSES[SERVICE]

    def test_a_tls_box_stands_as_the_issuer(self, box: SchoolBox) -> None:
        with breakages.tls_inspected(box):
            assert fetched(box, f"https://{SERVICE}/").returncode == CURL_UNTRUSTED
            assert issuer(box, SERVICE) == "Lab Filter"
            assert fetched(box, f"https://{SERVICE}/", "--insecure").stdout == "<h1>Prov</h1>"
        assert issuer(box, SERVICE) == "Lab Authority"

    def test_a_trusted_tls_box_is_seen_only_in_the_issuer(self, box: SchoolBox) -> None:
        with breakages.tls_inspected(box, trusted=True, maker="Smooth Filter"):
            assert fetched(box, f"https://{SERVICE}/").stdout == "<h1>Prov</h1>"
            assert issuer(box, SERVICE) == "Smooth Filter"

    def test_a_portal_answers_plain_http_alone(self, box: SchoolBox) -> None:
        with breakages.captive_portal(box):
            answer = fetched(
                box, f"http://{REFERENCE}/", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}"
            ).stdout
            assert answer == f"302 {breakages.PORTAL}"
            assert status(box, f"https://{SERVICE}/") == "200"
        assert fetched(box, f"http://{REFERENCE}/").stdout == REFERENCE_TEXT

    def test_an_expired_certificate_is_refused_as_such(self, box: SchoolBox) -> None:
        with breakages.expired_certificate(box):
            answer = fetched(box, f"https://{SERVICE}/")
            assert answer.returncode == CURL_UNTRUSTED
            assert "certificate has expired" in answer.stderr
            assert status(box, f"https://{IDP}/login") == "200"

    def test_a_strangers_certificate_is_refused(self, box: SchoolBox) -> None:
        with breakages.wrong_issuer(box):
            assert fetched(box, f"https://{SERVICE}/").returncode == CURL_UNTRUSTED
            assert issuer(box, SERVICE) == "Unknown Issuer"

    def test_the_wrong_scope_is_in_the_metadata(self, box: SchoolBox) -> None:
        with breakages.wrong_scope(box):
            metadata = fetched(box, f"https://{IDP}/metadata").stdout
        assert ">grannkommunen.lab.test</shibmd:Scope>" in metadata
        assert f">{SCOPE}<" not in metadata

    def test_an_expired_signing_certificate_leaves_the_site_alone(self, box: SchoolBox) -> None:
        with breakages.idp_certificate_expired(box):
            metadata = fetched(box, f"https://{IDP}/metadata").stdout
        found = re.search(r"<ds:X509Certificate>([^<]+)<", metadata)
        assert found
        pem = f"-----BEGIN CERTIFICATE-----\n{found[1]}\n-----END CERTIFICATE-----\n"
        checked = box.run(box.clients[0], ["openssl", "x509", "-noout", "-checkend", "0"], text=pem, check=False)
        assert checked.stdout == "Certificate will expire\n"

    def test_an_identity_provider_that_is_away_says_nothing(self, box: SchoolBox) -> None:
        with breakages.idp_away(box):
            assert fetched(box, f"https://{IDP}/metadata", "--max-time", "1").returncode == CURL_NO_ANSWER
            assert status(box, f"https://{SERVICE}/") == "200"

    def test_the_service_answers_503(self, box: SchoolBox) -> None:
        with breakages.answering(box, 503):
            assert status(box, f"https://{SERVICE}/") == "503"
            assert status(box, f"https://{IDP}/login") == "200"
        assert status(box, f"https://{SERVICE}/") == "200"

    def test_a_blocked_websocket_leaves_the_pages(self, box: SchoolBox) -> None:
        with breakages.websocket_blocked(box):
            assert status(box, f"https://{SERVICE}/socket") == "403"
            assert status(box, f"https://{SERVICE}/") == "200"
