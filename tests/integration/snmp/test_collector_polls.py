"""A whole collector with gear in its network.yaml: it asks by itself, shows it, takes a changed file up, and ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collector.app import Collector, build
from collector.judgement.gear_status import GearStatus
from tests.support.gear import SCHOOL, gear_folder
from tests.support.snmp_daemon import USER, snmp_daemon

PATIENCE_S = 60.0


def until(done: Callable[[], bool], collector: Collector) -> None:
    """Waits until it is so."""
    deadline = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < deadline, collector.read_snapshot().gear
        time.sleep(0.1)


def shown(collector: Collector) -> dict[str, GearStatus]:
    """Its gear as metrics see it."""
    return {one.device: one for one in collector.read_snapshot().gear}


@pytest.mark.needs("snmpd", "snmpget")
def test_from_start_to_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One router answers; then the file names another, and the first is gone; a file that is wrong changes nothing."""
    monkeypatch.setattr("random.random", lambda: 0.01)  # the lot falls early in the seconds that a first poll may wait
    with snmp_daemon(tmp_path) as port:
        opener = f"user: {{name: {USER.name}, auth_password_file: secrets/auth, priv_password_file: secrets/priv}}"
        where = f"address: 127.0.0.1, port: {port}, role: switch, school: {SCHOOL}, {opener}"
        entry = f"devices:\n  - {{id: %s, {where}, uplink: lo, uplink_every_s: 10}}\n"
        (tmp_path / "config").mkdir()
        folder = gear_folder(tmp_path / "config", entry % "one", auth=USER.auth_password, priv=USER.priv_password)
        environ = {"PROVKLAR_DATA": str(tmp_path / "data")}
        collector = build(folder, lambda: datetime.now(UTC), environ)
        try:
            collector.start()
            until(lambda: shown(collector).get("one") is not None and shown(collector)["one"].polled, collector)
            assert shown(collector)["one"].error_code is None
            (folder / "network.yaml").write_text(entry % "two")
            collector.reload_if_changed()
            until(lambda: shown(collector).get("two") is not None and shown(collector)["two"].polled, collector)
            assert "one" not in shown(collector)
            (folder / "network.yaml").write_text("devices: [{id: three}]\n")
            collector.reload_if_changed()
            assert set(shown(collector)) == {"two"}
        finally:
            collector.close()
    assert [thread.name for thread in threading.enumerate() if thread.name == "poller"] == []
