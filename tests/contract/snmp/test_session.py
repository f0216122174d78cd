"""What every implementation of a session does, against a real snmpd, and against silence."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from collections.abc import Sequence
from dataclasses import replace

import pytest

from collector.snmp.session import DEFAULT_LIMITS, Oid, SnmpAnswer, Target, User, WalkLimits, dotted, oid
from tests.support.snmp_daemon import COMMUNITY, USER, by_v2c, by_v3, free_udp_port, net_snmp
from tests.support.snmp_questions import Opener, ask

pytestmark = pytest.mark.needs("snmpd", "snmpget")

SYS_OBJECT_ID = oid("1.3.6.1.2.1.1.2.0")
SYS_UPTIME = oid("1.3.6.1.2.1.1.3.0")
SYS_NAME = oid("1.3.6.1.2.1.1.5.0")
SYS_LOCATION = oid("1.3.6.1.2.1.1.6.0")
ABSENT = oid("1.3.6.1.4.1.99999.1.0")
INTERFACES = oid("1.3.6.1.2.1.2.2.1")
IP_ADDRESSES = oid("1.3.6.1.2.1.4.20.1.1")
NET_SNMP_LINUX = oid("1.3.6.1.4.1.8072.3.2.10")


def get(opener: Opener, target: Target, names: Sequence[Oid]) -> SnmpAnswer:
    """Single objects."""
    return ask(opener, target, lambda session: session.get(names))


def walk(opener: Opener, target: Target, root: Oid, limits: WalkLimits = DEFAULT_LIMITS) -> SnmpAnswer:
    """A table."""
    return ask(opener, target, lambda session: session.walk(root, limits))


@pytest.fixture(params=[by_v2c, by_v3], ids=["v2c", "v3"])
def target(request: pytest.FixtureRequest, port: int) -> Target:
    """The daemon, opened in both ways."""
    opened: Target = request.param(port)
    return opened


def test_values_have_their_types(opener: Opener, target: Target) -> None:
    answer = get(opener, target, [SYS_OBJECT_ID, SYS_UPTIME, SYS_NAME, SYS_LOCATION])
    assert answer.problem is None
    uptime = answer.values[SYS_UPTIME]
    assert isinstance(uptime, int)
    assert uptime >= 0
    assert answer.values[SYS_NAME] == b"ekskolan-router"
    assert answer.values[SYS_LOCATION] == "Källaren".encode()
    assert answer.values[SYS_OBJECT_ID] == NET_SNMP_LINUX


def test_what_is_not_there_is_told_and_the_rest_is_kept(opener: Opener, target: Target) -> None:
    answer = get(opener, target, [SYS_NAME, ABSENT])
    assert answer == SnmpAnswer({SYS_NAME: b"ekskolan-router"}, "no_such")


@pytest.mark.parametrize("bulk_rows", [1, 7, 50])
def test_a_walk_reads_what_net_snmp_reads(opener: Opener, target: Target, port: int, bulk_rows: int) -> None:
    """The same objects in the same order, whatever the size of the requests."""
    answer = walk(opener, target, INTERFACES, WalkLimits(bulk_rows=bulk_rows))
    theirs = re.findall(r"^\.([\d.]+) = ", net_snmp("snmpwalk", port, dotted(INTERFACES)).stdout, re.MULTILINE)
    assert len(theirs) > 20
    assert [dotted(name) for name in answer.values] == theirs
    assert answer.problem is None


def test_addresses_are_four_bytes(opener: Opener, target: Target) -> None:
    answer = walk(opener, target, IP_ADDRESSES)
    assert answer.values[(*IP_ADDRESSES, 127, 0, 0, 1)] == bytes([127, 0, 0, 1])


def test_a_table_that_is_not_there(opener: Opener, target: Target) -> None:
    assert walk(opener, target, ABSENT) == SnmpAnswer({}, "no_such")


def test_a_walk_is_cut_at_its_bound_and_says_so(opener: Opener, target: Target) -> None:
    whole = walk(opener, target, INTERFACES)
    cut = walk(opener, target, INTERFACES, WalkLimits(most_rows=5, bulk_rows=3))
    assert cut.problem == "truncated"
    assert list(cut.values) == list(whole.values)[:5]
    just = walk(opener, target, INTERFACES, WalkLimits(most_rows=len(whole.values)))
    assert just.problem is None


def test_a_wrong_community_is_silence(opener: Opener, port: int) -> None:
    assert get(opener, by_v2c(port, "wrong"), [SYS_NAME]) == SnmpAnswer({}, "timeout")


@pytest.mark.parametrize(
    "user",
    [
        replace(USER, auth_password="not-the-password"),
        replace(USER, name="nobody"),
    ],
    ids=["password", "user"],
)
def test_wrong_keys_are_told(opener: Opener, port: int, user: User) -> None:
    answer = get(opener, by_v3(port, user), [SYS_NAME])
    assert answer == SnmpAnswer({}, "auth")
    assert walk(opener, by_v3(port, user), INTERFACES) == SnmpAnswer({}, "auth")


def test_two_users_of_one_name_do_not_get_in_each_others_way(opener: Opener, port: int) -> None:
    """Different gear may know the same user name with different keys."""

    async def both() -> tuple[SnmpAnswer, SnmpAnswer]:
        sessions = opener()
        try:
            wrong = sessions.open(by_v3(port, replace(USER, auth_password="not-the-password")))
            right = sessions.open(by_v3(port))
            return await wrong.get([SYS_NAME]), await right.get([SYS_NAME])
        finally:
            sessions.close()

    assert asyncio.run(both()) == (SnmpAnswer({}, "auth"), SnmpAnswer({SYS_NAME: b"ekskolan-router"}))


def test_silence_is_a_timeout_and_delays_nobody_else(opener: Opener, port: int) -> None:
    """A device that is gone costs its own retries; the living one answers in the meantime."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        dead = replace(by_v2c(silent.getsockname()[1]), timeout_s=1.0, retries=1)

        async def both() -> tuple[list[str], list[SnmpAnswer]]:
            sessions = opener()
            order: list[str] = []

            async def one(name: str, target: Target) -> SnmpAnswer:
                answer = await sessions.open(target).get([SYS_NAME])
                order.append(name)
                return answer

            try:
                return order, list(await asyncio.gather(one("dead", dead), one("living", by_v2c(port))))
            finally:
                sessions.close()

        order, answers = asyncio.run(both())
    assert order == ["living", "dead"]
    assert answers == [SnmpAnswer({}, "timeout"), SnmpAnswer({SYS_NAME: b"ekskolan-router"})]


def test_a_walk_ends_at_its_deadline(opener: Opener) -> None:
    """Long before the request would have been given up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        patient = replace(by_v2c(silent.getsockname()[1]), timeout_s=60.0, retries=3)
        assert walk(opener, patient, INTERFACES, WalkLimits(deadline_s=0.3)) == SnmpAnswer({}, "timeout")


def test_a_port_that_nobody_listens_on(opener: Opener) -> None:
    answer = get(opener, by_v2c(free_udp_port()), [SYS_NAME])
    assert answer.values == {}
    assert answer.problem in {"timeout", "unreachable"}


def test_secrets_show_nowhere(opener: Opener, port: int, caplog: pytest.LogCaptureFixture) -> None:
    """Not in what is logged at the finest level, not in what an error would print."""
    with caplog.at_level(logging.DEBUG):
        get(opener, by_v3(port), [SYS_NAME])
        get(opener, by_v2c(port, "wrong"), [SYS_NAME])
        get(opener, by_v2c(port), [SYS_NAME])
    told = caplog.text + repr(by_v3(port)) + repr(by_v2c(port))
    assert "provklar" in told
    assert [secret for secret in (COMMUNITY, USER.auth_password, USER.priv_password) if secret in told] == []
