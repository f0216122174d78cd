"""A machine that enrols at another school is known by what its agents tell, with no word of an inventory."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from collector.configuration.load import load_configuration
from collector.judgement.devices import judged_devices
from collector.replay.replay import Replay

REPOSITORY = Path(__file__).parents[4]
HERE, THERE = "99000001", "99000002"
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def line(at: datetime, kind: str, **fields: Any) -> bytes:
    """Of a replay."""
    return json.dumps({"received_at": at.isoformat(), "kind": kind} | fields).encode()


def report(at: datetime, device: str, school: str, machine: str) -> bytes:
    """What the device probe told."""
    result = {"probe": "device", "version": 1, "status": "ok", "started_at": at.isoformat(), "duration_s": 0.5}
    told = {"schema": 1, "report_id": f"r{at:%d%H%M}", "device_id": device, "sent_at": at.isoformat()}
    told |= {"agent_version": "1.0.0", "school": school, "room": None}
    told |= {"results": [result | {"facts": {"os_name": "linux", "machine_id": machine}}]}
    return line(at, "report", school=school, report=told)


def test_moved_and_cloned() -> None:
    """As a live collector would say, from the same store."""
    hour = timedelta(hours=1)
    replay = Replay(load_configuration(REPOSITORY / "config", MONDAY, environ={}))
    replay.feed(
        [
            line(MONDAY, "enrolled", school=HERE, device={"device_id": "old"}),
            line(MONDAY, "enrolled", school=HERE, device={"device_id": "copied"}),
            report(MONDAY + hour, "old", HERE, "m"),
            report(MONDAY + 1.1 * hour, "copied", HERE, "x"),
            report(MONDAY + 1.2 * hour, "copied", HERE, "y"),
            line(MONDAY + 2 * hour, "enrolled", school=THERE, device={"device_id": "new"}),
            report(MONDAY + 3 * hour, "new", THERE, "m"),
            report(MONDAY + 3.1 * hour, "copied", HERE, "x"),
        ]
    )
    try:
        for at, moved, several in ((2.5, None, None), (3.5, "moved", "several")):
            replay.live_until(MONDAY + at * hour)
            found = judged_devices(replay.configuration, replay, MONDAY + at * hour, HERE)
            by_id = {one.device.device_id: one for one in found}
            assert (by_id["old"].left_out, by_id["copied"].in_doubt) == (moved, several)
        assert by_id["old"].successor is not None
        assert (by_id["old"].successor.device_id, by_id["old"].successor.school) == ("new", THERE)
    finally:
        replay.close()
