"""Whether a device has moved to another access point since the run before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.measuring.contract import ProbeReading, Task
from agent.probes.wifi import read
from agent.wifi.roaming import ROAMED, with_roaming
from tests.support.recorded_system import RecordedSystem

NOW = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
HERE, THERE = "02:00:00:00:00:01", "02:00:00:00:00:02"


def told(folder: Path | None, bssid: str | None, at: datetime = NOW) -> tuple[object, str | None]:
    """The fact, and why it is missing."""
    missing = {} if bssid else {"bssid": "redacted_by_system"}
    reading = with_roaming(ProbeReading({"bssid": bssid}, missing), folder, at)
    return reading.facts[ROAMED.name], reading.missing.get(ROAMED.name)


def test_the_first_run_has_nothing_to_compare_with(tmp_path: Path) -> None:
    """The second has."""
    assert told(tmp_path, HERE) == (None, "no_recent_run")
    assert told(tmp_path, HERE, NOW + timedelta(minutes=15)) == (False, None)
    assert told(tmp_path, THERE, NOW + timedelta(minutes=30)) == (True, None)
    assert told(tmp_path, THERE, NOW + timedelta(minutes=45)) == (False, None)


@pytest.mark.parametrize("apart", [timedelta(hours=1, seconds=1), timedelta(days=1), timedelta(minutes=-5)])
def test_runs_that_lie_far_apart_say_nothing(apart: timedelta, tmp_path: Path) -> None:
    """The machine was carried home, or its clock was set back; the next run compares with this one."""
    told(tmp_path, HERE)
    assert told(tmp_path, THERE, NOW + apart) == (None, "no_recent_run")
    assert told(tmp_path, THERE, NOW + apart + timedelta(minutes=15)) == (False, None)


def test_an_access_point_that_is_hidden(tmp_path: Path) -> None:
    """The reason is the address's own, and what is remembered stays."""
    told(tmp_path, HERE)
    assert told(tmp_path, None, NOW + timedelta(minutes=15)) == (None, "redacted_by_system")
    assert told(tmp_path, THERE, NOW + timedelta(minutes=30)) == (True, None)


def test_without_a_folder_nothing_is_remembered() -> None:
    """As when somebody asks for one probe."""
    assert told(None, HERE) == (None, "not_remembered")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"bssid": 4}'])
def test_a_spoilt_memory_is_none(content: bytes, tmp_path: Path) -> None:
    """It is written anew."""
    (tmp_path / "wifi_access_point.json").write_bytes(content)
    assert told(tmp_path, HERE) == (None, "no_recent_run")
    assert told(tmp_path, HERE, NOW + timedelta(minutes=1)) == (False, None)


def test_the_probe_tells_it(tmp_path: Path) -> None:
    """Twice on the same recorded laptop."""
    task = Task(folder=tmp_path)
    assert read(RecordedSystem("linux-sv-laptop"), task).facts["roamed"] is None
    assert read(RecordedSystem("linux-sv-laptop"), task).facts["roamed"] is False
