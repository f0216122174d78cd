"""The history of what devices said: small when nothing changes, right at every moment, whatever the order."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec
from hypothesis import HealthCheck, given, settings
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
    for days in (20, 0):
        at = NOW - days * DAY
        write(store, device, report(device, [measured(at)], report_id=f"r{days}", sent_at=at), received_at=at)
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
    """What was said closes when something else is: the same again is a new observation, also on the same day."""
    device, _ = enrolled(store)
    times = [(NOW - 3 * HOUR, 4096), (NOW - 2 * HOUR, 8192), (NOW - HOUR, 4096), (NOW, 4096)]
    for number, (at, memory) in enumerate(times):
        result = measured(at, {"memory_total_mib": memory})
        write(store, device, report(device, [result], report_id=f"r{number}"))
        assert observations(store)[-1].facts == {"memory_total_mib": memory}
    assert [(one.first_at, one.last_at, one.count) for one in observations(store)] == [
        *((NOW - 3 * HOUR, NOW - 3 * HOUR, 1), (NOW - 2 * HOUR, NOW - 2 * HOUR, 1), (NOW - HOUR, NOW, 2)),
    ]


def test_what_arrives_late_changes_nothing_newer(store: Store) -> None:
    """A report that waited in an outbox takes its place in the past, and was not known before it came in."""
    device, _ = enrolled(store)
    for hours, memory, name in ((0, 8192, "new"), (2, 2048, "old")):
        at = NOW - hours * HOUR
        found = [measured(at, {"memory_total_mib": memory})]
        sent_at = NOW + hours * HOUR
        write(store, device, report(device, found, report_id=name, sent_at=sent_at), received_at=sent_at)
    later = NOW + 2 * HOUR
    assert [one.facts["memory_total_mib"] for one in observations(store, later)] == [2048, 8192]
    assert [one.received_at for one in observations(store, later)] == [later, NOW]
    tick = timedelta(microseconds=1)
    assert [one.facts["memory_total_mib"] for one in observations(store, later - tick)] == [8192]
    assert observations(store, NOW - HOUR) == []


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


def test_a_day_that_goes_on_is_told_as_far_as_it_was_known(store: Store) -> None:
    """At a moment of the past nothing is known that came after it: neither that it still held, nor how often."""
    device, _ = enrolled(store)
    for hours in (4, 2, 0):
        at = NOW - hours * HOUR
        write(store, device, report(device, [measured(at)], report_id=f"r{hours}", sent_at=at), received_at=at)
    for hours, last, count in ((1, 2, 2), (3, 4, 1)):
        [known] = observations(store, NOW - hours * HOUR)
        assert (known.first_at, known.last_at, known.count) == (NOW - 4 * HOUR, NOW - last * HOUR, count)
        assert known.received_at == NOW - last * HOUR
    assert observations(store, NOW - 5 * HOUR) == []


def test_what_is_ahead_of_its_time_waits(store: Store) -> None:
    """A clock that is a little ahead tells of a moment that has not come: until then nothing is known of it."""
    device, _ = enrolled(store)
    ahead = NOW + timedelta(seconds=50)
    write(store, device, report(device, [measured(ahead)]), received_at=NOW)
    assert observations(store, NOW) == []
    assert [one.last_at for one in observations(store, ahead)] == [ahead]


def test_devices_as_they_were(store: Store) -> None:
    """In the past: those enrolled then and not yet revoked, last heard when they had been."""
    device, _ = enrolled(store)
    before = NOW - 5 * DAY
    write(store, device, report(device, [measured(before)], report_id="a", sent_at=before), received_at=before)
    write(store, device, report(device, [measured(NOW)], report_id="b", room="B2"), received_at=NOW)
    store.revoke_device(device.device_id, NOW + HOUR)
    then = store.evidence(SCHOOL, NOW - DAY, NOW - 30 * DAY)
    assert [(one.last_seen_at, one.room) for one in then.devices] == [(before, "A1")]
    assert [(one.last_seen_at, one.room) for one in store.evidence(SCHOOL, before - DAY, before - DAY).devices] == [
        (None, "A1")
    ]
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


def test_how_far_its_clock_was_off_then(store: Store) -> None:
    """By the report that had come in last by then."""
    device, _ = enrolled(store)
    for hours, off_s in ((3, 5), (1, -120)):
        at = NOW - hours * HOUR
        by_its_clock = at + timedelta(seconds=off_s)
        sent = report(device, [measured(by_its_clock)], report_id=f"r{hours}", sent_at=by_its_clock)
        write(store, device, sent, received_at=at)
    offsets = [
        store.evidence(SCHOOL, NOW - hours * HOUR, NOW - DAY).devices[0].clock_offset_s for hours in (4, 2.9, 2, 0)
    ]
    assert offsets == [None, 5.0, 5.0, -120.0]


# --- any stream, in any order, with duplicates -------------------------------------------------------------------

START = datetime(2026, 3, 1, tzinfo=UTC)
_schools = itertools.count(10_000_000)


class Delivery(NamedTuple):
    """What was measured after so many hours, and came in so much later."""

    hour: int
    memory: int
    probe: str
    late_hours: float

    @property
    def at(self) -> datetime:
        return START + self.hour * HOUR

    @property
    def received_at(self) -> datetime:
        return self.at + self.late_hours * HOUR

    def sent(self, device: DeviceSeen) -> Report:
        result = measured(self.at, {"memory_total_mib": self.memory}, self.probe)
        name = f"{self.probe}-{self.hour}-{self.memory}"
        return report(device, [result], report_id=name, sent_at=self.received_at)


deliveries = st.lists(
    st.builds(
        Delivery,
        st.integers(0, 3 * 24),
        st.integers(0, 2),
        st.sampled_from(["device", "path"]),
        st.sampled_from([0, 0, 0, 0.25, 1.5, 7, 30]),
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda one: (one.hour, one.memory, one.probe),
)
in_any_place = settings(
    max_examples=examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class Lived:
    """A school of its own in the store, living through deliveries; what was known after each is kept."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.school = str(next(_schools))
        self.store = place.opened()
        self.device, _ = enrolled(self.store, self.school)
        self.known: dict[datetime, bytes] = {}

    def evidence(self, as_of: datetime) -> bytes:
        """All of it, as bytes."""
        return msgspec.json.encode(self.store.evidence(self.school, as_of, as_of - 2 * DAY), order="deterministic")

    def told(self, as_of: datetime) -> list[Observation]:
        return self.store.evidence(self.school, as_of, as_of - 30 * DAY).observations

    def restart(self) -> None:
        self.store.close()
        self.store = self.place.opened()

    def receives(self, ones: Sequence[Delivery], data: st.DataObject | None = None) -> None:
        """In the order in which they come in; of those that do so at one moment in any, together or not."""
        moments = sorted({one.received_at for one in ones})
        for now in moments:
            at_once = [one for one in ones if one.received_at == now]
            if data is not None:
                at_once = data.draw(st.permutations(at_once))
            size = data.draw(st.integers(1, len(at_once))) if data is not None else len(at_once)
            for begin in range(0, len(at_once), size):
                sent = [one.sent(self.device) for one in at_once[begin : begin + size]]
                write(self.store, self.device, *sent, received_at=now)
            self.known[now] = self.evidence(now)


@in_any_place
@given(ones=deliveries, data=st.data())
def test_what_was_known_then_is_what_is_told_of_then(place: Place, ones: list[Delivery], data: st.DataObject) -> None:
    """Law 14: whatever comes in later, repeated, swapped or over a restart, byte for byte."""
    lived = Lived(place)
    try:
        repeated = [one._replace(late_hours=one.late_hours + 3) for one in data.draw(st.lists(st.sampled_from(ones)))]
        lived.receives([*ones, *repeated], data)
        lived.restart()
        for now, known in lived.known.items():
            assert lived.evidence(now) == known
    finally:
        lived.store.close()


@in_any_place
@given(ones=deliveries, data=st.data())
def test_the_order_of_coming_in_leaves_no_trace(place: Place, ones: list[Delivery], data: st.DataObject) -> None:
    """The same facts, in at the same moments: the same observations, however they were gathered and swapped."""
    first, second = Lived(place), Lived(place)
    try:
        first.receives(ones)
        second.receives(data.draw(st.permutations(ones)), data)
        as_of = START + 9 * DAY
        told = [[msgspec.structs.replace(one, device_id="") for one in lived.told(as_of)] for lived in (first, second)]
        assert told[0] == told[1]
    finally:
        first.store.close()
        second.store.close()


def _naive(ones: Iterable[Delivery], probe: str, as_of: datetime) -> list[tuple[object, datetime, datetime, int]]:
    """The same history by the simplest code: what was known, by its time, closed where it changes or the day ends."""
    known = sorted((one for one in ones if one.received_at <= as_of and one.probe == probe), key=lambda one: one.hour)
    spans: list[list[Delivery]] = []
    for one in known:
        before = spans[-1][-1] if spans else None
        if before is not None and before.memory == one.memory and before.hour // 24 == one.hour // 24:
            spans[-1].append(one)
        else:
            spans.append([one])
    return [(span[0].memory, span[0].at, span[-1].at, len(span)) for span in spans]


@in_any_place
@given(ones=deliveries, hours=st.lists(st.integers(-1, 5 * 24), min_size=1, max_size=4))
def test_any_stream_equals_the_naive_history(place: Place, ones: list[Delivery], hours: list[int]) -> None:
    """At every moment."""
    apart = list({(one.hour, one.probe): one for one in ones}.values())
    lived = Lived(place)
    try:
        lived.receives(apart)
        for as_of in (START + hour * HOUR for hour in hours):
            for probe in ("device", "path"):
                told = [one for one in lived.told(as_of) if one.probe == probe]
                spans = [(one.facts["memory_total_mib"], one.first_at, one.last_at, one.count) for one in told]
                assert spans == _naive(apart, probe, as_of)
    finally:
        lived.store.close()


def test_formatting_of_json_is_kept_apart_but_reads_alike(store: Store) -> None:
    """Another order of the same facts is read as the same facts."""
    device, _ = enrolled(store)
    for number, facts in enumerate([{"a": 1, "b": 2}, {"b": 2, "a": 1}]):
        result = msgspec.structs.replace(measured(NOW - number * HOUR), facts=facts)
        write(store, device, report(device, [result], report_id=f"r{number}"))
    assert [one.facts for one in observations(store)] == [{"a": 1, "b": 2}] * 2
