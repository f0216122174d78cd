"""Ids count up while a machine is on, and none is used again: not after a start, in a copy, or set back in time."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.protocol.report_ids import CountedId, counted_id
from agent.runtime.report_ids import SAME_START, next_report_id

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
UP_S = 3_600.0


def counted(file: Path, now: datetime = NOW, up_s: float = UP_S) -> CountedId:
    """The next id, which counts."""
    found = counted_id(next_report_id(file, now, up_s))
    assert found is not None
    return found


def test_while_the_machine_is_on(tmp_path: Path) -> None:
    """One after the other in one run, whichever process asks; a clock may wander a little."""
    file = tmp_path / "run.json"
    ids = [counted(file, NOW + timedelta(minutes=minute), UP_S + 60 * minute) for minute in range(3)]
    ids.append(counted(file, NOW + timedelta(minutes=9) + SAME_START, UP_S + 540))
    assert [one.number for one in ids] == [1, 2, 3, 4]
    assert len({one.run for one in ids}) == 1


@pytest.mark.parametrize(
    ("now", "up_s"),
    [
        (NOW + timedelta(hours=2), 30.0),  # started again
        (NOW + timedelta(hours=2), UP_S + 60),  # set back to a moment two hours ago, and its clock put right
        (NOW - timedelta(hours=2), UP_S + 60),
    ],
)
def test_a_start_or_an_older_moment(tmp_path: Path, now: datetime, up_s: float) -> None:
    """Begins another run."""
    file = tmp_path / "run.json"
    before, after = counted(file), counted(file, now, up_s)
    assert after.run != before.run
    assert after.number == 1


def test_copies_of_a_folder(tmp_path: Path) -> None:
    """Thirty machines made from one image share no id, though they are started at once."""
    file = tmp_path / "run.json"
    used = {counted(file)}
    for number in range(30):
        copy = tmp_path / f"{number}.json"
        shutil.copy(file, copy)
        used.add(counted(copy, NOW + timedelta(days=1), 45.0))
    assert len({one.run for one in used}) == 31


@pytest.mark.parametrize("content", [b"", b"{", b'{"run":"xx"}', b"\xff"])
def test_a_file_that_can_not_be_read(tmp_path: Path, content: bytes) -> None:
    """Is as good as none."""
    file = tmp_path / "run.json"
    file.write_bytes(content)
    assert counted(file).number == 1


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    """An id by chance: no number may be used that is not on disk."""
    found = next_report_id(tmp_path / "away" / "run.json", NOW, UP_S)
    assert counted_id(found) is None
    assert found != next_report_id(tmp_path / "away" / "run.json", NOW, UP_S)


@pytest.mark.parametrize("other", ["r1", "0123456789abcdef", "0123456789abcdef.0", "0123456789abcdeF.1", "." * 20])
def test_other_ids(other: str) -> None:
    """Do not count."""
    assert counted_id(other) is None


def test_an_id_is_read_as_it_is_told() -> None:
    """And no longer than the wire allows."""
    one = CountedId(bytes(range(8)), 10**15 - 1)
    assert counted_id(str(one)) == one
    assert len(str(one)) <= 64
