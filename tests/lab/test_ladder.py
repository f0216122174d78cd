"""Each rung of the ladder broken in turn in a school in a box: the right rung, the right code, the right words."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import msgspec
import pytest

from agent.protocol.wire import Facts, Rung
from collector.i18n.incidents import code_in_words
from tests.lab import breakages
from tests.lab.box import SchoolBox
from tests.lab.services import ADDRESSES, IDP, REFERENCE, REFERENCE_TEXT, SCOPE, SERVICE

pytestmark = pytest.mark.xdist_group("lab")  # measures nothing, so it may run beside other tests

LADDER = [
    Rung("link", "link"),
    Rung("gateway", "gateway"),
    Rung("dns", "dns", SERVICE, expect={"addresses": ADDRESSES[SERVICE]}),
    Rung("reference", "internet", ADDRESSES[REFERENCE]),
    Rung("tls", "tls", SERVICE, expect={"issuer": "Lab Authority"}),
    Rung("proxy", "proxy", f"http://{REFERENCE}/", expect={"status": "200", "body": REFERENCE_TEXT.strip()}),
    Rung("login", "login", f"https://{IDP}/metadata", expect={"scope": SCOPE}),
    Rung("service", "service", f"https://{SERVICE}/"),
    Rung("live", "websocket", f"wss://{SERVICE}/socket"),
]
CLIMB = """
import sys, msgspec
from agent.ladder import dns, gateway, transport
from agent.measuring.contract import Task
from agent.probes.ladder import read
from agent.system.machine import System
from agent.protocol.wire import Rung
dns.TRY_S, gateway.ANSWER_TIMEOUT_S, transport.STEP_TIMEOUT_S = 0.5, 1.5, 1.5
rungs = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Rung])
sys.stdout.buffer.write(msgspec.json.encode(read(System(), Task(deadline_s=60.0, ladder=rungs))))
"""
PORTAL_WORDS = "web traffic is led to another page, such as a login page"
Break = Callable[[SchoolBox], AbstractContextManager[object]]


class Climbed(msgspec.Struct):
    """What the probe said on a client."""

    facts: Facts
    rows: list[Facts]

    def status(self, rung: str) -> object:
        """`ok`, `failed` ..."""
        return self.row(rung)["status"]

    def row(self, rung: str) -> Facts:
        """The row of one rung."""
        return next(row for row in self.rows if row["rung"] == rung)


@pytest.fixture(scope="module")
def box() -> Iterator[SchoolBox]:
    """One school, mended after each test."""
    with SchoolBox(down_mbit_s=100, up_mbit_s=50) as made:
        made.start_services()
        yield made


def climbed(box: SchoolBox, rungs: list[Rung] = LADDER) -> Climbed:
    """The ladder as the client finds it now."""
    done = box.run(box.clients[0], [sys.executable, "-c", CLIMB], text=msgspec.json.encode(rungs).decode())
    return msgspec.json.decode(done.stdout, type=Climbed)


def test_all_in_order(box: SchoolBox) -> None:
    """Every rung holds, and the issuer is the real one."""
    found = climbed(box)
    assert [(row["rung"], row["status"]) for row in found.rows] == [(rung.id, "ok") for rung in LADDER]
    assert found.facts["ladder_ok"] is True
    assert found.facts["tls_inspected"] is False
    assert found.row("tls")["issuer"] == "Lab Authority"
    assert found.row("dns")["resolvers_count"] == 2


def lying(box: SchoolBox) -> AbstractContextManager[object]:
    """Both resolvers send pupils elsewhere."""
    return breakages.dns_lying(box, SERVICE, ADDRESSES[REFERENCE])


def trusted_box(box: SchoolBox) -> AbstractContextManager[object]:
    """A box that looks into TLS, which the school's IT made the devices trust."""
    return breakages.tls_inspected(box, trusted=True)


def unavailable(box: SchoolBox) -> AbstractContextManager[object]:
    """The service is overloaded."""
    return breakages.answering(box, 503)


@pytest.mark.parametrize(
    ("broken", "rung", "code", "not_reached", "words"),
    [
        (breakages.cable_pulled, "link", "no_link", 8, "no network link is up"),
        (breakages.gateway_gone, "gateway", "gateway_gone", 7, "the gateway is not there"),
        (breakages.dns_silent, "dns", "dns_silent", 5, "the DNS servers do not answer"),
        (lying, "dns", "dns_lies", 5, "DNS gives false addresses"),
        (breakages.line_silent, "reference", "no_answer", 6, "no answer in time"),
        (breakages.no_route, "reference", "no_route", 6, "the network says that there is no way there"),
        (breakages.captive_portal, "proxy", "http_redirected_elsewhere", 0, PORTAL_WORDS),
        (breakages.tls_inspected, "tls", "tls_inspected", 2, "something on the way looks into encrypted traffic"),
        (trusted_box, "tls", "tls_inspected", 2, "something on the way looks into encrypted traffic"),
        (breakages.expired_certificate, "tls", "certificate_expired", 2, "the certificate has expired"),
        (
            breakages.wrong_scope,
            "login",
            "scope_differs",
            0,
            "the scope in the login's metadata is not the authority's",
        ),
        (
            breakages.idp_certificate_expired,
            "login",
            "idp_certificate_expired",
            0,
            "the login's signing certificate has expired",
        ),
        (breakages.idp_away, "login", "no_answer", 0, "no answer in time"),
        (unavailable, "service", "service_unavailable", 1, "the service says that it is not available (503)"),
        (breakages.websocket_blocked, "live", "websocket_refused", 0, "live connections (WebSocket) are refused"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_each_rung_broken_in_turn(  # noqa: PLR0917  pytest gives them by name
    box: SchoolBox, broken: Break, rung: str, code: str, not_reached: int, words: str
) -> None:
    """The first rung that fails, why in code and words, and what stands on it."""
    with broken(box):
        found = climbed(box)
    assert (found.facts["first_failed_rung"], found.facts["first_failed_code"]) == (rung, code)
    assert [row["status"] for row in found.rows].count("not_reached") == not_reached
    assert found.facts["ladder_ok"] is False
    assert code_in_words(code, "en") == words


def test_the_box_says_its_name(box: SchoolBox) -> None:
    """Trusted by the devices or not, its own name stands in the row."""
    with breakages.tls_inspected(box, maker="Skolfilter AB"):
        found = climbed(box)
    assert found.row("tls")["issuer"] == "Skolfilter AB"
    assert found.facts["tls_inspected"] is True


def test_one_resolver_of_two_dead_or_lying(box: SchoolBox) -> None:
    """A dead one slows everything down and is named; a lying one fails the rung, whatever the other says."""
    second = box.services.resolvers[1].address
    with breakages.dns_silent(box, resolvers=[1]):
        found = climbed(box)
    assert (found.status("dns"), found.row("dns")["error_code"]) == ("slow", "resolver_silent")
    assert found.row("dns")["resolver"] == second
    assert found.facts["ladder_ok"] is True
    with breakages.dns_lying(box, SERVICE, ADDRESSES[REFERENCE], resolvers=[1]):
        found = climbed(box)
    assert (found.facts["first_failed_code"], found.row("dns")["resolver"]) == ("dns_lies", second)


def test_it_mends(box: SchoolBox) -> None:
    """Nothing is remembered from one climb to the next."""
    with breakages.cable_pulled(box):
        assert climbed(box).facts["ladder_ok"] is False
    assert climbed(box).facts["ladder_ok"] is True
