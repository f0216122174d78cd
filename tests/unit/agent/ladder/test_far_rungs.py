"""The rungs of TLS, login and service against real servers on loopback: what holds, and every way of not holding."""

from __future__ import annotations

import socket
import ssl
import struct
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.ladder import login, proxy, service, tls, websocket
from agent.ladder.outcome import RungFailedError, RungOutcome
from agent.protocol.wire import Facts
from tests.support.ladder_world import (
    Authority,
    DirectSystem,
    ProxiedSystem,
    Respond,
    accept_websocket,
    answer,
    raw_server,
    web_server,
    with_issuers,
)
from tests.support.processes import free_port
from tests.support.saml_metadata import metadata_xml
from tests.unit.agent.ladder.trying import broken, held, rung, soon


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The one that these machines trust."""
    return Authority(tmp_path_factory.mktemp("authority"), "Testrot")


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A box that looks into TLS: nobody trusts it."""
    return Authority(tmp_path_factory.mktemp("box"), "Skolfilter AB")


@pytest.fixture(autouse=True)
def _trusting(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))


# --- tls


def test_tls_in_order(authority: Authority) -> None:
    """Issuer, fingerprint and days left; the issuer is one of those expected."""
    with web_server(answer(200), authority.certificate()) as port:
        details = held(tls.read, rung("tls", "localhost", port, issuer="Annan | testrot")).details
        assert details["issuer"] == "Testrot"
        assert details["expires_days"] == 29
        pinned = str(details["fingerprint_sha256"]).upper()
        assert held(tls.read, rung("tls", "localhost", port, fingerprint_sha256=pinned)).details == details
        code, told = broken(tls.read, rung("tls", "localhost", port, fingerprint_sha256="00" * 32))
    assert (code, told) == ("fingerprint_differs", details)


@pytest.mark.parametrize("expect", [{"issuer": "Testrot"}, {"fingerprint_sha256": "00" * 32}])
def test_a_box_is_named_by_its_issuer(box: Authority, expect: dict[str, str]) -> None:
    """Untrusted, and not who was expected: the name in its certificate is what IT needs to know."""
    with web_server(answer(200), box.certificate()) as port:
        code, details = broken(tls.read, rung("tls", "localhost", port, **expect))
    assert (code, details["issuer"]) == ("tls_inspected", "Skolfilter AB")


def test_a_box_whose_authority_is_trusted(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The usual way to install one: only the issuer gives it away, by what is expected or by its maker's name."""
    with web_server(answer(200), authority.certificate()) as port:
        assert broken(tls.read, rung("tls", "localhost", port, issuer="Sectigo"))[0] == "tls_inspected"
    known = Authority(tmp_path, "Fortinet")
    monkeypatch.setenv("SSL_CERT_FILE", str(known.file))
    with web_server(answer(200), known.certificate()) as port:
        code, details = broken(tls.read, rung("tls", "localhost", port))
    assert (code, details["issuer"]) == ("tls_inspected", "Fortinet")


def test_certificates_that_a_browser_would_warn_about(authority: Authority, box: Authority) -> None:
    """Expired, for another name, from nobody known: each its code, and its issuer."""
    for files, code, issuer in (
        (authority.certificate(days=-1), "certificate_expired", "Testrot"),
        (authority.certificate("other.example"), "certificate_wrong_name", "Testrot"),
        (with_issuers(box.certificate(), box), "tls_untrusted", "Skolfilter AB"),
    ):
        with web_server(answer(200), files) as port:
            found, details = broken(tls.read, rung("tls", "localhost", port))
        assert (found, details["issuer"]) == (code, issuer)


def test_no_tls_at_all() -> None:
    """Something else answers on the port, or hangs up."""
    with web_server(answer(200)) as port:
        assert broken(tls.read, rung("tls", "localhost", port))[0] == "tls_failed"
    with raw_server(lambda connection: None) as port:
        assert broken(tls.read, rung("tls", "127.0.0.1", port))[0] in {"tls_failed", "connection_closed"}


# --- proxy

ELSEWHERE = "http_redirected_elsewhere"


def test_nobody_in_between() -> None:
    """The host's own answer."""
    with web_server(answer(200, b"provklar was here")) as port:
        url = f"http://127.0.0.1:{port}/"
        outcome = held(proxy.read, rung("proxy", url, status="200", body="was here"))
    assert (outcome.details, outcome.code) == ({"proxy": None, "wpad": False}, None)


def test_somebody_in_between() -> None:
    """A login page elsewhere, another status, another content."""
    there = answer(302, Location="http://login.skolnat.example/")
    for respond, expect, code in (
        (there, {}, "http_redirected_elsewhere"),
        (answer(404), {"status": "200"}, "http_changed"),
        (answer(200, b"<html>Logga in</html>"), {"body": "was here"}, "http_changed"),
    ):
        with web_server(respond) as port:
            assert broken(proxy.read, rung("proxy", f"http://127.0.0.1:{port}/", **expect))[0] == code


PAGE = b"<html><head>%b</head><body>Logga in</body></html>"
WISPR = b"<!-- <?xml version=1.0?><WISPAccessGatewayParam><Redirect><MessageType>100</MessageType></Redirect> -->"


@pytest.mark.parametrize(
    ("respond", "path", "code"),
    [
        (answer(511, PAGE % b""), "511", "network_wants_login"),
        (answer(407, PAGE % b""), "", "proxy_wants_login"),
        (answer(200, PAGE % WISPR), "", "network_wants_login"),
        (answer(307, WISPR), "", "network_wants_login"),
        (
            answer(200, PAGE % b'<META http-equiv="refresh" content="1; URL=https://1.1.1.1/login.html?a=b">'),
            "",
            ELSEWHERE,
        ),
        (answer(200, PAGE % b"<meta content='0;url=http://login.skolnat.example/' http-equiv=refresh>"), "", ELSEWHERE),
        (answer(200, PAGE % b""), "generate_204", "http_changed"),
        (answer(200, PAGE % b""), "connecttest.txt", "http_changed"),
        (answer(200, PAGE % b""), "hotspot-detect.html", "http_changed"),
        (answer(200, PAGE % b""), "success.txt", "http_changed"),
    ],
)
def test_login_pages_that_nobody_expected(respond: Respond, path: str, code: str) -> None:
    """The case (511, which no host says of itself), and its brothers: without `expect`."""
    with web_server(respond) as port:
        assert broken(proxy.read, rung("proxy", f"http://127.0.0.1:{port}/{path}"))[0] == code


@pytest.mark.parametrize(
    ("respond", "path"),
    [
        (answer(200, PAGE % b""), ""),
        (answer(200, PAGE % b'<meta http-equiv="refresh" content="300">'), ""),
        (answer(200, PAGE % b'<meta http-equiv="refresh" content="0; url=/sv/start">'), ""),
        (answer(200, PAGE % b'<meta name="url" content="url=http://annan.example/">'), ""),
        (answer(301, Location="/sv"), ""),
        (answer(404), ""),
        (answer(204), "generate_204"),
        (answer(200, b"success\n"), "success.txt"),
    ],
)
def test_answers_that_may_be_the_hosts_own(respond: Respond, path: str) -> None:
    """Without `expect` nothing is made of them."""
    with web_server(respond) as port:
        assert held(proxy.read, rung("proxy", f"http://127.0.0.1:{port}/{path}")).code is None


@pytest.mark.parametrize(("status", "code"), [(511, "network_wants_login"), (407, "proxy_wants_login")])
def test_what_no_host_says_of_itself_is_told_at_every_rung(status: int, code: str) -> None:
    """Not the service, the login nor the WebSocket is at fault."""
    with web_server(answer(status)) as port:
        url = f"http://127.0.0.1:{port}/"
        assert broken(service.read, rung("service", url))[0] == code
        assert broken(login.read, rung("login", url))[0] == code
        assert broken(websocket.read, rung("websocket", f"ws://127.0.0.1:{port}/"))[0] == code


def test_a_proxy_that_the_machine_uses_is_named_without_its_password() -> None:
    """No fault, but the first thing to know when something fails."""
    with web_server(answer(204)) as port:
        system = ProxiedSystem("http://anna:hemligt@proxy.skolnat.example:3128")
        outcome = held(proxy.read, rung("proxy", f"http://127.0.0.1:{port}/"), system)
    assert (outcome.code, outcome.details["proxy"]) == ("proxy_in_use", "proxy.skolnat.example")


# --- login


def provider(document: bytes, login_status: int = 200, status: int = 200) -> Callable[[object], None]:
    """An identity provider: metadata at one address, the login page at another."""

    def respond(handler: object) -> None:
        path = handler.path  # type: ignore[attr-defined]  # a request handler
        here = f"http://127.0.0.1:{handler.server.server_address[1]}"  # type: ignore[attr-defined]  # the same
        if path == "/login":
            answer(login_status)(handler)  # type: ignore[arg-type]  # the same
        else:
            answer(status, document.replace(b"HERE", here.encode()))(handler)  # type: ignore[arg-type]  # the same

    return respond


def tried_login(document: bytes, login_status: int = 200, status: int = 200, **expect: str) -> str | RungOutcome:
    """The code of a login rung that fails, or what one that holds says."""
    with web_server(provider(document, login_status, status), None) as port:
        one = rung("login", f"http://127.0.0.1:{port}/metadata", **expect)
        try:
            return login.read(DirectSystem(), one, soon())
        except RungFailedError as error:
            return error.code


def der_of(files: tuple[Path, Path]) -> bytes:
    """The certificate alone."""
    return ssl.PEM_cert_to_DER_cert(files[0].read_text())


def test_login_in_order(authority: Authority) -> None:
    """Scope matches in whatever case; during a change of keys the newer certificate counts."""
    keys = [der_of(authority.certificate(days=-1)), der_of(authority.certificate())]
    document = metadata_xml(["Exempelby.se", "annan.se"], keys, login_url="HERE/login")
    ends: Facts = {"expires_days": 29, "metadata_expires_days": None}
    assert tried_login(document, scope="exempelby.se") == RungOutcome(ends)
    signed = document.replace(b"protocolSupport", b'WantAuthnRequestsSigned="true" protocolSupport')
    assert tried_login(signed) == RungOutcome(ends, code="signed_requests_wanted")


def test_login_tells_how_long_its_metadata_is_valid(authority: Authority) -> None:
    """In whole days, as of its keys."""
    until = datetime.now(UTC) + timedelta(days=12, hours=1)
    document = metadata_xml(["exempelby.se"], [der_of(authority.certificate())], until=until, login_url="HERE/login")
    assert tried_login(document) == RungOutcome({"expires_days": 29, "metadata_expires_days": 12})


def test_login_out_of_order(authority: Authority) -> None:
    """Every way in which pupils would stand at a closed door."""
    past = datetime.now(UTC) - timedelta(days=1)
    fine = metadata_xml(["exempelby.se"], login_url="HERE/login")
    pattern = metadata_xml(["exempelby.se"]).replace(b'regexp="false"', b'regexp="true"')
    for document, code in (
        (metadata_xml(["annan.se"]), "scope_differs"),
        (metadata_xml([]), "scope_missing"),
        (pattern, "scope_is_pattern"),
        (metadata_xml(["exempelby.se"], [der_of(authority.certificate(days=-1))]), "idp_certificate_expired"),
        (metadata_xml(["exempelby.se"], [b"no certificate"]), "idp_certificate_garbled"),
        (metadata_xml(["exempelby.se"], []), "idp_certificate_missing"),
        (metadata_xml(["exempelby.se"], until=past), "metadata_expired"),
        (b"<html/>", "no_identity_provider"),
        (b"<!DOCTYPE a><a/>", "metadata_has_entities"),
        (metadata_xml(["exempelby.se"], login_url=f"http://127.0.0.1:{free_port()}/"), "login_away"),
    ):
        assert tried_login(document, scope="exempelby.se") == code
    assert tried_login(fine, login_status=500) == "login_error"
    assert tried_login(fine, status=404) == "login_error"


# --- service and WebSocket


def test_service() -> None:
    """In order, or why not; a redirect is followed a few times."""
    for respond, expect, code in (
        (answer(200), {}, None),
        (answer(401), {"status": "401"}, None),
        (answer(503), {}, "service_unavailable"),
        (answer(500), {}, "service_error"),
        (answer(404), {}, "unexpected_status"),
        (answer(200), {"status": "204"}, "unexpected_status"),
        (answer(302, Location="/again"), {}, "too_many_redirects"),
        (answer(302, Location="file:///etc/passwd"), {}, "bad_address"),
        (answer(200, b"x" * (service.PAGE_MAX_BYTES + 1)), {}, "answer_too_large"),
    ):
        with web_server(respond) as port:
            one = rung("service", f"http://127.0.0.1:{port}/", **expect)
            if code is None:
                assert held(service.read, one).details["http_status"] in {200, 401}
            else:
                assert broken(service.read, one)[0] == code


def drip(connection: socket.socket) -> None:
    """A byte now and then, for ever."""
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def test_a_service_that_drips() -> None:
    """It is left when the time is over, however lively it looks."""
    with raw_server(drip) as port:
        assert broken(service.read, rung("service", f"http://127.0.0.1:{port}/"), seconds=0.5)[0] == "no_answer"


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 500])
def test_a_service_that_speaks_nonsense(said: bytes) -> None:
    """Nothing, another language, a head without end."""

    def speak(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(said)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 0, 0))

    with raw_server(speak) as port:
        code, _ = broken(service.read, rung("service", f"http://127.0.0.1:{port}/"))
    assert code in {"answer_garbled", "connection_closed"}


def test_websocket_over_tls(authority: Authority) -> None:
    """Opens, with the right answer to its own question."""
    with web_server(accept_websocket, authority.certificate()) as port:
        assert held(websocket.read, rung("websocket", f"wss://localhost:{port}/live?a=b")).details["http_status"] == 101


def hang_up(connection: socket.socket) -> None:
    """Hears the question and goes."""
    connection.recv(4096)


def test_websocket_out_of_order() -> None:
    """Refused by whoever stands between, answered by one who has not read the question, cut off, endless."""
    false = answer(101, Upgrade="websocket", Connection="Upgrade", Sec_WebSocket_Accept="x")
    for respond, code in ((answer(403), "websocket_refused"), (answer(200), "websocket_refused")):
        with web_server(respond) as port:
            found, details = broken(websocket.read, rung("websocket", f"ws://127.0.0.1:{port}/"))
        assert (found, code) == (code, found)
        assert details["http_status"] in {200, 403}
    with web_server(false) as port:
        assert broken(websocket.read, rung("websocket", f"ws://127.0.0.1:{port}/"))[0] == "websocket_false_answer"
    with raw_server(hang_up) as port:
        assert broken(websocket.read, rung("websocket", f"ws://127.0.0.1:{port}/"))[0] == "connection_closed"
    with raw_server(lambda connection: connection.sendall(b"x" * 40_000)) as port:
        assert broken(websocket.read, rung("websocket", f"ws://127.0.0.1:{port}/"))[0] == "answer_too_large"
    assert broken(websocket.read, rung("websocket", "https://prov.example.se/"))[0] == "bad_address"
