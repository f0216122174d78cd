"""The watch over what fails: real store, real history, a clock that is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.protocol.wire import Facts, ProbeResult
from collector.judgement.incidents import IncidentWatch
from collector.readiness.domain.model import DeviceSeen
from collector.readiness.incidents.attribute import PROBE, WINDOW
from collector.store.store import Store
from tests.support.stored import NOW, OTHER_SCHOOL, SCHOOL, enrolled, opened, report, write
from tests.support.verdicts import configuration, school

MINUTE = timedelta(minutes=1)


class World:
    """Two schools with two devices each, a store, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.store: Store = opened(folder)
        self.now = NOW
        self.devices: dict[str, list[DeviceSeen]] = {
            code: [enrolled(self.store, code)[0] for _ in range(2)] for code in (SCHOOL, OTHER_SCHOOL)
        }
        made = configuration(school(SCHOOL), school(OTHER_SCHOOL, "Aspskolan"))
        self.watch = IncidentWatch(self.store, lambda: made, lambda: self.now)
        self._reports = 0

    def climb(self, code: str, failing: str | None, at: datetime, *, since: datetime | None = None) -> None:
        """All devices of a school climb; `failing` is the code at the DNS rung, `since` when that began if it did
        before.
        """
        for device in self.devices[code]:
            self._reports += 1
            row: Facts = {"rung": "dns", "kind": "dns", "status": "failed" if failing else "ok", "error_code": failing}
            row["up_to_ms"] = 150.0
            began = f"{since or at:%Y-%m-%dT%H:%MZ}" if failing else None
            facts: Facts = {"rungs_count": 1, "failing_since_utc": began}
            result = ProbeResult(PROBE, 2, "ok", at, 1.0, facts, {}, [row])
            sent = report(device, [result], report_id=f"r{self._reports}", sent_at=at)
            write(self.store, device, sent, received_at=at)

    def observed(self) -> int:
        """How many observations there are of the first device of the first school."""
        (device, *_) = self.devices[SCHOOL]
        history = self.store.probe_history(PROBE, self.now, self.now - timedelta(days=2))
        return sum(one.device_id == device.device_id for one in history[SCHOOL])


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Closed at the end."""
    made = World(tmp_path)
    yield made
    made.store.close()


def test_from_the_store_to_the_incident(world: World) -> None:
    """Found at the next round, gone when it has mended."""
    for ago in (50, 35):
        world.climb(SCHOOL, None, NOW - ago * MINUTE)
        world.climb(OTHER_SCHOOL, None, NOW - ago * MINUTE)
    world.climb(SCHOOL, "dns_silent", NOW - 20 * MINUTE)
    world.climb(OTHER_SCHOOL, None, NOW - 20 * MINUTE)
    world.watch.run()
    (found,) = world.watch.current()
    (at,) = found.schools
    assert (found.reach, at.school, found.failing_count) == ("school", SCHOOL, 2)
    assert (at.since, at.last_well_at) == (NOW - 20 * MINUTE, NOW - 35 * MINUTE)
    world.climb(SCHOOL, None, NOW - 5 * MINUTE)
    world.watch.run()
    assert world.watch.current() == []


def test_what_began_long_ago(world: World) -> None:
    """The first round looks back a day; later rounds look back less and remember."""
    for hours in range(8, 0, -1):
        world.climb(SCHOOL, "dns_silent", NOW - hours * 60 * MINUTE)
    world.climb(SCHOOL, "dns_silent", NOW - MINUTE)
    world.climb(OTHER_SCHOOL, None, NOW - MINUTE)
    world.watch.run()
    began = NOW - 480 * MINUTE
    assert [one.since for one in world.watch.current()] == [began]
    world.now += 10 * MINUTE
    world.watch.run()
    assert [one.since for one in world.watch.current()] == [began]


def test_what_goes_on_is_one_observation_and_its_minutes_are_known(world: World) -> None:
    """A morning: well, out for twenty minutes, well again, out again: four observations. After a restart, which
    remembers nothing, the second time is known to the minute, though both were alike.
    """
    start = NOW - timedelta(hours=3)

    def minute(number: int) -> datetime:
        return start + number * MINUTE

    first, second = range(60, 80), range(150, 181)
    for number in range(181):
        out = next((span for span in (first, second) if number in span), None)
        if out:
            world.climb(SCHOOL, "dns_silent", minute(number), since=minute(out.start))
        elif number % 15 == 0:
            world.climb(SCHOOL, None, minute(number))
    world.climb(OTHER_SCHOOL, None, NOW)
    world.watch.run()
    (found,) = world.watch.current()
    assert (found.since, found.schools[0].last_well_at) == (minute(150), minute(135))
    assert world.observed() == 4


def test_nothing_is_said_before_the_first_round_and_long_after_the_last(world: World) -> None:
    """An old answer is not passed off as the state of things."""
    world.climb(SCHOOL, "dns_silent", NOW)
    world.climb(OTHER_SCHOOL, None, NOW)
    assert world.watch.current() == []
    world.watch.run()
    assert len(world.watch.current()) == 1
    world.now += WINDOW + MINUTE
    assert world.watch.current() == []


def test_a_school_that_is_no_longer_configured(world: World) -> None:
    """Its devices may go on reporting; nobody asks about it."""
    only = configuration(school(OTHER_SCHOOL))
    watch = IncidentWatch(world.store, lambda: only, lambda: NOW)
    world.climb(SCHOOL, "dns_silent", NOW)
    watch.run()
    assert watch.current() == []


def test_who_found_what_at_each_rung(world: World) -> None:
    """By the newest round, and not longer than that is true."""
    world.climb(SCHOOL, "dns_silent", NOW - 2 * MINUTE)
    world.climb(OTHER_SCHOOL, None, NOW - 2 * MINUTE)
    world.watch.run()
    found = {one.school: one.devices for one in world.watch.rungs()}
    assert found == {SCHOOL: {"failed": 2}, OTHER_SCHOOL: {"ok": 2}}
    world.now += WINDOW + MINUTE
    assert world.watch.rungs() == []


def test_simulated_schools_are_never_compared_with_real_ones(world: World) -> None:
    """A real school where something fails is not told that all is well elsewhere by an invention, nor the other way."""
    made = configuration(school(SCHOOL), school(OTHER_SCHOOL, "Aspskolan", simulated=True))
    watch = IncidentWatch(world.store, lambda: made, lambda: world.now)
    for code in (SCHOOL, OTHER_SCHOOL):
        world.climb(code, "dns_silent", NOW - MINUTE)
    watch.run()
    found = {one.schools[0].school: (one.reach, one.doubt, one.simulated) for one in watch.current()}
    assert found == {
        SCHOOL: ("unknown", "too_few_schools", False),
        OTHER_SCHOOL: ("unknown", "too_few_schools", True),
    }


def test_only_the_probe_and_the_time_that_are_asked_for(world: World) -> None:
    """By school, oldest first; nothing from after the moment, nothing of revoked devices."""
    world.climb(SCHOOL, None, NOW - 90 * MINUTE)
    world.climb(SCHOOL, None, NOW - 30 * MINUTE)
    world.climb(OTHER_SCHOOL, None, NOW)
    found = world.store.probe_history(PROBE, NOW - MINUTE, NOW - 60 * MINUTE)
    assert {code: [one.last_at for one in said] for code, said in found.items()} == {SCHOOL: [NOW - 30 * MINUTE] * 2}
    assert world.store.probe_history("path", NOW, NOW - 60 * MINUTE) == {}
    world.store.revoke_device(world.devices[SCHOOL][0].device_id, NOW - 40 * MINUTE)
    found = world.store.probe_history(PROBE, NOW, NOW - 60 * MINUTE)
    assert [one.device_id for one in found[SCHOOL]] == [world.devices[SCHOOL][1].device_id]
