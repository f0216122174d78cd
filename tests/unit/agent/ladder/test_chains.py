"""Certificate chains that servers do not send whole, and what only looks like that.

The case (blackbox_exporter #1350): a server sends its own certificate alone. Browsers fetch the rest, so it is neither
a device that does not trust nor a box.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ladder import login, service, tls
from agent.ladder.issuers import issuer_address
from agent.protocol.wire import Facts
from tests.support.ladder_world import Authority, Respond, answer, web_server, with_issuers
from tests.unit.agent.ladder.trying import broken, held, rung

INCOMPLETE = "certificate_chain_incomplete"


@dataclass(frozen=True)
class Chain:
    """A root that the machine trusts, an authority below it, and where that one's certificate can be had."""

    root: Authority
    middle: Authority
    at: str


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The one that these machines trust."""
    return Authority(tmp_path_factory.mktemp("root"), "Testrot")


@pytest.fixture(scope="module")
def chain(root: Authority) -> Iterator[Chain]:
    """Its intermediate is there to be fetched."""
    middle = root.intermediate("Testmellan")
    with web_server(answer(200, middle.der)) as port:
        yield Chain(root, middle, f"http://127.0.0.1:{port}/mellan.cer?a=b")


@pytest.fixture(autouse=True)
def _trusting(root: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(root.file))


@contextmanager
def host(files: tuple[Path, Path], respond: Respond | None = None) -> Iterator[int]:
    """An HTTPS server; gives its port."""
    with web_server(respond or answer(200), files) as port:
        yield port


def refused(files: tuple[Path, Path], **expect: str) -> tuple[str, object]:
    """The code of the rung `tls`, and the issuer that it names."""
    with host(files) as port:
        code, details = broken(tls.read, rung("tls", "localhost", port, **expect))
    return code, details["issuer"]


def remarked(files: tuple[Path, Path]) -> tuple[str | None, Facts]:
    """What a rung `tls` that holds says."""
    with host(files) as port:
        outcome = held(tls.read, rung("tls", "localhost", port))
    return outcome.code, outcome.details


def test_a_certificate_alone(chain: Chain) -> None:
    """The case: nobody says where the rest is. Each rung that speaks TLS says the same."""
    files = chain.middle.certificate()
    assert refused(files) == (INCOMPLETE, "Testmellan")
    with host(files) as port:
        url = f"https://localhost:{port}/"
        assert broken(service.read, rung("service", url))[0] == INCOMPLETE
        assert broken(login.read, rung("login", url))[0] == INCOMPLETE


def test_a_browser_fetches_the_rest(chain: Chain) -> None:
    """So the rung holds, with a remark, and those above stand on it."""
    files = chain.middle.certificate(issuer_at=chain.at)
    code, details = remarked(files)
    assert (code, details["issuer"], details["expires_days"]) == (INCOMPLETE, "Testmellan", 29)
    with host(files) as port:
        assert held(service.read, rung("service", f"https://localhost:{port}/")).details == {"http_status": 200}


def test_a_whole_chain_needs_no_remark(chain: Chain) -> None:
    """Nothing is fetched."""
    assert remarked(with_issuers(chain.middle.certificate(issuer_at="http://127.0.0.1:1/"), chain.middle))[0] is None


def test_several_are_missing(chain: Chain) -> None:
    """One after the other, beginning where what was sent ends."""
    lower = chain.middle.intermediate("Under", issuer_at=chain.at)
    with web_server(answer(200, lower.der)) as port:
        alone = lower.certificate(issuer_at=f"http://127.0.0.1:{port}/under.cer")
        assert remarked(alone)[0] == INCOMPLETE
    assert remarked(with_issuers(lower.certificate(), lower))[0] == INCOMPLETE


def test_an_issuer_as_text(chain: Chain) -> None:
    """Some publish PEM."""
    with web_server(answer(200, chain.middle.file.read_bytes())) as port:
        assert remarked(chain.middle.certificate(issuer_at=f"http://127.0.0.1:{port}/m.pem"))[0] == INCOMPLETE


@pytest.mark.parametrize(
    "respond", [answer(404), answer(200, b"<html/>"), answer(200, b"-----BEGIN x"), answer(200, b"\xff")]
)
def test_nothing_to_fetch(chain: Chain, respond: Respond) -> None:
    """Somebody blocks it, or it is gone: a browser gets no further either."""
    with web_server(respond) as port:
        files = chain.middle.certificate(issuer_at=f"http://127.0.0.1:{port}/")
        assert refused(files) == (INCOMPLETE, "Testmellan")
    assert refused(chain.middle.certificate(issuer_at="http://127.0.0.1:1/")) == (INCOMPLETE, "Testmellan")


def test_what_is_wrong_with_the_certificate_itself_comes_first(chain: Chain) -> None:
    """Completed or not, it is over, or another's."""
    assert refused(chain.middle.certificate(days=-1, issuer_at=chain.at))[0] == "certificate_expired"
    assert refused(chain.middle.certificate("other.example", issuer_at=chain.at))[0] == "certificate_wrong_name"


def test_a_box_is_never_trusted_by_what_it_offers(tmp_path: Path) -> None:
    """Its root is fetched, and is nobody's; alone, it is named by its issuer, and found by what was expected."""
    box = Authority(tmp_path, "Skolfilter AB")
    with web_server(answer(200, box.der)) as port:
        assert refused(box.certificate(issuer_at=f"http://127.0.0.1:{port}/")) == ("tls_untrusted", "Skolfilter AB")
        lower = box.intermediate("Filter", issuer_at=f"http://127.0.0.1:{port}/")
        assert refused(with_issuers(lower.certificate(), lower)) == ("tls_untrusted", "Filter")
    assert refused(with_issuers(box.certificate(), box)) == ("tls_untrusted", "Skolfilter AB")
    assert refused(box.certificate()) == (INCOMPLETE, "Skolfilter AB")
    assert refused(box.certificate(), issuer="Testmellan")[0] == "tls_inspected"
    assert refused(box.certificate(), fingerprint_sha256="00" * 32)[0] == "tls_inspected"
    maker = Authority(tmp_path / "maker", "Fortinet")
    assert refused(maker.certificate())[0] == "tls_inspected"


def test_where_the_issuer_is(root: Authority) -> None:
    """Active Directory names itself first, by ldap, at great length."""
    address = f"http://pki.skolan.example/{'a' * 140}.crt"
    for written, found in (
        (address, address),
        (f"ldap:///CN={'x' * 150}?cACertificate,caIssuers;URI:{address}", address),
        ("ldap:///CN=Skolan", None),
        ("https://pki.skolan.example/a.crt", None),
    ):
        assert issuer_address(_der(root.certificate("a.example", issuer_at=written))) == found
    assert issuer_address(_der(root.certificate("b.example"))) is None


@given(st.binary(max_size=80))
def test_any_bytes(noise: bytes) -> None:
    """An address or none, never an error."""
    found = issuer_address(bytes.fromhex("06082b0601050507300286") + noise)
    assert found is None or found.startswith("http://")


def _der(files: tuple[Path, Path]) -> bytes:
    return ssl.PEM_cert_to_DER_cert(files[0].read_text())
