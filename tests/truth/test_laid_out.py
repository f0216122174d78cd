"""What sittings and rooms share of a school's evidence is worked out once, and comes to the same as for each alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from collector.judgement.service import evidence_reader, judge_sittings
from collector.readiness.domain.model import Evidence
from collector.readiness.evidence import index
from collector.readiness.verdict import laid_out
from collector.readiness.verdict.room_reports import school_rooms
from collector.replay.files import configuration_for
from collector.replay.replay import Replay
from tests.truth.worlds.world import World, make

FAMILIES = ("several_sittings", "moving_machines", "shared_line", "wired_room", "anonymous")


@pytest.fixture(params=FAMILIES)
def world(request: pytest.FixtureRequest) -> World:
    return make(request.param, 1, 4)


def lived(world: World, folder: Path) -> Replay:
    """A collector that has received all of it."""
    world.write(folder)
    file = folder / "replay.jsonl"
    replay = Replay(configuration_for(folder / "config", file, datetime.now(UTC), {}))
    replay.feed(file.read_bytes().splitlines())
    replay.live_until(world.asked[-1])
    return replay


def test_together_as_each_alone(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every verdict and every room, to the byte; and the evidence of a school is indexed once."""
    replay, now = lived(world, tmp_path), world.asked[-1]
    configuration = replay.configuration
    sittings, releases = configuration.sittings, configuration.releases
    read = evidence_reader(configuration, replay, now)
    alone = [verdict for one in sittings for verdict in judge_sittings(configuration, replay, now, sittings=[one])]
    schools = list(configuration.schools.values())
    profile = configuration.profiles[configuration.settings.profile]
    rooms = [school_rooms(school, profile, read(school.code), releases, now) for school in schools]
    indexed: list[str] = []

    def noted(evidence: Evidence, at: datetime) -> index.EvidenceIndex:
        indexed.append(evidence.school)
        return index.index_evidence(evidence, at)

    monkeypatch.setattr(laid_out, "index_evidence", noted)
    known = {school.code: laid_out.laid_out(read(school.code), now) for school in schools}
    together = judge_sittings(configuration, replay, now, sittings=sittings, evidence_of=known.__getitem__)
    rooms_too = [school_rooms(school, profile, known[school.code], releases, now) for school in schools]
    assert msgspec.json.encode([together, rooms_too]) == msgspec.json.encode([alone, rooms])
    assert indexed == [school.code for school in schools]
    replay.close()
