"""The history of what devices said: small when nothing changes, right at every moment, whatever the order."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.protocol.wire import ProbeError, ProbeResult, Report
from collector.readiness.domain.model import DeviceSeen, Observation
from collector.store.store import Store
from tests.support.properties import examples
from tests.support.stored import (
    NOW,
    OTHER_SCHOOL,
    SCHOOL,
    Place,
    enrolled,
    measured,
    observations,
    opened,
    report,
    write,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_what_repeats_is_one_observation(store: Store) -> None:
    """Ten reports of the same facts on one day are one row that says from when until when."""
    device, _ = enrolled(store)
    for hour in range(10):
        at = NOW - hour * HOUR
        assert write(store, device, report(device, [measured(at)], report_id=f"r{hour}")) == ["accepted"]
    [one] = observations(store)
    assert (one.first_at, one.last_at, one.count) == (NOW - 9 * HOUR, NOW, 10)
    assert (one.device_id, one.probe, one.room, one.status) == (device.device_id, "device", "A1", "ok")
    assert (one.facts, one.missing, one.rows, one.error_code) == ({"memory_total_mib": 4096}, {}, [], None)


def test_each_day_has_its_own(store: Store) -> None:
    """So a machine that was silent for days never looks as if it had been heard meanwhile."""
    device, _ = enrolled(store)
    write(store, device, report(device, [measured(NOW - 20 * DAY), measured(NOW)]))
    assert [(one.first_at, one.last_at) for one in observations(store)] == [
        (NOW - 20 * DAY, NOW - 20 * DAY),
        (NOW, NOW),
    ]
    [past] = observations(store, as_of=NOW - 10 * DAY)
    assert past.last_at == NOW - 20 * DAY


def test_everything_a_result_says_comes_back(store: Store) -> None:
    """Facts of every type, why facts are missing, rows, and an error with its code."""
    device, _ = enrolled(store)
    rich = ProbeResult(
        "path",
        3,
        "failed",
        NOW,
        1.0,
        {"å": "ö\u0000", "n": None, "yes": True, "i": 2**70, "f": 0.1},
        {"n": "not_installed"},
        [{"host": "a.example", "ok": True}, {"host": "b.example", "ms": 3.5}],
        ProbeError("dns_failed", "no answer"),
    )
    write(store, device, report(device, [rich]))
    [one] = observations(store)
    assert (one.facts, one.missing, one.rows) == (rich.facts, rich.missing, rich.rows)
    assert (one.status, one.error_code) == ("failed", "dns_failed")


def test_a_report_counts_once(store: Store) -> None:
    """Within a transaction, across transactions, and after a restart."""
    device, _ = enrolled(store)
    assert write(store, device, report(device), report(device)) == ["accepted", "duplicate"]
    assert write(store, device, report(device)) == ["duplicate"]
    assert observations(store)[0].count == 1


def test_a_report_counts_once_after_a_restart(place: Place) -> None:
    """What is remembered is on disk."""
    store = place.opened()
    device, _ = enrolled(store)
    write(store, device, report(device))
    store.close()
    store = place.opened()
    assert write(store, device, report(device), report(device, report_id="r2")) == ["duplicate", "accepted"]
    assert observations(store)[0].count == 2
    store.close()


def test_report_ids_belong_to_their_device(store: Store) -> None:
    """No device can make another's report a duplicate by using its id first."""
    first, second = enrolled(store)[0], enrolled(store)[0]
    assert write(store, first, report(first, report_id="same")) == ["accepted"]
    assert write(store, second, report(second, report_id="same")) == ["accepted"]


def test_a_change_and_back(store: Store) -> None:
    """The newest is what was said last, also when it was said before."""
    device, _ = enrolled(store)
    times = [(NOW - 3 * HOUR, 4096), (NOW - 2 * HOUR, 8192), (NOW - HOUR, 4096)]
    for number, (at, memory) in enumerate(times):
        result = measured(at, {"memory_total_mib": memory})
        write(store, device, report(device, [result], report_id=f"r{number}"))
        assert observations(store)[-1].facts == {"memory_total_mib": memory}
    assert [one.count for one in observations(store)] == [1, 2]


def test_what_arrives_late_changes_nothing_newer(store: Store) -> None:
    """A report that waited in an outbox takes its place in the past."""
    device, _ = enrolled(store)
    write(store, device, report(device, [measured(NOW, {"memory_total_mib": 8192})], report_id="new"))
    write(store, device, report(device, [measured(NOW - 2 * HOUR, {"memory_total_mib": 2048})], report_id="old"))
    assert [one.facts["memory_total_mib"] for one in observations(store)] == [2048, 8192]
    assert [one.facts["memory_total_mib"] for one in observations(store, NOW - HOUR)] == [2048]


def test_a_device_moves(store: Store) -> None:
    """The same facts in another room are another observation."""
    device, _ = enrolled(store, room="A1")
    write(store, device, report(device, [measured(NOW - HOUR)], report_id="a"))
    write(store, device, report(device, [measured(NOW)], report_id="b", room="B2"))
    assert [(one.room, one.last_at) for one in observations(store)] == [("A1", NOW - HOUR), ("B2", NOW)]


def test_a_series_has_a_row_each(store: Store) -> None:
    """What differs each time is kept each time, oldest first."""
    device, _ = enrolled(store)
    results = [measured(NOW - n * HOUR, {"rtt_p95_ms": 10.0 + n}, "latency") for n in range(5)]
    write(store, device, report(device, results))
    assert [one.facts["rtt_p95_ms"] for one in observations(store)] == [14.0, 13.0, 12.0, 11.0, 10.0]


def test_the_newest_is_there_whatever_its_age(store: Store) -> None:
    """Beyond the window one observation per device and probe remains, the newest."""
    device, _ = enrolled(store)
    old = [measured(NOW - days * DAY, {"memory_total_mib": days}) for days in (90, 80)]
    old.append(measured(NOW - 80 * DAY + HOUR, {"memory_total_mib": 1}))
    write(store, device, report(device, [*old, measured(NOW - 50 * DAY, probe="path")]))
    found = observations(store, days=30)
    assert [(one.probe, one.last_at) for one in found] == [
        ("device", NOW - 80 * DAY + HOUR),
        ("path", NOW - 50 * DAY),
    ]
    assert found[0].facts == {"memory_total_mib": 1}


def test_the_window_has_sharp_edges(store: Store) -> None:
    """What was last seen exactly at its start belongs to it; a moment earlier does not."""
    device, _ = enrolled(store)
    tick = timedelta(microseconds=1)
    times = [NOW - 30 * DAY - tick, NOW - 30 * DAY, NOW]
    write(store, device, report(device, [measured(at, {"memory_total_mib": n}) for n, at in enumerate(times)]))
    assert [one.facts["memory_total_mib"] for one in observations(store, days=30)] == [1, 2]


def test_a_day_that_goes_on_is_cut(store: Store) -> None:
    """At a moment of the past nothing is known that came after it."""
    device, _ = enrolled(store)
    write(store, device, report(device, [measured(NOW - 4 * HOUR), measured(NOW)]))
    [cut] = observations(store, NOW - HOUR)
    assert (cut.first_at, cut.last_at) == (NOW - 4 * HOUR, NOW - HOUR)
    assert observations(store, NOW - 5 * HOUR) == []


def test_devices_as_they_were(store: Store) -> None:
    """In the past: those enrolled then and not yet revoked, last heard when they had been."""
    device, _ = enrolled(store)
    before = NOW - 5 * DAY
    write(store, device, report(device, [measured(before)], report_id="a", sent_at=before), received_at=before)
    write(store, device, report(device, [measured(NOW)], report_id="b", room="B2"), received_at=NOW)
    store.revoke_device(device.device_id, NOW + HOUR)
    then = store.evidence(SCHOOL, NOW - DAY, NOW - 30 * DAY)
    assert [(one.last_seen_at, one.room) for one in then.devices] == [(before, "A1")]
    assert len(then.observations) == 1
    assert [one.room for one in store.evidence(SCHOOL, NOW, NOW - DAY).devices] == ["B2"]
    for gone in (NOW + HOUR, NOW - timedelta(days=301)):
        assert store.evidence(SCHOOL, gone, gone - DAY).devices == []
        assert store.evidence(SCHOOL, gone, gone - DAY).observations == []


def test_schools_see_only_their_own(store: Store) -> None:
    """Evidence is one school's."""
    ours, theirs = enrolled(store)[0], enrolled(store, OTHER_SCHOOL)[0]
    write(store, ours, report(ours))
    write(store, theirs, report(theirs))
    assert {one.device_id for one in observations(store)} == {ours.device_id}


# --- any stream, in any order, with duplicates -------------------------------------------------------------------

START = datetime(2026, 3, 1, tzinfo=UTC)
Event = tuple[int, int, str]

events = st.lists(
    st.tuples(st.integers(0, 3 * 24), st.integers(0, 2), st.sampled_from(["device", "path"])),
    min_size=1,
    max_size=30,
    unique=True,
)


def _sent(device: DeviceSeen, event: Event) -> Report:
    hour, memory, probe = event
    result = measured(START + hour * HOUR, {"memory_total_mib": memory}, probe)
    return report(device, [result], report_id="-".join(map(str, event)), sent_at=NOW + 9 * DAY)


def _naive(happened: Iterable[Event], as_of: datetime) -> set[tuple[str, object, datetime, datetime, int]]:
    """The same history by the simplest code: group by probe, facts and day; then cut."""
    groups: dict[tuple[str, int, int], list[datetime]] = {}
    for hour, memory, probe in set(happened):
        groups.setdefault((probe, memory, hour // 24), []).append(START + hour * HOUR)
    return {
        (probe, memory, min(times), min(max(times), as_of), len(times))
        for (probe, memory, _), times in groups.items()
        if min(times) <= as_of
    }


def _told(found: list[Observation]) -> list[tuple[str, object, datetime, datetime, int]]:
    return [(one.probe, one.facts["memory_total_mib"], one.first_at, one.last_at, one.count) for one in found]


@settings(max_examples=examples(60))
@given(happened=events, data=st.data())
def test_any_stream_equals_the_naive_history(happened: list[Event], data: st.DataObject) -> None:
    """Shuffled, repeated, cut into any transactions, over a restart: the same history at every moment."""
    stream = data.draw(st.permutations(happened + data.draw(st.lists(st.sampled_from(happened)))))
    moments = data.draw(st.lists(st.integers(-1, 3 * 24 + 1), min_size=1, max_size=5))
    with tempfile.TemporaryDirectory() as folder:
        store = opened(Path(folder))
        device, _ = enrolled(store)
        while stream:
            size = data.draw(st.integers(1, len(stream)))
            now, stream = stream[:size], stream[size:]
            write(store, device, *[_sent(device, event) for event in now], received_at=NOW + 9 * DAY)
            if data.draw(st.booleans()):
                store.close()
                store = opened(Path(folder))
        _hold_alike(store, happened, moments)
        store.close()


def _hold_alike(store: Store, happened: list[Event], moments: list[int]) -> None:
    for hour in moments:
        as_of = START + hour * HOUR
        found = observations(store, as_of, days=10)
        assert len(found) == len(_told(found))
        assert set(_told(found)) == _naive(happened, as_of)
    everything = observations(store, NOW + 9 * DAY, days=30)
    assert sum(one.count for one in everything) == len(set(happened))
    for probe in {event[2] for event in happened}:
        last = max(hour for hour, _, of in happened if of == probe)
        newest = {memory for hour, memory, of in happened if of == probe and hour == last}
        told = [one for one in everything if one.probe == probe][-1]
        assert told.facts["memory_total_mib"] in newest
        assert told.last_at == START + last * HOUR


def test_formatting_of_json_is_kept_apart_but_reads_alike(store: Store) -> None:
    """Another order of the same facts is read as the same facts."""
    device, _ = enrolled(store)
    for number, facts in enumerate([{"a": 1, "b": 2}, {"b": 2, "a": 1}]):
        result = msgspec.structs.replace(measured(NOW - number * HOUR), facts=facts)
        write(store, device, report(device, [result], report_id=f"r{number}"))
    assert [one.facts for one in observations(store)] == [{"a": 1, "b": 2}] * 2
