"""The truth lab's reduced run: no family may come to more wrong verdicts than tests/truth/expected.yaml allows."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import msgspec
import pytest

from collector.cli import main
from tests.truth.__main__ import judged_before, tasks
from tests.truth.expected import found_in, read, reduced, typical_in
from tests.truth.judging import Judged, Task, judge
from tests.truth.tables import tables
from tests.truth.tally import at_most
from tests.truth.worlds.world import families, make

TYPICAL = [name for name in sorted(families()) if make(name, 0, 1).is_typical]


def group(family: str) -> str:
    """Of those that run in one process, which judges a family's worlds once. Typical ones are counted together."""
    return "truth-typical" if family in TYPICAL else f"truth-{family}"


each_family = pytest.mark.parametrize(
    "family", [pytest.param(name, marks=pytest.mark.xdist_group(group(name))) for name in sorted(families())]
)


@lru_cache
def judged(family: str) -> list[Judged]:
    """The family's worlds, judged once for all tests in this process."""
    return reduced(family, read())


@each_family
def test_no_more_wrong_verdicts_than_before(family: str) -> None:
    """Where it got better: python -m tests.truth.expected."""
    found, allowed = found_in(judged(family)), read().families[family]
    assert allowed.allows(found), f"{found}\n{tables(judged(family))}"


@each_family
def test_worlds_are_as_they_say(family: str) -> None:
    """Every line of theirs is taken, and the sitting comes to what was wished for; typical schools are as they are."""
    found = judged(family)
    assert [one.task for one in found if one.refused] == []
    wished = [one.task.number % 2 == 1 for one in found]
    truths = [all(sitting.succeeds for sitting in one.sittings.values()) for one in found]
    assert all(one.is_typical for one in found) or truths == wished


@each_family
def test_what_is_proposed_mends_its_world(family: str) -> None:
    """Each way out, done in the world, gives what it is to mend its margin."""
    sittings = [(one.task, sitting) for one in judged(family) for sitting in one.sittings.values()]
    assert [(task, fix) for task, sitting in sittings for fix in sitting.fixes if not fix.flips] == []


def test_every_family_has_its_numbers() -> None:
    assert set(read().families) == set(families())


@pytest.mark.xdist_group("truth-typical")
def test_typical_schools_become_known() -> None:
    """As many of them, and in time, as were before."""
    found = [one for family in TYPICAL for one in judged(family)]
    assert {name: share for name, share in typical_in(found).items() if share < read().typical[name]} == {}


@each_family
def test_the_same_world_again(family: str) -> None:
    """A world follows from its family, number and seed."""
    first, again, other = make(family, 3, 1), make(family, 3, 1), make(family, 3, 2)
    assert first.lines() == again.lines() != other.lines()


def test_a_world_can_be_had_as_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And the command says of it what the lab says."""
    task = Task("in_order", 1, 1)
    make(task.family, task.number, task.seed).write(tmp_path)
    truth = json.loads((tmp_path / "truth.json").read_text())
    options = ["--config", str(tmp_path / "config"), "--at", truth["asked"][-1], "--json"]
    assert main(["replay", str(tmp_path / "replay.jsonl"), *options]) == 0
    said = {one["id"]: one["status"] for one in json.loads(capsys.readouterr().out)["verdicts"]}
    assert said == {name: one.said[-1] for name, one in judge(task).sittings.items()}


def test_a_run_goes_on_where_it_ended(tmp_path: Path) -> None:
    """A line that was cut is done again."""
    path = tmp_path / "results.jsonl"
    whole = msgspec.json.encode(judge(Task("in_order", 0, 1)))
    path.write_bytes(whole + b"\n" + whole[:40])
    assert [one.task for one in judged_before(path)] == [Task("in_order", 0, 1)]
    assert path.read_bytes() == whole + b"\n"


def test_families_take_turns() -> None:
    assert tasks(3, 7, ["a", "b"]) == [Task("a", 0, 7), Task("b", 0, 7), Task("a", 1, 7)]


@pytest.mark.parametrize(
    ("found", "of", "share"), [(0, 30_000, 0.0000999), (0, 1_000, 0.00299), (3, 100, 0.0757), (5, 5, 1.0)]
)
def test_how_sure_a_share_is(found: int, of: int, share: float) -> None:
    """By Clopper and Pearson, from a table."""
    assert at_most(found, of) == pytest.approx(share, rel=0.01)
