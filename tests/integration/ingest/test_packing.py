"""A running collector packs what machines said once its day is over, and leaves what others ask for one by one."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.app import build
from tests.support.stored import enrolled, measured, place_in, report, write

SAMPLE = Path(__file__).parents[3] / "config"
SCHOOL = "99000001"
NOW, DAY = datetime(2026, 11, 26, 12, tzinfo=UTC), timedelta(days=1)


def test_days_that_are_over_are_packed(tmp_path: Path) -> None:
    """But for the last, and for tests of the line; and what is known is what was known."""
    shutil.copytree(SAMPLE, tmp_path / "config")
    collector = build(tmp_path / "config", lambda: NOW, {"PROVKLAR_DATA": str(tmp_path)})
    device, _ = enrolled(collector.store, SCHOOL)
    for days in range(5):
        at = NOW - days * DAY
        found = [measured(at), measured(at, {"down_mbit_s": 80.0}, "throughput")]
        write(collector.store, device, report(device, found, report_id=f"r-{days}", sent_at=at), received_at=at)
    before = collector.store.evidence(SCHOOL, NOW, NOW - 9 * DAY)
    collector.forget_old()
    collector.store._kept.clear()
    assert collector.store.evidence(SCHOOL, NOW, NOW - 9 * DAY) == before
    collector.store.close()
    left = place_in(tmp_path).run("SELECT probe, count(*) FROM results GROUP BY probe ORDER BY probe")
    assert left == [("device", 2), ("throughput", 5)]
