"""What is packed is what it was, on every database, whatever comes in before, meanwhile and later."""

from __future__ import annotations

from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.domain.model import DeviceSeen, Observation
from collector.store.store import Store
from tests.contract.store.test_history import Delivery, Lived, deliveries, in_any_place
from tests.support.stored import NOW, Place, enrolled, measured, observations, report, write

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PROBES = ("device", "wifi", "throughput")


class InMemory(Place):
    """Where a store is that nobody packs."""

    def opened(self, busy_timeout_s: float = 5.0) -> Store:
        """An empty one."""
        del busy_timeout_s
        return Store.in_memory()


def nameless(found: list[Observation]) -> list[Observation]:
    """The observations as if by one device."""
    return [msgspec.structs.replace(one, device_id="d") for one in found]


@in_any_place
@given(ones=deliveries, data=st.data())
def test_packing_changes_nothing(place: Place, ones: list[Delivery], data: st.DataObject) -> None:
    """Byte for byte at each moment, then and as of then, beside a store that packs nothing; what is late is added."""
    packed, loose = Lived(place), Lived(InMemory(""))
    for now in sorted({one.received_at for one in ones}):
        at_once = [one for one in ones if one.received_at == now]
        packed.receives(at_once)
        loose.receives(at_once)
        if data.draw(st.booleans()):
            packed.store.pack_before(now - data.draw(st.sampled_from([0, 0, 5, 30])) * HOUR)
        assert nameless(packed.told(now)) == nameless(loose.told(now))
        assert packed.evidence(now) == packed.known[now]
    packed.store.pack_before(now + 3 * DAY)
    packed.restart()
    for then, known in packed.known.items():
        assert packed.evidence(then) == known
        assert nameless(packed.told(then)) == nameless(loose.told(then))
    packed.store.close()
    loose.store.close()


def told(store: Store, days: int = 20) -> DeviceSeen:
    """A device that said something by several probes on so many days."""
    device, _ = enrolled(store)
    for day in range(days):
        at = NOW - day * DAY
        found = [measured(at, {"memory_total_mib": 1024 * (1 + day % 3)}, probe) for probe in PROBES]
        write(store, device, report(device, found, report_id=f"r-{day}", sent_at=at), received_at=at)
    return device


def test_a_row_a_week_is_left(store: Store, place: Place) -> None:
    """And what is not packed: days that are not over, and the probes that are left out of it."""
    device = told(store)
    before = observations(store)
    mine = store.device_evidence(device, NOW, NOW - 9 * DAY)
    assert store.pack_before(NOW - DAY, ("throughput",)) == 1
    assert place.run("SELECT count(*) FROM packed_weeks") == [(3,)]
    assert place.run("SELECT probe, count(*) FROM results GROUP BY probe ORDER BY probe") == [
        ("device", 2),
        ("throughput", 20),
        ("wifi", 2),
    ]
    store._kept.clear()
    assert observations(store) == before
    assert store.device_evidence(device, NOW, NOW - 9 * DAY) == mine
    assert store.pack_before(NOW - DAY, ("throughput",)) == 0


def test_what_is_older_than_the_window_is_found(store: Store) -> None:
    """The newest of a probe, whatever its age, also where only some of what a device said then is packed."""
    device = told(store)
    late = report(device, [measured(NOW - 17 * DAY, {"memory_total_mib": 9999}, "device")], report_id="late")
    before = observations(store, NOW + 30 * DAY, days=3)
    store.pack_before(NOW + DAY)
    store._kept.clear()
    assert observations(store, NOW + 30 * DAY, days=3) == before
    write(store, device, late)
    assert observations(store, NOW + 30 * DAY, days=3) == before
    assert [one.facts["memory_total_mib"] for one in observations(store, NOW, days=19)].count(9999) == 1


def test_the_same_again_after_packing(store: Store) -> None:
    """What was packed away is written anew when it is said again."""
    device = told(store, days=1)
    assert store.pack_before(NOW + DAY) == 1
    again = report(
        device, [measured(NOW + DAY, {"memory_total_mib": 1024}, "wifi")], report_id="more", sent_at=NOW + DAY
    )
    assert write(store, device, again, received_at=NOW + DAY) == ["accepted"]
    assert len(observations(store, NOW + DAY)) == 4


def test_old_weeks_are_forgotten(store: Store, place: Place) -> None:
    """By whole weeks; and when nothing is left, nothing is."""
    told(store)
    store.pack_before(NOW + DAY)
    assert store.delete_older_than(NOW - 8 * DAY) == 1
    assert place.run("SELECT count(*) FROM packed_weeks") == [(3,)]
    store.delete_older_than(NOW + 30 * DAY)
    assert observations(store, NOW + 30 * DAY) == []
    assert place.run("SELECT count(*) FROM packed_weeks") == [(0,)]
    assert place.run("SELECT count(*) FROM device_probes") == [(0,)]
