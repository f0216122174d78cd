"""The poller in virtual time: who is asked when, and that nobody waits for the dead."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from collector.snmp.gear import Gear, Poll
from collector.snmp.interfaces import IF_DESCR, IF_HC_IN_OCTETS, IF_HC_OUT_OCTETS, IF_HIGH_SPEED, IF_NAME, SYS_UPTIME
from collector.snmp.poller import BROKEN_PAUSE_S, DEADLINES_S, Poller
from collector.snmp.session import DEFAULT_LIMITS, Community, Oid, Session, SnmpAnswer, Target, Value, WalkLimits
from tests.support.virtual_time import run

BEGAN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LIVE, DEAD = "192.0.2.1", "192.0.2.99"
MINUTES = 60.0


class Live:
    """A router that carries 8 Mbit/s in and 0.8 out, all of the time, and answers within 50 ms."""

    def __init__(self, port_index: int = 7) -> None:
        self.port_index = port_index
        self.is_up = True

    def _values(self) -> dict[Oid, Value]:
        now_s = asyncio.get_running_loop().time()
        port = self.port_index
        return {
            SYS_UPTIME: 100_000 + int(now_s * 100),
            (*IF_NAME, port): b"wan",
            (*IF_HC_IN_OCTETS, port): int(now_s * 1_000_000),
            (*IF_HC_OUT_OCTETS, port): int(now_s * 100_000),
            (*IF_HIGH_SPEED, port): 1000,
        }

    async def get(self, names: Sequence[Oid]) -> SnmpAnswer:
        """What is there of it."""
        if not self.is_up:
            return await Dead().get(names)
        await asyncio.sleep(0.05)
        values = self._values()
        return SnmpAnswer({name: values[name] for name in names if name in values}, "no_such")

    async def walk(self, root: Oid, limits: WalkLimits = DEFAULT_LIMITS) -> SnmpAnswer:
        """A column."""
        if not self.is_up:
            return await Dead().get([root])
        await asyncio.sleep(0.05)
        found = {name: value for name, value in self._values().items() if name[: len(root)] == root}
        return SnmpAnswer(found, None if found else "no_such")


class Dead:
    """Nobody is there: each question takes its two tries."""

    async def get(self, names: Sequence[Oid]) -> SnmpAnswer:
        """Silence."""
        await asyncio.sleep(4.0)
        return SnmpAnswer({}, "timeout")

    async def walk(self, root: Oid, limits: WalkLimits = DEFAULT_LIMITS) -> SnmpAnswer:
        """Silence."""
        return await self.get([root])


class Drips(Live):
    """Says something now and then and never comes to an end."""

    async def get(self, names: Sequence[Oid]) -> SnmpAnswer:
        """An hour."""
        await asyncio.sleep(3_600)
        return SnmpAnswer({}, "timeout")


class Breaks(Live):
    """Meets a fault in this program."""

    async def get(self, names: Sequence[Oid]) -> SnmpAnswer:
        """A fault."""
        raise ZeroDivisionError


class FakeSessions:
    """Sessions by address."""

    def __init__(self, by_address: dict[str, Session]) -> None:
        self.by_address = by_address
        self.closed = False

    def open(self, target: Target) -> Session:
        """The session of that address."""
        return self.by_address[target.address]

    def close(self) -> None:
        """Noted."""
        self.closed = True


def gear(named: str, address: str = LIVE, uplink: str = "wan") -> Gear:
    """A router whose uplink is read each minute."""
    return Gear(named, "12345678", Target(address, Community("secret-community")), uplink)


class Watched:
    """A poller in virtual time, and what it brought when."""

    def __init__(self, sessions: dict[str, Session], seed: int = 1) -> None:
        self.sessions = FakeSessions(sessions)
        self.polls: list[tuple[float, Poll]] = []
        self.poller = Poller(lambda: self.sessions, self._take, self._clock, Random(seed).random)

    def _take(self, poll: Poll) -> None:
        self.polls.append((asyncio.get_running_loop().time(), poll))

    def _clock(self) -> datetime:
        return BEGAN + timedelta(seconds=asyncio.get_running_loop().time())

    def run(self, wanted: Sequence[Gear], seconds: float, *then: tuple[float, Callable[[], None]]) -> None:
        """Polls that long; `then` is done at its time."""

        async def watched() -> None:
            loop = asyncio.get_running_loop()
            self.poller.reconfigure(wanted)
            running = asyncio.create_task(self.poller.run())
            for at_s, action in then:
                loop.call_later(at_s, action)
            await asyncio.sleep(seconds)
            self.poller.stop()
            await running

        run(watched())

    def of(self, named: str) -> list[Poll]:
        """The polls of one device."""
        return [poll for _, poll in self.polls if poll.gear.id == named]

    def times(self, named: str) -> list[float]:
        """When they came."""
        return [at_s for at_s, poll in self.polls if poll.gear.id == named]


def test_a_router_is_read_each_minute_and_its_load_is_true() -> None:
    """8 Mbit/s and 0.8, whatever the jitter; the first reading has nothing to be compared with."""
    watched = Watched({LIVE: Live()})
    watched.run([gear("r")], 30 * MINUTES)
    first, *rest = watched.of("r")
    assert (first.load, first.gap, first.error_code) == (None, None, None)
    assert len(rest) in range(28, 32)
    for poll in rest:
        assert poll.load is not None
        assert (poll.load.in_bit_s, poll.load.out_bit_s) == pytest.approx((8e6, 0.8e6), rel=1e-3)
    pauses = [later - earlier for earlier, later in pairwise(watched.times("r"))]
    assert all(57 <= pause <= 63.1 for pause in pauses)
    assert len({round(pause, 1) for pause in pauses}) > 5
    assert watched.sessions.closed


@pytest.mark.parametrize("dead", [30, 300])
def test_the_dead_take_no_time_from_the_living(dead: int) -> None:
    """Three that live among so many that do not: as many polls as if they were alone, each on time."""
    living = [gear(f"live{n}") for n in range(3)]
    alone = Watched({LIVE: Live()})
    alone.run(living, 60 * MINUTES)
    among = Watched({LIVE: Live(), DEAD: Dead()})
    among.run([gear(f"dead{n}", DEAD) for n in range(dead)] + living, 60 * MINUTES)
    counts = Counter(poll.gear.id for _, poll in among.polls)
    for one in living:
        assert counts[one.id] >= 58
        assert abs(counts[one.id] - len(alone.of(one.id))) <= 2
        assert all(poll.error_code is None for poll in among.of(one.id))
        pauses = [later - earlier for earlier, later in pairwise(among.times(one.id))]
        assert max(pauses[1:]) < 64
    assert all(poll.error_code == "timeout" for n in range(dead) for poll in among.of(f"dead{n}"))


def test_who_does_not_answer_is_asked_ever_more_seldom_and_comes_back() -> None:
    """About a dozen tries in six hours, not 360; then each minute again, with a gap and no made-up load."""
    router = Live()
    watched = Watched({LIVE: router})
    down_s, up_s = 10 * MINUTES, 6 * 60 * MINUTES
    watched.run(
        [gear("r")],
        up_s + 60 * MINUTES,
        (down_s, lambda: setattr(router, "is_up", False)),
        (up_s, lambda: setattr(router, "is_up", True)),
    )
    tries = [at_s for at_s, poll in watched.polls if poll.error_code]
    assert 10 < len(tries) < 30
    assert max(later - earlier for earlier, later in pairwise(tries)) < 31 * MINUTES
    after = [poll for at_s, poll in watched.polls if at_s > up_s]
    assert len(after) > 28
    assert (after[0].load, after[0].gap, after[0].error_code) == (None, "not_read", None)
    assert all(poll.load is not None for poll in after[1:])


def test_a_device_that_never_comes_to_an_end_is_cut_off() -> None:
    """At its deadline, and the others do not notice."""
    watched = Watched({LIVE: Live(), DEAD: Drips()})
    watched.run([gear("drips", DEAD), gear("r")], 5 * MINUTES)
    assert watched.of("drips")[0].error_code == "timeout"
    assert watched.times("drips")[0] < 20 + DEADLINES_S["uplink"] + 1
    assert len(watched.of("r")) >= 4


def test_a_fault_of_ours_is_one_devices_fault_and_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """The others go on, and no secret is in the log."""
    watched = Watched({LIVE: Live(), DEAD: Breaks()})
    with caplog.at_level(logging.DEBUG):
        watched.run([gear("broken", DEAD), gear("r")], BROKEN_PAUSE_S + 60)
    assert [poll.error_code for poll in watched.of("broken")][:2] == ["internal", "internal"]
    assert len(watched.of("r")) >= 5
    assert "polling broken went wrong" in caplog.text
    assert "secret-community" not in caplog.text


def test_a_port_that_moved_is_found_again_and_nothing_is_made_up() -> None:
    """After a restart the uplink has another number: its counters are not compared with those of the old one."""
    router = Live()
    watched = Watched({LIVE: router})
    watched.run([gear("r")], 10 * MINUTES, (5 * MINUTES, lambda: setattr(router, "port_index", 9)))
    indexes = [poll.interface.index for poll in watched.of("r") if poll.interface is not None]
    assert set(indexes) == {7, 9}
    moved = watched.of("r")[indexes.index(9)]
    assert (moved.load, moved.error_code) == (None, None)


def test_a_device_that_restarts_between_two_polls() -> None:
    """Its counters begin anew: a gap that says so, and then true loads again."""

    class Restarting(Live):
        began_s = 0.0

        def _values(self) -> dict[Oid, Value]:
            since_s = asyncio.get_running_loop().time() - self.began_s
            moved = {(*IF_HC_IN_OCTETS, 7): int(since_s * 1_000_000), (*IF_HC_OUT_OCTETS, 7): int(since_s * 100_000)}
            return super()._values() | moved | {SYS_UPTIME: int(since_s * 100)}

    router = Restarting()
    watched = Watched({LIVE: router})
    watched.run([gear("r")], 10 * MINUTES, (5 * MINUTES, lambda: setattr(router, "began_s", 5 * MINUTES)))
    gaps = [poll.gap for poll in watched.of("r") if poll.gap is not None]
    assert gaps == ["restarted"]
    loads = [poll.load.in_bit_s for poll in watched.of("r") if poll.load is not None]
    assert len(loads) >= 7
    assert loads == pytest.approx([8e6] * len(loads), rel=1e-3)


def test_a_device_that_dies_in_the_middle_of_a_walk() -> None:
    """Half a list of names names no port; when it is back, it is found."""

    class DiesMidWalk(Live):
        deaths = 5

        async def walk(self, root: Oid, limits: WalkLimits = DEFAULT_LIMITS) -> SnmpAnswer:
            """Some rows, and then silence."""
            if self.deaths:
                self.deaths -= 1
                await asyncio.sleep(4.0)
                return SnmpAnswer({(*IF_NAME, 1): b"lan"}, "timeout")
            return await super().walk(root, limits)

    watched = Watched({LIVE: DiesMidWalk()})
    watched.run([gear("r")], 10 * MINUTES)
    codes = [poll.error_code for poll in watched.of("r")]
    assert codes[0] == "timeout"
    assert codes[-1] is None
    assert watched.of("r")[-1].load is not None


def test_a_port_that_is_not_there_is_told() -> None:
    """By its code; no other port is taken for it."""
    watched = Watched({LIVE: Live()})
    watched.run([gear("r", uplink="wam")], 1 * MINUTES)
    assert {poll.error_code for poll in watched.of("r")} == {"no_interface"}


def test_another_configuration_while_it_runs() -> None:
    """Who stays goes on undisturbed; who is gone is asked no more; who is new begins."""
    watched = Watched({LIVE: Live()})
    stays, goes, comes = gear("stays"), gear("goes"), gear("comes")
    watched.run([stays, goes], 20 * MINUTES, (10 * MINUTES, lambda: watched.poller.reconfigure([stays, comes])))
    assert max(watched.times("goes")) <= 10 * MINUTES
    assert min(watched.times("comes")) >= 10 * MINUTES
    assert sum(poll.load is None for poll in watched.of("stays")) == 1
    assert len(watched.of("comes")) >= 9


def test_a_changed_secret_is_another_device_to_ask() -> None:
    """The old session would go on with the old one."""
    watched = Watched({LIVE: Live()})
    before = gear("r")
    after = replace(before, target=replace(before.target, credentials=Community("another")))
    watched.run([before], 10 * MINUTES, (5 * MINUTES, lambda: watched.poller.reconfigure([after])))
    assert [poll.gear.target.credentials for poll in watched.of("r")][-1] == Community("another")


def test_it_starts_and_stops_in_a_thread_of_its_own() -> None:
    """In real time, without any device; stopping twice does no harm."""
    sessions = FakeSessions({})
    poller = Poller(lambda: sessions, lambda _: None, lambda: BEGAN, lambda: 0.5)
    poller.start()
    poller.reconfigure([])
    poller.stop()
    poller.stop()
    assert sessions.closed


def test_names_and_descriptions_both_name_a_port() -> None:
    """An operator may write either."""

    class Described(Live):
        def _values(self) -> dict[Oid, Value]:
            return super()._values() | {(*IF_DESCR, self.port_index): b"GigabitEthernet0/1"}

    watched = Watched({LIVE: Described()})
    watched.run([gear("r", uplink="GigabitEthernet0/1")], 3 * MINUTES)
    assert [poll.error_code for poll in watched.of("r")] == [None] * len(watched.of("r"))
    assert watched.of("r")[-1].load is not None
