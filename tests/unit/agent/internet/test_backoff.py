"""Staying away after a refusal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.internet.backoff import AT_MOST_S, FIRST_S, BackingOff, pause_s

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("count", "chance", "pause"),
    [(1, 1.0, FIRST_S), (1, 0.0, FIRST_S / 2), (2, 1.0, 2 * FIRST_S), (8, 1.0, 128 * FIRST_S), (500, 1.0, AT_MOST_S)],
)
def test_pauses_double_up_to_a_week(count: int, chance: float, pause: float) -> None:
    """And differ by chance, so that a school does not come back all at once."""
    assert pause_s(count, chance) == pause


def test_it_is_remembered_over_restarts(tmp_path: Path) -> None:
    """Another object on the same folder knows; the second refusal counts on from the first."""
    BackingOff(tmp_path).refused(NOW, None, 1.0)
    assert BackingOff(tmp_path).until(NOW) == NOW + HOUR
    assert BackingOff(tmp_path).until(NOW + HOUR) is None
    BackingOff(tmp_path).refused(NOW + HOUR, None, 1.0)
    assert BackingOff(tmp_path).until(NOW + HOUR) == NOW + 3 * HOUR


@pytest.mark.parametrize(
    ("asked_for_s", "waits"), [(10.0, HOUR), (7_200.0, 2 * HOUR), (1e12, timedelta(seconds=AT_MOST_S))]
)
def test_what_the_server_asks_for(asked_for_s: float, waits: timedelta, tmp_path: Path) -> None:
    """Holds if it is longer, and not for ever."""
    BackingOff(tmp_path).refused(NOW, asked_for_s, 1.0)
    assert BackingOff(tmp_path).until(NOW) == NOW + waits


def test_being_served_forgets_it(tmp_path: Path) -> None:
    """The next refusal starts from the beginning."""
    memory = BackingOff(tmp_path)
    memory.refused(NOW, None, 1.0)
    memory.welcome()
    memory.welcome()
    assert memory.until(NOW) is None
    memory.refused(NOW, None, 1.0)
    assert memory.until(NOW) == NOW + HOUR


def test_a_clock_that_was_set_back(tmp_path: Path) -> None:
    """A refusal that seems to hold for years was noted by a clock that was wrong."""
    memory = BackingOff(tmp_path)
    memory.refused(NOW, None, 1.0)
    assert memory.until(NOW - timedelta(days=400)) is None


@pytest.mark.parametrize("spoilt", [b"", b"{", b"\xff\xfe", b"[]", b'{"count": "many"}'])
def test_a_spoilt_file(spoilt: bytes, tmp_path: Path) -> None:
    """Is forgotten and written anew."""
    (tmp_path / "internet_refused.json").write_bytes(spoilt)
    memory = BackingOff(tmp_path)
    assert memory.until(NOW) is None
    memory.refused(NOW, None, 1.0)
    assert memory.until(NOW) == NOW + HOUR
