"""How long a local run waits: as long as anything moves, in a time of its own, so that no test waits."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from collector.local import waiting
from collector.local.processes import LocalRunError
from collector.local.waiting import STANDSTILL_S, START_S, Patience, wait_for_collector, wait_for_verdict
from collector.local.workplace import Workplace
from collector.readiness.domain.model import Room, School

SINCE = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
SCHOOLS = 220


class Time:
    """Stands still but for those who sleep."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


class Process:
    """A collector that ends at some moment, or never."""

    def __init__(self, time: Time, ends_at_s: float = float("inf")) -> None:
        self._time = time
        self._ends_at_s = ends_at_s

    def poll(self) -> int | None:
        return 1 if self._time.now_s >= self._ends_at_s else None


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    virtual = Time()
    monkeypatch.setattr(waiting, "time", virtual)
    return virtual


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    school = School(code="99000001", name="Björkskolan", rooms=[Room("A1", 30)], year_groups=[])
    return Workplace(tmp_path, tmp_path, "http://127.0.0.1:1", school, school.rooms[0], "sv")


def sittings(judged: int) -> list[dict[str, Any]]:
    """One sitting of each school, the own one judged last; `judged` of them after SINCE."""
    codes = [f"98{number:06}" for number in range(SCHOOLS - 1)] + ["99000001"]
    return [
        {
            "school": {"code": code},
            "judged_at": str(SINCE + (timedelta(seconds=1) if at < judged else -timedelta(1))),
        }
        for at, code in enumerate(codes)
    ]


def waited(
    time: Time, place: Workplace, process: Process, answer: Callable[[float], list[dict[str, Any]] | None]
) -> Sequence[int]:
    """Waits for a collector that answers so at each moment; what was said to have been judged."""
    told: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(waiting, "POLL_S", 10.0)  # the time is virtual, the work of each look is not
        patch.setattr(waiting, "_sittings", lambda _url: answer(time.now_s))
        patience = Patience(STANDSTILL_S, time.monotonic)
        wait_for_verdict(cast("subprocess.Popen[bytes]", process), place, SINCE, told.append, patience)
    return told


def test_a_slow_collector_is_waited_for(time: Time, place: Workplace) -> None:
    """One school a minute, two hundred and twenty of them: more than three hours, and each step is told."""
    told = waited(time, place, Process(time), lambda at_s: sittings(int(at_s // 60)))
    assert time.now_s >= SCHOOLS * 60
    assert told[-1] == SCHOOLS
    assert sorted(set(told)) == list(range(SCHOOLS + 1))


def test_a_collector_too_busy_to_answer_is_waited_for(time: Time, place: Workplace) -> None:
    """It answers every other minute."""
    told = waited(time, place, Process(time), lambda at_s: None if at_s // 60 % 2 else sittings(int(at_s // 10)))
    assert told[-1] == SCHOOLS


def test_one_that_stands_still_is_given_up(time: Time, place: Workplace) -> None:
    """So long after the last that was judged, and the log is named."""
    with pytest.raises(LocalRunError) as error:
        waited(time, place, Process(time), lambda at_s: sittings(min(5, int(at_s // 60))))
    assert error.value.code == "no_verdict_in_time"
    assert error.value.values == {"seconds": "120", "log": str(place.log("collector"))}
    assert 5 * 60 + STANDSTILL_S <= time.now_s < 5 * 60 + STANDSTILL_S + 20


def test_one_that_never_answers_is_given_up(time: Time, place: Workplace) -> None:
    with pytest.raises(LocalRunError, match="no_verdict_in_time"):
        waited(time, place, Process(time), lambda _at_s: None)


def test_one_that_ended_is_told_at_once(time: Time, place: Workplace) -> None:
    """With the last that it said."""
    place.log("collector").parent.mkdir()
    place.log("collector").write_text("the disk is full\n")
    with pytest.raises(LocalRunError) as error:
        waited(time, place, Process(time, ends_at_s=30), lambda _at_s: sittings(0))
    assert error.value.code == "child_ended"
    assert error.value.values["said"] == "the disk is full"
    assert time.now_s <= 40


@pytest.mark.parametrize(("ends_at_s", "waits_s"), [(float("inf"), START_S), (7.0, 7.0)])
def test_a_collector_that_does_not_start(
    ends_at_s: float, waits_s: float, time: Time, place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silent for five minutes, or ended before."""
    monkeypatch.setattr(waiting, "_sittings", lambda _url: None)
    with pytest.raises(LocalRunError, match="collector_did_not_start"):
        wait_for_collector(cast("subprocess.Popen[bytes]", Process(time, ends_at_s)), place)
    assert waits_s <= time.now_s < waits_s + 1
