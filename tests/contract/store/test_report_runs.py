"""Reports whose ids count up: each is stored once, whatever order they come in, and in next to no space."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.protocol.report_ids import CountedId
from agent.protocol.wire import Report
from collector.readiness.domain.model import DeviceSeen
from collector.store import report_numbers
from collector.store.store import Store
from tests.support.properties import examples
from tests.support.stored import NOW, Place, enrolled, measured, report, write

RUN, OTHER_RUN = b"\x01" * 8, b"\x02" * 8


def numbered(device: DeviceSeen, number: int, run: bytes = RUN) -> Report:
    """A report of that number."""
    at = NOW - timedelta(days=1) + timedelta(seconds=number)
    return report(device, [measured(at)], report_id=str(CountedId(run, number)), sent_at=NOW)


def test_each_is_stored_once(store: Store, place: Place) -> None:
    """Also twice in one group; of another device or run it is another report."""
    device, _ = enrolled(store)
    other, _ = enrolled(store)
    first = [numbered(device, 1), numbered(device, 2), numbered(device, 2), numbered(device, 1, OTHER_RUN)]
    assert write(store, device, *first) == ["accepted", "accepted", "duplicate", "accepted"]
    assert write(store, device, numbered(device, 2), numbered(device, 3)) == ["duplicate", "accepted"]
    assert write(store, other, numbered(other, 2)) == ["accepted"]
    assert place.run("SELECT stored FROM report_runs ORDER BY device, run") == [("1-3",), ("1",), ("2",)]
    assert place.run("SELECT count(*) FROM reports") == [(0,)]


def test_ids_that_do_not_count(store: Store, place: Place) -> None:
    """Are known one by one, as those of older agents and of browsers."""
    device, _ = enrolled(store)
    sent = [report(device, report_id="r1"), numbered(device, 1), report(device, report_id="r1")]
    assert write(store, device, *sent) == ["accepted", "accepted", "duplicate"]
    assert place.run("SELECT count(*) FROM reports") == [(1,)]


def test_a_run_full_of_gaps_is_bounded(store: Store, place: Place) -> None:
    """By odd numbers alone a device makes its row no longer; nothing is lost or stored twice for it."""
    device, _ = enrolled(store)
    odd = [numbered(device, number) for number in range(1, 301, 2)]
    assert set(write(store, device, *odd)) == {"accepted"}
    assert set(write(store, device, *odd)) == {"duplicate"}
    even = [numbered(device, number) for number in range(2, 301, 2)]
    assert set(write(store, device, *even)) == {"accepted"}
    assert set(write(store, device, *odd, *even)) == {"duplicate"}
    [(stored,)] = place.run("SELECT stored FROM report_runs")
    assert str(stored).count(",") < report_numbers.MOST_RANGES


def test_what_is_old_is_forgotten(store: Store, place: Place) -> None:
    """With the last report of its run."""
    device, _ = enrolled(store)
    write(store, device, numbered(device, 1))
    store.delete_older_than(NOW)
    assert place.run("SELECT count(*) FROM report_runs") == [(1,)]
    store.delete_older_than(NOW + timedelta(seconds=1))
    assert place.run("SELECT count(*) FROM report_runs") == [(0,)]


groups = st.lists(st.lists(st.tuples(st.sampled_from([RUN, OTHER_RUN]), st.integers(1, 9)), max_size=6), max_size=6)


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(groups)
def test_as_if_every_id_were_kept(store: Store, sent: list[list[tuple[bytes, int]]]) -> None:
    """Whatever comes again, and when."""
    device, _ = enrolled(store)
    known: set[tuple[bytes, int]] = set()
    for group in sent:
        expected = []
        for run, number in group:
            expected.append("duplicate" if (run, number) in known else "accepted")
            known.add((run, number))
        assert write(store, device, *(numbered(device, number, run) for run, number in group)) == expected
