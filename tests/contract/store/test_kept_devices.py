"""What is kept of devices in memory is what the database says, whoever wrote to it and whatever was removed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.protocol.wire import Facts
from collector.readiness.domain.model import DeviceSeen, Evidence
from collector.readiness.domain.strands import strands_of
from collector.store import evidence
from collector.store.kept_devices import KeptDevices
from collector.store.store import Store
from tests.support.properties import examples
from tests.support.stored import NOW, SCHOOL, Place, enrolled, measured, report, write

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WINDOW = 3 * DAY
PROBES = ("device", "wifi", "path")


def told(store: Store, device: DeviceSeen, at: datetime, *, late: timedelta = MINUTE, mib: int = 4096) -> None:
    """Something that was measured then, and came in so much later."""
    sent = report(
        device,
        [measured(at, {"memory_total_mib": mib})],
        report_id=f"{at:%y%m%d-%H%M}-{late.seconds}-{mib}",
        sent_at=at + late,
    )
    write(store, device, sent, received_at=at + late)


def said(store: Store, as_of: datetime, since: datetime | None = None) -> bytes:
    """The evidence, as bytes."""
    found = store.evidence(SCHOOL, as_of, since or as_of - WINDOW)
    return msgspec.json.encode(msgspec.structs.replace(found, observations=list(found.observations)))


@pytest.fixture
def asked() -> Iterator[list[list[int]]]:
    """The devices that were read, question by question."""
    found: list[list[int]] = []
    ask = evidence._results

    def listening(numbers: list[int], *rest: int) -> object:
        found.append(list(numbers))
        return ask(numbers, *rest)

    with patch.object(evidence, "_results", listening):
        yield found


def test_only_who_said_something_is_read(store: Store, asked: list[list[int]]) -> None:
    """A report costs the reading of one device, and the others keep what was made of what they said."""
    first, second = enrolled(store)[0], enrolled(store)[0]
    for device in (first, second):
        told(store, device, NOW)
    before = store.evidence(SCHOOL, NOW + HOUR, NOW - WINDOW)
    told(store, second, NOW + 2 * HOUR, mib=8192)
    after = store.evidence(SCHOOL, NOW + 3 * HOUR, NOW - WINDOW)
    assert [len(numbers) for numbers in asked] == [2, 1]
    assert strands_of(after.observations)[0] is strands_of(before.observations)[0]
    assert len(after.observations) == 3


def test_who_never_said_anything_is_not_asked_again(store: Store, asked: list[list[int]]) -> None:
    """Nothing is kept of it like anything else."""
    enrolled(store)
    assert said(store, NOW) == said(store, NOW + HOUR - HOUR)
    assert len(asked) == 1


def test_the_past_is_read(store: Store, place: Place, asked: list[list[int]]) -> None:
    """What was not known yet is not told of then, and what is kept is not overwritten by it."""
    device, _ = enrolled(store)
    told(store, device, NOW)
    told(store, device, NOW + 2 * HOUR, mib=8192)
    now = said(store, NOW + 3 * HOUR)
    past = said(store, NOW + HOUR)
    assert past != now
    assert said(store, NOW + 3 * HOUR) == now
    assert len(asked) == 2
    fresh = place.opened()
    assert (said(fresh, NOW + HOUR), said(fresh, NOW + 3 * HOUR)) == (past, now)
    fresh.close()


def test_a_longer_window_is_read(store: Store, asked: list[list[int]]) -> None:
    """A shorter one is cut from what is kept."""
    device, _ = enrolled(store)
    for days in range(6):
        told(store, device, NOW - days * DAY, mib=1024 * (1 + days))
    assert [len(_observations(store, NOW + HOUR, days)) for days in (3, 2, 5, 4)] == [4, 3, 6, 5]
    assert len(asked) == 2


def _observations(store: Store, as_of: datetime, days: int) -> list[object]:
    found: Evidence = store.evidence(SCHOOL, as_of, NOW - days * DAY)
    return list(found.observations)


def test_another_process_is_heard(store: Store, place: Place) -> None:
    """Whoever wrote it."""
    device, _ = enrolled(store)
    told(store, device, NOW)
    assert len(_observations(store, NOW + HOUR, 3)) == 1
    other = place.opened()
    told(other, device, NOW + HOUR, mib=8192)
    assert len(_observations(store, NOW + 2 * HOUR, 3)) == 2
    other.delete_older_than(NOW + HOUR)
    assert len(_observations(store, NOW + 3 * HOUR, 3)) == 1
    other.close()


def test_what_is_still_to_come_is_not_forgotten(store: Store) -> None:
    """One read before what had been received counted: it does later, though nothing came in since."""
    device, _ = enrolled(store)
    told(store, device, NOW)
    told(store, device, NOW, late=2 * HOUR, mib=8192)
    assert len(_observations(store, NOW + HOUR, 3)) == 1
    assert len(_observations(store, NOW + 3 * HOUR, 3)) == 2


def test_room_is_made(store: Store) -> None:
    """There is never more than the bound, and what has no room is read."""
    store._kept = KeptDevices(4)
    devices = [enrolled(store)[0] for _ in range(4)]
    for device in devices:
        told(store, device, NOW)
    assert len(_observations(store, NOW + HOUR, 3)) == 4
    assert store._kept._observations <= 4
    assert len(_observations(store, NOW + HOUR, 3)) == 4


class Step(NamedTuple):
    """What happens next: something is measured and comes in later, or is removed, or a device is revoked; read is then,
    and as things stood some time ago.
    """

    does: str
    hours: int
    device: int
    probe: str
    late_hours: float
    back_hours: float
    days: int


steps = st.lists(
    st.builds(
        Step,
        st.sampled_from(["tell", "tell", "tell", "tell", "elsewhere", "retain", "revoke", "wait"]),
        st.integers(0, 20),
        st.integers(0, 2),
        st.sampled_from(PROBES),
        st.sampled_from([0, 0, 0.5, 26]),
        st.sampled_from([0, 0, 0.3, 5, 30]),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=20,
)


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=steps, seed=st.integers(0, 9))
def test_kept_and_read_are_the_same(place: Place, steps: list[Step], seed: int) -> None:
    """Byte for byte, whatever happens, after each step: of now, and of some time ago."""
    store, other, fresh, chance = place.opened(), place.opened(), place.opened(), random.Random(seed)
    place.run("UPDATE devices SET revoked_at = 0")
    devices = [enrolled(store)[0] for _ in range(3)]
    now = NOW
    for number, step in enumerate(steps):
        now += step.hours * HOUR
        _take(other if step.does == "elsewhere" else store, step, devices[step.device], now, number)
        for as_of in (now, now - step.back_hours * HOUR):
            fresh._kept.clear()
            since = as_of - step.days * DAY if chance.random() < 0.5 else NOW - step.days * DAY
            assert said(store, as_of, since) == said(fresh, as_of, since)
    for opened in (store, other, fresh):
        opened.close()


def _take(store: Store, step: Step, device: DeviceSeen, now: datetime, number: int) -> None:
    if step.does in {"tell", "elsewhere"}:
        at = now - step.late_hours * HOUR
        facts: Facts = {"memory_total_mib": 1024 * (1 + number % 3)}
        sent = report(device, [measured(at, facts, step.probe)], report_id=f"r{number}", sent_at=now)
        write(store, device, sent, received_at=now)
    elif step.does == "retain":
        store.delete_older_than(now - DAY)
    elif step.does == "revoke":
        store.revoke_device(device.device_id, now)
