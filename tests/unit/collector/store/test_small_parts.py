"""The store's small pure parts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import bindparam, create_engine, insert, text, update

from agent.protocol.wire import ProbeError
from collector.http.rates import RateLimit
from collector.store.bulk import BulkStatement
from collector.store.contents import Content, content_of
from collector.store.lru_cache import LruCache
from collector.store.tables import device_probes
from collector.store.timestamps import EPOCH, day_of, microseconds, moment, optional_moment

SWEDEN = timezone(timedelta(hours=2))


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 - the strategy adds the zone
def test_times_come_back_exactly(at: datetime) -> None:
    """To the microsecond, over all years."""
    assert moment(microseconds(at)) == at


def test_times_of_other_zones_are_the_same_moment() -> None:
    """A time is a moment, however it was written."""
    at = datetime(2026, 3, 2, 14, 0, tzinfo=SWEDEN)
    assert moment(microseconds(at)) == datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_days_change_at_midnight_utc() -> None:
    """Also before 1970."""
    assert day_of(microseconds(EPOCH)) == 0
    assert day_of(microseconds(EPOCH) - 1) == -1
    assert day_of(microseconds(EPOCH + timedelta(days=1)) - 1) == 0
    assert optional_moment(None) is None
    assert optional_moment(0) == EPOCH


def test_recent_forgets_what_was_not_used_for_longest() -> None:
    """Looking counts as using."""
    recent: LruCache[str, int] = LruCache(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert (recent.get("a"), recent.get("b"), recent.get("c"), len(recent)) == (1, None, 3, 2)
    recent.forget("a")
    recent.forget("never there")
    assert (recent.get("a"), len(recent)) == (None, 1)
    recent.clear()
    assert len(recent) == 0


def content(**changes: object) -> Content:
    """A content, with some of it changed."""
    said: dict[str, object] = {
        "room": "A1",
        "probe": "device",
        "probe_version": 1,
        "status": "ok",
        "error": None,
        "facts": b"{}",
        "missing": b"{}",
        "rows": b"[]",
    }
    return content_of(**msgspec.convert(said | changes, dict[str, object]))  # type: ignore[arg-type]  # any field by name


@pytest.mark.parametrize(
    "change",
    [
        {"room": None},
        {"room": "A2"},
        {"probe": "path"},
        {"probe_version": 2},
        {"status": "failed"},
        {"error": ProbeError("c", "m")},
        {"facts": b'{"a":1}'},
        {"missing": b'{"a":"b"}'},
        {"rows": b"[{}]"},
    ],
)
def test_everything_said_is_part_of_the_content(change: dict[str, object]) -> None:
    """A change of any of it is a change."""
    assert content().digest == content().digest
    assert content(**change).digest != content().digest
    assert len(content().digest) == 16


def test_the_sentence_of_an_error_is_not_part_of_the_content() -> None:
    """Its code is: `timed out after 3.1 s` and `... 3.2 s` are the same failure."""
    first = content(error=ProbeError("timeout", "after 3.1 s"))
    assert first.digest == content(error=ProbeError("timeout", "after 3.2 s")).digest
    assert first.digest != content(error=ProbeError("refused", "after 3.1 s")).digest


def test_a_rate_is_refilled_evenly() -> None:
    """60 a minute: as many at once, then one a second."""
    now_s = [1000.0]
    rate = RateLimit(60, lambda: now_s[0])
    for _ in range(60):
        assert rate.wait_s("a") == 0
        rate.count("a")
    assert rate.wait_s("a") == 1
    assert rate.wait_s("b") == 0
    now_s[0] += 1.0
    assert rate.wait_s("a") == 0
    rate.count("a")
    assert rate.wait_s("a") == 1
    now_s[0] += 3600.0
    for _ in range(60):
        rate.count("a")
    assert rate.wait_s("a") == 1


def test_a_slow_rate_says_how_long() -> None:
    """2 a minute: half a minute each."""
    rate = RateLimit(2, lambda: 5.0)
    rate.count("a")
    rate.count("a")
    assert rate.wait_s("a") == 30


def test_bulk_rows_are_in_the_order_of_the_statement() -> None:
    """A name in the wrong place is found when the statement is made, not when data is wrong."""
    engine = create_engine("sqlite://")
    statement = insert(device_probes)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE device_probes (device INTEGER, probe TEXT)"))
        bulk = BulkStatement(engine, statement, ["device", "probe"])
        bulk.run(connection, [])
        bulk.run(connection, [(1, "a"), (2, "b")])
        assert [tuple(row) for row in connection.execute(device_probes.select())] == [(1, "a"), (2, "b")]
    change = update(device_probes).where(device_probes.c.device == bindparam("of")).values(probe=bindparam("to"))
    with pytest.raises(AssertionError, match="is not the order of"):
        BulkStatement(engine, change, ["of", "to"])
    engine.dispose()
