"""The process that stays: children on time, few imports, and an orderly end."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest

from agent.protocol.wire import Policy
from agent.runtime import daemon, schedule
from agent.runtime.daemon import CHILD_SLACK_S, POLICY_AGE_IN_EXCHANGES, Daemon
from agent.runtime.data_folder import DataFolder, KeptPolicy
from agent.runtime.schedule import Schedule
from tests.support.stub_collector import policy

POLICY = policy("http://c/measure/v1", "device", "browsers", every_s=3_600)
CHILD = """
import sys, pathlib
folder, probes = pathlib.Path(sys.argv[1]), sys.argv[3]
with (folder / "cycles").open("a") as stream: stream.write(probes + "\\n")
"""


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is planned within some seconds falls due early in them."""
    monkeypatch.setattr(daemon, "Schedule", partial(Schedule, chance=lambda: 0.02))


class Scene:
    """A resident process in a thread, whose children run a small script."""

    def __init__(self, folder: Path, script: str = CHILD) -> None:
        self.data = DataFolder(folder)
        self.told: list[str] = []
        self.resident = Daemon(
            self.data, [sys.executable, "-c", script, str(folder)], lambda code, /, **_: self.told.append(code)
        )
        self.exit_code: list[int] = []
        self.thread = threading.Thread(target=lambda: self.exit_code.append(self.resident.run()), daemon=True)

    def keep(self, confirmed_at: datetime, **fields: int) -> None:
        """Keeps a policy, as a child would."""
        self.data.keep_policy(KeptPolicy('"1"', confirmed_at, msgspec.structs.replace(POLICY, **fields)))

    def cycles(self, at_least: int, seconds: float = 20.0) -> list[str]:
        """The probes of every cycle, once there are so many."""
        deadline = time.monotonic() + seconds
        file = self.data.path / "cycles"
        while time.monotonic() < deadline:
            lines = file.read_text("utf-8").splitlines() if file.exists() else []
            if len(lines) >= at_least:
                return lines
            time.sleep(0.05)
        raise AssertionError(f"not {at_least} cycles within {seconds} s")

    def end(self) -> None:
        """Stops it."""
        self.resident.stop()
        self.thread.join(20)
        assert not self.thread.is_alive()


def test_a_start_without_policy_calls_the_collector(tmp_path: Path) -> None:
    """Nothing can be measured yet."""
    scene = Scene(tmp_path)
    scene.thread.start()
    assert scene.cycles(1) == [""]
    scene.end()
    assert scene.exit_code == [0]
    assert scene.told[0] == "resident_started"
    assert scene.told[-1] == "resident_stopped"


def test_a_known_policy_starts_measuring_soon_all_in_one_cycle(tmp_path: Path) -> None:
    """Also with the collector away."""
    scene = Scene(tmp_path)
    scene.keep(datetime.now(UTC))
    scene.thread.start()
    assert "device,browsers" in scene.cycles(1)
    scene.end()


def test_a_changed_policy_takes_effect_without_a_restart(tmp_path: Path) -> None:
    """The child brings it."""
    changed = msgspec.json.encode(
        KeptPolicy('"2"', datetime.now(UTC), policy("http://c/measure/v1", "wifi", every_s=3_600))
    )
    script = CHILD + f"\n(folder / 'policy.json').write_bytes({changed!r})\n"
    scene = Scene(tmp_path, script)
    scene.thread.start()
    assert scene.cycles(2)[:2] == ["", "wifi"]
    scene.end()
    assert "policy_followed" in scene.told


def test_after_the_clock_was_set_back_everything_is_planned_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the next run would be a day away."""
    monkeypatch.setattr(daemon, "CLOCK_CHECK_S", 0.05)
    scene = Scene(tmp_path)
    scene.keep(datetime.now(UTC))
    set_back = iter([False, True])
    planned: queue.SimpleQueue[Policy] = queue.SimpleQueue()
    monkeypatch.setattr(scene.resident._clock, "was_set_back", lambda: next(set_back, False))

    def follow(followed: Policy, *, soon: bool) -> None:
        assert not soon
        planned.put(followed)

    monkeypatch.setattr(scene.resident._schedule, "follow", follow)
    scene.thread.start()
    assert [planned.get(timeout=20) for _ in range(2)] == [POLICY, POLICY]
    scene.end()
    assert planned.empty()


def test_a_child_that_hangs_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the next one runs."""
    monkeypatch.setattr(daemon, "CHILD_SLACK_S", 1.0)
    monkeypatch.setattr(schedule, "EXCHANGE_BEFORE_POLICY_S", 0.5)
    scene = Scene(tmp_path, CHILD + "\nimport time; time.sleep(600)\n")
    scene.thread.start()
    assert scene.cycles(2) == ["", ""]
    assert "cycle_killed" in scene.told
    scene.end()


def test_stopping_ends_the_child_too(tmp_path: Path) -> None:
    """In seconds, not after its deadline."""
    scene = Scene(tmp_path, CHILD + "\nimport time; time.sleep(600)\n")
    scene.thread.start()
    scene.cycles(1)
    scene.end()
    assert scene.exit_code == [0]


def test_a_child_that_says_mend_me_first_ends_the_agent(tmp_path: Path) -> None:
    """Exit code 2, instead of the same complaint for ever."""
    scene = Scene(tmp_path, "import sys; sys.exit(2)")
    scene.thread.start()
    scene.thread.join(20)
    assert scene.exit_code == [2]


def test_an_exchange_is_due_only_when_there_is_a_reason(tmp_path: Path) -> None:
    """A process start for nothing costs battery."""
    scene = Scene(tmp_path)
    assert scene.resident._exchange_is_due()
    scene.keep(datetime.now(UTC), upload_every_s=60)
    scene.resident._policy = scene.data.policy()
    assert not scene.resident._exchange_is_due()
    (scene.data.outbox / "000000000001-a.json").touch()
    assert scene.resident._exchange_is_due()
    scene.data.wait_longer(datetime.now(UTC), 60.0)
    assert not scene.resident._exchange_is_due()


@pytest.mark.parametrize("ago_s", [POLICY_AGE_IN_EXCHANGES * 60 + 1, -3_600])
def test_an_old_policy_is_a_reason(ago_s: int, tmp_path: Path) -> None:
    """And one from the future: the clock was set back."""
    scene = Scene(tmp_path)
    scene.keep(datetime.now(UTC) - timedelta(seconds=ago_s), upload_every_s=60)
    scene.resident._policy = scene.data.policy()
    assert scene.resident._exchange_is_due()


def test_the_childs_deadline_covers_its_probes(tmp_path: Path) -> None:
    """Those of the policy, and a guess for others."""
    scene = Scene(tmp_path)
    scene.keep(datetime.now(UTC))
    scene.resident._policy = scene.data.policy()
    assert scene.resident._deadline_s(["device", "browsers"]) == CHILD_SLACK_S + 40
    assert scene.resident._deadline_s(["unknown"]) == CHILD_SLACK_S + 60


def test_what_is_loaded_at_rest_stays_small() -> None:
    """What measures and sends lives in children only. APScheduler itself brings asyncio and ssl."""
    code = "import sys, agent.cli, agent.runtime.daemon; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    loaded = set(done.stdout.split())
    assert "apscheduler.schedulers.background" in loaded
    unwanted = {
        "urllib3",
        "psutil",
        "pyroute2",
        "http.client",
        "sqlite3",
        "agent.app",
        "agent.system.machine",
        "agent.measuring.contract",
    }
    assert loaded & unwanted == set()


def test_a_probe_that_was_put_off_waits_for_its_time(tmp_path: Path) -> None:
    """Its rhythm is not enough; then it runs by itself, also after a restart of the agent."""
    scene = Scene(tmp_path)
    now = datetime.now(UTC)
    scene.keep(now, upload_every_s=3_600)
    scene.data.put_off_until("browsers", now + timedelta(hours=1), now)
    scene.data.put_off_until("weather", now + timedelta(seconds=1), now)
    scene.data.put_off_until("device", now + timedelta(seconds=1), now)
    scene.thread.start()
    try:
        assert scene.cycles(1)[0] == "device", "weather is not planned, and browsers has to wait"
    finally:
        scene.end()
