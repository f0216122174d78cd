"""Rung `dns`: every resolver that this machine uses is asked by itself, so that one dead or lying one is named.

`expect.addresses` (a list with commas) or `expect.reference` (another resolver) tells a lie from an answer;
`expect.resolver` asks that one only. Without either, private addresses for a public name count as a lie too.
"""

from __future__ import annotations

import ipaddress
import secrets
import socket
from collections.abc import Mapping, Sequence
from functools import partial

import msgspec

from agent.ladder.dns_message import MESSAGE_MAX_BYTES, BadAnswerError, addresses_in, question
from agent.ladder.outcome import RungFailedError, RungOutcome
from agent.protocol.wire import Rung
from agent.system.deadlines import Deadlined, DeadlinePassedError
from agent.system.machine import System
from agent.system.programs import CommandFailedError

TRY_S = 1.5
TRIES = 2
RESOLVERS_MAX = 6
_STUB = "127.0.0.53"
_PORT = 53
_REFUSAL_CODES = {2: "dns_server_failed", 3: "dns_no_such_name", 5: "dns_refused"}
_WINDOWS = ["powershell", "-NoProfile", "-Command", "(Get-DnsClientServerAddress -AddressFamily IPv4).ServerAddresses"]


class ResolverAnswer(msgspec.Struct, frozen=True):
    """What one resolver answered: addresses, or the code of why there are none."""

    addresses: list[str] = []
    code: str | None = None


def read(system: System, rung: Rung, until_s: float) -> RungOutcome:
    """Asks the resolvers side by side. Fails as `no_resolver`, `dns_lies` or the code that all of them gave."""
    if rung.target is None:
        raise RungFailedError("rung_without_target")
    resolvers = [rung.expect["resolver"]] if "resolver" in rung.expect else resolvers_of(system)
    if not resolvers:
        raise RungFailedError("no_resolver")
    reference = rung.expect.get("reference")
    asked = [*resolvers, *([reference] if reference else [])]
    pending = [(one, Deadlined(partial(ask, system, one, rung.target), one)) for one in asked]
    said = [(one, _in_time(work, until_s - system.monotonic_s())) for one, work in pending]
    told = dict(said[: len(resolvers)])
    expected = _expected(rung, said[-1][1] if reference else ResolverAnswer())
    return judge(told, expected, public=_is_public(rung))


def judge(said: Mapping[str, ResolverAnswer], expected: Sequence[str], *, public: bool) -> RungOutcome:
    """A lie by any resolver fails the rung; a silent one beside one that answers only slows every lookup down."""
    for resolver, one in said.items():
        if one.addresses and _lies(one.addresses, expected, public=public):
            raise RungFailedError("dns_lies", resolver=resolver, answer=", ".join(one.addresses)[:200])
    bad = {resolver: one.code for resolver, one in said.items() if one.code}
    if len(bad) == len(said):
        resolver, code = next(iter(bad.items()))
        raise RungFailedError(code or "dns_silent", resolver=resolver, resolvers_count=len(said))
    details = {"resolvers_count": len(said), "resolvers_failed_count": len(bad)}
    if bad:
        return RungOutcome({**details, "resolver": next(iter(bad))}, "slow", "resolver_silent")
    return RungOutcome({**details})


def _lies(addresses: Sequence[str], expected: Sequence[str], *, public: bool) -> bool:
    if expected:
        return not set(addresses) & set(expected)
    return public and all(not ipaddress.ip_address(one).is_global for one in addresses)


def _expected(rung: Rung, reference: ResolverAnswer) -> list[str]:
    written = [one.strip() for one in rung.expect.get("addresses", "").split(",") if one.strip()]
    return written or reference.addresses


def _is_public(rung: Rung) -> bool:
    """A rung about an own host in the own network says so with `expect.private: yes`."""
    return rung.expect.get("private", "no") != "yes"


def _in_time(work: Deadlined[ResolverAnswer], within_s: float) -> ResolverAnswer:
    try:
        return work.result(within_s)
    except DeadlinePassedError:
        return ResolverAnswer(code="dns_silent")


def ask(system: System, resolver: str, name: str) -> ResolverAnswer:
    """One resolver over UDP, twice if need be. An answer to something else is not heard."""
    family = socket.AF_INET6 if ":" in resolver else socket.AF_INET
    asked = question(secrets.randbelow(65_536), name)
    try:
        with system.open_socket(family, socket.SOCK_DGRAM) as link:
            link.connect((resolver, _PORT))
            for _ in range(TRIES):
                link.send(asked)
                said = _heard(system, link, asked)
                if said is not None:
                    return said
    except OSError:
        return ResolverAnswer(code="dns_silent")
    return ResolverAnswer(code="dns_silent")


def _heard(system: System, link: socket.socket, asked: bytes) -> ResolverAnswer | None:
    until_s = system.monotonic_s() + TRY_S
    while (left_s := until_s - system.monotonic_s()) > 0:
        link.settimeout(left_s)
        try:
            refusal, addresses = addresses_in(link.recv(MESSAGE_MAX_BYTES), asked)
        except TimeoutError:
            return None
        except BadAnswerError:
            continue
        if refusal:
            return ResolverAnswer(code=_REFUSAL_CODES.get(refusal, "dns_server_failed"))
        return ResolverAnswer(addresses) if addresses else ResolverAnswer(code="dns_no_such_name")
    return None


def resolvers_of(system: System) -> list[str]:
    """The resolvers that the system uses; behind systemd's local stub, the real ones."""
    if system.platform_name() == "windows":
        try:
            return listed(system.output_of(_WINDOWS, 10.0).split())
        except CommandFailedError:
            return []
    found = listed(_nameservers(system.read_text("/etc/resolv.conf") or ""))
    if found != [_STUB]:
        return found
    return listed(_nameservers(system.read_text("/run/systemd/resolve/resolv.conf") or "")) or found


def _nameservers(resolv_conf: str) -> list[str]:
    lines = (line.split() for line in resolv_conf.splitlines())
    return [cells[1] for cells in lines if len(cells) > 1 and cells[0] == "nameserver"]


def listed(written: Sequence[str]) -> list[str]:
    """The addresses among `written`, each once, the first few."""
    found: dict[str, None] = {}
    for one in written:
        try:
            ipaddress.ip_address(one.partition("%")[0])
        except ValueError:
            continue
        found[one] = None
    return list(found)[:RESOLVERS_MAX]
