"""Each rung between a device and the test, broken alone: context managers that mend what they broke."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.lab.authority import CertificateAuthority
from tests.lab.box import SchoolBox
from tests.lab.namespaces import Namespace
from tests.lab.services import ADDRESSES, IDP, SERVICE, program
from tests.lab.wiring import LINE_NEAR, ROUTER_ADDRESS

TLS_BOX_PORT, PORTAL_PORT = 8443, 8081
PORTAL = "http://portal.skolan.lab.test/login"


@contextmanager
def cable_pulled(box: SchoolBox, client: int = 0) -> Iterator[None]:
    """The client's network card has no carrier."""
    with _swapped(box.router, f"ip link set dev port{client} down", f"ip link set dev port{client} up"):
        yield
    _wait_for_gateway(box, client)


@contextmanager
def gateway_gone(box: SchoolBox) -> Iterator[None]:
    """Nobody has the address that the clients send everything to, and nobody remembers who had it."""
    address = f"{ROUTER_ADDRESS}/24 dev lan"
    with _swapped(box.router, f"ip addr del {address}", f"ip addr add {address}"):
        for client in box.clients:
            client.run(["ip", "neigh", "flush", "all"])
        yield
    _wait_for_gateway(box)


@contextmanager
def no_route(box: SchoolBox) -> Iterator[None]:
    """The router says that it knows no way out."""
    with _swapped(box.router, "ip route del default", f"ip route add default via {LINE_NEAR}"):
        yield


@contextmanager
def line_silent(box: SchoolBox) -> Iterator[None]:
    """The line swallows everything and says nothing."""
    with _dropping(box.line, "forward", "drop"):
        yield


@contextmanager
def dns_silent(box: SchoolBox, resolvers: Sequence[int] = (0, 1)) -> Iterator[None]:
    """These resolvers answer nothing."""
    addresses = ", ".join(box.services.resolvers[number].address for number in resolvers)
    with _dropping(box.internet, "input", f"ip daddr {{ {addresses} }} drop"):
        yield


@contextmanager
def dns_lying(box: SchoolBox, name: str, address: str, resolvers: Sequence[int] = (0, 1)) -> Iterator[None]:
    """These resolvers give `address` for `name`, and the truth for the rest; `*` is every name that they don't know."""
    for number in resolvers:
        box.services.resolvers[number].say(ADDRESSES | {name: address})
    try:
        yield
    finally:
        for number in resolvers:
            box.services.resolvers[number].say(ADDRESSES)


@contextmanager
def tls_inspected(
    box: SchoolBox, *, trusted: bool = False, maker: str = "Lab Filter"
) -> Iterator[CertificateAuthority]:
    """The router looks into all TLS on port 443; `trusted` if the school's IT made the clients trust the box.

    `maker` is the organisation that stands as the issuer in the box's certificates.
    """
    authority = CertificateAuthority(Path(tempfile.mkdtemp(dir=box.folder)) / "tls-box", maker)
    first, *others = ADDRESSES
    certificate, key = authority.issue(first, also=tuple(others))
    command = [*program("tls_box.py"), "--port", str(TLS_BOX_PORT), "--certificate", certificate, "--key", key]
    process = box.start_program(box.router, command)
    try:
        if trusted:
            box.services.trust(box.services.authority, authority)
        rule = f'iifname "lan" tcp dport 443 redirect to :{TLS_BOX_PORT}'
        with _ruled(box.router, "type nat hook prerouting priority dstnat", rule):
            yield authority
    finally:
        process.kill()
        process.wait(timeout=10)
        box.services.trust(box.services.authority)


@contextmanager
def captive_portal(box: SchoolBox) -> Iterator[None]:
    """The router answers all plain HTTP itself and sends the browser to a login page."""
    process = box.start_program(box.router, [*program("portal.py"), str(PORTAL_PORT), PORTAL])
    try:
        rule = f'iifname "lan" tcp dport 80 redirect to :{PORTAL_PORT}'
        with _ruled(box.router, "type nat hook prerouting priority dstnat", rule):
            yield
    finally:
        process.kill()
        process.wait(timeout=10)


@contextmanager
def expired_certificate(box: SchoolBox, name: str = SERVICE) -> Iterator[None]:
    """The host shows a certificate that was over yesterday."""
    with _changed(box, name, certificate=box.services.authority.issue(name, expired=True)):
        yield


@contextmanager
def wrong_issuer(box: SchoolBox, name: str = SERVICE) -> Iterator[None]:
    """The host shows a certificate by an issuer that no client trusts."""
    with _changed(box, name, certificate=box.services.stranger.issue(name)):
        yield


@contextmanager
def wrong_scope(box: SchoolBox, scope: str = "grannkommunen.lab.test") -> Iterator[None]:
    """The identity provider's metadata has another authority's scope."""
    undo = box.services.describe_idp(scope)
    try:
        yield
    finally:
        undo()


@contextmanager
def idp_certificate_expired(box: SchoolBox) -> Iterator[None]:
    """The certificate that logins are signed with is over; the web site's own is not."""
    undo = box.services.describe_idp(expired=True)
    try:
        yield
    finally:
        undo()


@contextmanager
def answering(box: SchoolBox, status: int, name: str = SERVICE) -> Iterator[None]:
    """The host answers everything with that status, 503 for one."""
    with _changed(box, name, status=status):
        yield


@contextmanager
def idp_away(box: SchoolBox) -> Iterator[None]:
    """Nobody answers at the identity provider's address."""
    with _dropping(box.internet, "input", f"ip daddr {ADDRESSES[IDP]} drop"):
        yield


@contextmanager
def websocket_blocked(box: SchoolBox, name: str = SERVICE) -> Iterator[None]:
    """Pages are answered, WebSockets are refused."""
    with _changed(box, name, sockets=dict.fromkeys(box.services.site(name)["sockets"], "blocked")):
        yield


@contextmanager
def _changed(box: SchoolBox, name: str, **answers: object) -> Iterator[None]:
    undo = box.services.change(name, **answers)
    try:
        yield
    finally:
        undo()


@contextmanager
def _swapped(where: Namespace, broken: str, mended: str) -> Iterator[None]:
    where.run(broken.split())
    try:
        yield
    finally:
        where.run(mended.split())


def _wait_for_gateway(box: SchoolBox, client: int = 0, seconds: float = 30.0) -> None:
    """What was mended is there only when the kernel has noticed: a carrier, or that a neighbour answers again."""
    deadline = time.monotonic() + seconds
    while box.run(box.clients[client], ["ping", "-c1", "-W1", ROUTER_ADDRESS], check=False).returncode:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the gateway did not come back within {seconds} s")


@contextmanager
def _dropping(where: Namespace, hook: str, rule: str) -> Iterator[None]:
    with _ruled(where, f"type filter hook {hook} priority filter", rule):
        yield


@contextmanager
def _ruled(where: Namespace, hook: str, rule: str) -> Iterator[None]:
    """One rule in a table of its own, so that two breakages do not meet."""
    table = f"broken_{abs(hash((hook, rule)))}"
    where.run(["nft", "-f", "-"], text=f"table ip {table} {{\n chain only {{\n  {hook};\n  {rule}\n }}\n}}\n")
    try:
        yield
    finally:
        where.run(["nft", "delete", "table", "ip", table])
