"""The queue on disk: in order, bounded, and nothing lost by crashes, torn files or full disks."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.i18n.errors import OutboxFullError
from agent.protocol.wire import SCHEMA, Report, ReportAnswer
from agent.runtime.data_folder import DataFolder
from agent.runtime.outbox import KEPT_ASIDE, Dropped, Outbox

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def report(name: str) -> Report:
    """A report without results."""
    return Report(SCHEMA, name, "device-1", NOW, "0.1.0", "99000001", None, [])


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """A new data folder."""
    return DataFolder(tmp_path)


def names(outbox: Outbox, limit: int = 100) -> list[str]:
    """The ids of the oldest reports."""
    return [stored.report.report_id for stored in outbox.oldest(limit)]


def test_first_in_first_out_also_after_a_restart(data: DataFolder) -> None:
    """Order is in the names of the files, not in a clock."""
    outbox = Outbox(data, 100)
    for name in ("c", "a", "b"):
        assert outbox.put(report(name)) == 0
    again = Outbox(data, 100)
    again.put(report("d"))
    assert names(again) == ["c", "a", "b", "d"]
    assert names(again, 2) == ["c", "a"]
    assert len(again) == 4


def test_delivered_reports_are_gone(data: DataFolder) -> None:
    """Only those; also if another process was faster."""
    outbox = Outbox(data, 100)
    for name in ("a", "b", "c"):
        outbox.put(report(name))
    first = outbox.oldest(2)
    outbox.delivered(first)
    outbox.delivered(first)
    assert names(outbox) == ["c"]


def test_the_oldest_go_first_and_the_next_report_says_so(data: DataFolder) -> None:
    """The loss is told once."""
    outbox = Outbox(data, 10)
    dropped = [outbox.put(report(f"r{n}")) for n in range(13)]
    assert dropped == [0] * 10 + [1] * 3
    assert names(outbox) == [f"r{n}" for n in range(3, 13)]
    told = {stored.report.report_id: stored.report.dropped_count for stored in outbox.oldest(100)}
    assert (told["r9"], told["r10"], told["r12"]) == (0, 1, 1)
    assert outbox.dropped() == Dropped(untold=0, total=3, last_file=outbox.dropped().last_file)


def test_a_dropped_report_hands_on_what_it_would_have_told(data: DataFolder) -> None:
    """r10 told of one loss; when it goes itself, the next report tells of both."""
    outbox = Outbox(data, 1)
    for n in range(4):
        outbox.put(report(f"r{n}"))
    (last,) = outbox.oldest(10)
    assert (last.report.report_id, last.report.dropped_count) == ("r3", 3)
    assert outbox.dropped().total == 3


def test_a_smaller_bound_drops_down_to_it(data: DataFolder) -> None:
    """The policy may shrink the queue."""
    for n in range(6):
        Outbox(data, 100).put(report(f"r{n}"))
    assert Outbox(data, 3).put(report("new")) == 4
    assert names(Outbox(data, 3)) == ["r4", "r5", "new"]


def test_a_crash_between_counting_and_removing_counts_once(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that was counted last is known by name."""
    outbox = Outbox(data, 2)
    for n in range(2):
        outbox.put(report(f"r{n}"))

    def crash(_path: Path, missing_ok: bool = False) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crashing:
        crashing.setattr(Path, "unlink", crash)
        with pytest.raises(KeyboardInterrupt):
            outbox.put(report("lost"))
    assert outbox.dropped().total == 1
    outbox.put(report("new"))
    assert outbox.dropped().total == 1
    assert names(outbox) == ["r1", "new"]


@pytest.mark.parametrize("content", [b"", b'{"schema": 1, "report_', b"\x00" * 100, b"\xff\xfe", b"[]"])
def test_torn_files_are_moved_aside_and_the_rest_goes_on(content: bytes, data: DataFolder) -> None:
    """Whatever a crash of the machine left."""
    outbox = Outbox(data, 100)
    outbox.put(report("a"))
    torn = data.outbox / "000000000000-torn.json"
    torn.write_bytes(content)
    assert names(outbox) == ["a"]
    assert outbox.corrupt_count() == 1
    assert (data.corrupt / torn.name).read_bytes() == content


def test_what_is_kept_aside_is_bounded(data: DataFolder) -> None:
    """The newest are kept."""
    outbox = Outbox(data, 100)
    for n in range(KEPT_ASIDE + 5):
        (data.outbox / f"{n:012d}-torn.json").write_bytes(b"torn")
    assert names(outbox) == []
    assert outbox.corrupt_count() == KEPT_ASIDE
    assert not (data.corrupt / "000000000004-torn.json").exists()


def test_rejected_reports_are_kept_with_the_reason(data: DataFolder) -> None:
    """For a person to look at; bounded too."""
    outbox = Outbox(data, 1_000)
    for n in range(KEPT_ASIDE + 1):
        outbox.put(report(f"r{n}"))
    for stored in outbox.oldest(1_000):
        outbox.rejected(stored, ReportAnswer(0, "rejected", code="implausible_fact", place="results[0]"))
    assert len(outbox) == 0
    assert outbox.rejected_count() == KEPT_ASIDE
    answers = [path.read_text("utf-8") for path in data.rejected.glob("*.answer.json")]
    assert all('"implausible_fact"' in answer for answer in answers)


def test_a_half_written_file_is_no_report(data: DataFolder) -> None:
    """A crash before the rename leaves a hidden file."""
    (data.outbox / ".000000000001-a.json.77.tmp").write_bytes(b'{"sch')
    outbox = Outbox(data, 100)
    assert (len(outbox), names(outbox), outbox.corrupt_count()) == (0, [], 0)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_and_costs_nothing(number: int, data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new report is refused, the old ones stay."""
    outbox = Outbox(data, 100)
    outbox.put(report("a"))

    def full(_descriptor: int) -> None:
        raise OSError(number, "full")

    with monkeypatch.context() as filled:
        filled.setattr(os, "fsync", full)
        with pytest.raises(OutboxFullError) as refused:
            outbox.put(report("b"))
    assert (refused.value.code, refused.value.values["waiting"]) == ("disk_full", 1)
    assert names(outbox) == ["a"]


def test_a_disk_that_fills_while_the_queue_is_full_loses_nothing(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest goes only after the loss could be counted."""
    outbox = Outbox(data, 2)
    for n in range(2):
        outbox.put(report(f"r{n}"))

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as filled:
        filled.setattr(os, "fsync", full)
        with pytest.raises(OutboxFullError):
            outbox.put(report("new"))
    assert names(outbox) == ["r0", "r1"]


def test_other_disk_errors_are_not_called_full(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """They have another remedy."""

    def broken(_descriptor: int) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="broken"):
        Outbox(data, 10).put(report("a"))
