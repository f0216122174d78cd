"""The commands as functions, against a stub of the collector."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from agent import app as app_module
from agent.app import App
from agent.i18n.errors import AgentError, CollectorAwayError, RefusedError, TokenRefusedError
from agent.protocol.wire import Report, Rung
from agent.runtime.data_folder import Identity
from agent.runtime.outbox import Outbox
from agent.runtime.settings import Settings
from agent.runtime.upload import Delivered
from agent.system.files import exclusively
from tests.support.recorded_system import RecordedSystem
from tests.support.stub_collector import KEY, SCHOOL, TOKEN, StubCollector, in_turn, policy, respond, stub_collector

KEYED = {"PROVKLAR_ENROLMENT_KEY": KEY}


class _Instant(RecordedSystem):
    """A recorded machine whose waits take no time."""

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def __init__(self) -> None:
        super().__init__("linux-sv-laptop")
        self.slept: list[float] = []


class Scene:
    """An agent with its data folder, and what it told."""

    def __init__(self, stub: StubCollector, folder: Path) -> None:
        self.stub = stub
        self.folder = folder
        self.told: list[str] = []
        self.system = _Instant()
        self.app = self.agent()

    def agent(self, school: str = SCHOOL, key_file: str | None = None) -> App:
        """An agent of that school, in the same data folder."""
        settings = Settings(self.stub.url, school, "A101", str(self.folder), key_file)
        return App(settings, self.system, lambda code, /, **_: self.told.append(code))

    def waiting_reports(self) -> int:
        """How many reports are in the outbox."""
        return len(self.app.outbox(None))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A collector with a policy of two probes."""
    with stub_collector() as stub:
        stub.policy = policy(stub.measurement_url, "device", "browsers")
        yield Scene(stub, tmp_path / "agent")


@pytest.fixture
def enrolled(scene: Scene) -> Scene:
    """The same, with an enrolled agent."""
    scene.app.enrol(KEYED)
    return scene


def test_enrolment_is_kept(scene: Scene) -> None:
    """Device and token, for the next start."""
    assert scene.app.enrol(KEYED) == (Identity("device-1", TOKEN, SCHOOL), True)
    assert scene.agent().identity() == Identity("device-1", TOKEN, SCHOOL)
    assert scene.stub.enrolments[0].room == "A101"


def test_enrolling_twice_is_one_device(enrolled: Scene) -> None:
    """The collector still knows it: no key is needed."""
    assert enrolled.agent().enrol({}) == (Identity("device-1", TOKEN, SCHOOL), False)
    assert len(enrolled.stub.enrolments) == 1


def test_a_device_that_was_revoked_enrols_anew(enrolled: Scene) -> None:
    """Said, and with a new identity."""
    enrolled.stub.tokens.clear()
    assert enrolled.agent().enrol(KEYED) == (Identity("device-2", TOKEN, SCHOOL), True)
    assert enrolled.told == ["enrolling_anew"]


def test_another_school_means_another_device(enrolled: Scene) -> None:
    """And until then nothing is sent in the wrong school's name."""
    moved = enrolled.agent(school="99000002")
    with pytest.raises(AgentError, match="other_school"):
        moved.cycle(["device"])
    assert moved.enrol(KEYED)[0].device_id == "device-2"


def test_a_failed_enrolment_changes_nothing(enrolled: Scene) -> None:
    """The old identity stays."""
    with pytest.raises(RefusedError):
        enrolled.agent(school="99000002").enrol({"PROVKLAR_ENROLMENT_KEY": "wrong"})
    assert enrolled.app.identity().device_id == "device-1"


def test_without_a_key(scene: Scene) -> None:
    """None, and one that can't be read."""
    with pytest.raises(AgentError, match="no_key") as refused:
        scene.app.enrol({})
    assert refused.value.exit_code == 2
    with pytest.raises(AgentError, match="key_unreadable"):
        scene.agent(key_file=str(scene.folder / "no-such-key")).enrol({})


def test_a_cycle_measures_stores_and_sends(enrolled: Scene) -> None:
    """One report for all probes that were due. The first cycle only fetches the policy."""
    assert enrolled.app.cycle(["device"]) == 0
    assert enrolled.stub.reports == []
    assert enrolled.app.cycle(["device", "browsers"]) == 0
    (report,) = enrolled.stub.reports
    assert [(result.probe, result.status) for result in report.results] == [("device", "ok"), ("browsers", "ok")]
    assert (report.school, report.room, report.device_id) == (SCHOOL, "A101", "device-1")
    assert enrolled.waiting_reports() == 0


def test_a_cycle_before_enrolment(scene: Scene) -> None:
    """Exit code 2: somebody has to do something."""
    with pytest.raises(AgentError, match="not_enrolled") as refused:
        scene.app.cycle([])
    assert refused.value.exit_code == 2


def test_with_the_collector_away_measuring_goes_on(enrolled: Scene) -> None:
    """Reports wait, attempts get rarer, and all arrives later."""
    enrolled.app.cycle([])
    enrolled.stub.misbehave["/api/v1/reports"] = respond(503)
    with pytest.raises(CollectorAwayError):
        enrolled.app.cycle(["device"])
    asked = len(enrolled.stub.requests)
    assert enrolled.app.cycle(["device"]) == 1
    assert len(enrolled.stub.requests) == asked
    assert enrolled.waiting_reports() == 2
    enrolled.stub.misbehave.clear()
    enrolled.app.data.wait_no_more()
    assert enrolled.app.cycle([]) == 0
    assert len(enrolled.stub.reports) == 2


def test_retry_after_is_honoured_by_the_next_cycle(enrolled: Scene) -> None:
    """As long as the collector asked."""
    enrolled.stub.misbehave["/api/v1/policy"] = respond(429, b"{}", Retry_After="1800")
    with pytest.raises(CollectorAwayError):
        enrolled.app.cycle([])
    now = datetime.now(UTC)
    assert enrolled.app.data.waiting(now + timedelta(seconds=1_700)) is not None


def test_a_refused_token_waits_too(enrolled: Scene) -> None:
    """A revoked device does not hammer the collector."""
    enrolled.stub.tokens.clear()
    with pytest.raises(TokenRefusedError):
        enrolled.app.cycle([])
    assert enrolled.app.data.waiting(datetime.now(UTC)) is not None


def test_two_processes_do_not_measure_at_once(enrolled: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would measure each other."""
    monkeypatch.setattr(app_module, "LOCK_PATIENCE_S", 0.05)
    with exclusively(enrolled.app.data.lock_file, 1), pytest.raises(AgentError, match="another_measures"):
        enrolled.app.cycle([])


def test_once_measures_all_of_the_policy(enrolled: Scene) -> None:
    """And tells as it goes."""
    measured = enrolled.app.once()
    assert [result.probe for result in measured.results] == ["device", "browsers"]
    assert measured.delivered == Delivered(accepted=1)
    assert enrolled.told == ["probe_started", "probe_ok"] * 2


def test_once_tries_again_when_the_collector_is_busy(enrolled: Scene) -> None:
    """Somebody is waiting in front of the screen."""
    enrolled.stub.misbehave["/api/v1/reports"] = in_turn([respond(503)], lambda handler: handler.take_reports())
    assert enrolled.app.once().delivered == Delivered(accepted=1)
    assert enrolled.told[-2:] == ["collector_busy", "trying_again"]
    assert enrolled.system.slept == [2.5]


def test_once_gives_up_in_the_end_and_keeps_the_report(enrolled: Scene) -> None:
    """After three attempts."""
    enrolled.stub.misbehave["/api/v1/reports"] = respond(503)
    with pytest.raises(CollectorAwayError):
        enrolled.app.once()
    assert enrolled.system.slept == [2.5, 5.0]
    assert enrolled.waiting_reports() == 1


def test_once_measures_by_the_kept_policy_when_the_collector_is_away(enrolled: Scene) -> None:
    """Better than nothing, and said. Without any policy it can't."""
    enrolled.stub.misbehave["/api/v1/policy"] = respond(503)
    with pytest.raises(CollectorAwayError):
        enrolled.app.once()
    del enrolled.stub.misbehave["/api/v1/policy"]
    enrolled.app.cycle([])
    enrolled.stub.misbehave["/api/v1/policy"] = respond(503)
    assert enrolled.app.once().delivered == Delivered(accepted=1)
    assert "measuring_by_kept_policy" in enrolled.told


def test_a_full_outbox_is_said(enrolled: Scene) -> None:
    """With how many went."""
    enrolled.stub.policy = msgspec.structs.replace(enrolled.stub.policy, outbox_max_reports=10)
    enrolled.app.cycle([])
    enrolled.stub.misbehave["/api/v1/reports"] = respond(503)
    for _ in range(11):
        enrolled.app.data.wait_no_more()
        with pytest.raises(CollectorAwayError):
            enrolled.app.cycle(["device"])
    assert enrolled.waiting_reports() == 10
    assert enrolled.told.count("outbox_dropped") == 1


def test_a_full_disk_is_said_and_what_is_stored_goes_out(enrolled: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sending makes room; the measurement that could not be kept is no secret."""
    enrolled.app.cycle([])
    enrolled.stub.misbehave["/api/v1/reports"] = respond(503)
    with pytest.raises(CollectorAwayError):
        enrolled.app.cycle(["device"])
    enrolled.stub.misbehave.clear()
    enrolled.app.data.wait_no_more()

    def full(_outbox: Outbox, _report: Report) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Outbox, "_put", full)
    assert enrolled.app.cycle(["device"]) == 1
    assert "disk_full" in enrolled.told
    assert len(enrolled.stub.reports) == 1
    assert enrolled.waiting_reports() == 0


def test_one_probe_needs_no_enrolment(scene: Scene) -> None:
    """If it measures the machine itself; the others say what they lack."""
    assert scene.app.probe("device").facts["memory_total_mib"] == 7780
    latency = scene.app.probe("latency")
    assert latency.error is not None
    assert latency.error.code == "no_measurement_point"
    with pytest.raises(AgentError, match="no_such_probe"):
        scene.app.probe("weather")
    assert scene.stub.requests == []


def test_one_probe_against_the_collector_fetches_the_policy(enrolled: Scene) -> None:
    """The measurement point is named there."""
    assert enrolled.app.probe("latency").facts["samples_count"] == 6


def test_a_broken_ladder_is_climbed_again_within_two_minutes(enrolled: Scene) -> None:
    """Only while it is broken, and only by the agent that stays."""
    broken, whole = Rung("ref", "internet"), Rung("link", "link")
    for rung, again in ((whole, False), (broken, True), (broken, True), (whole, False)):
        enrolled.stub.policy = msgspec.structs.replace(enrolled.stub.policy, ladder=[rung])
        enrolled.app.cycle([])
        now = enrolled.system.now()
        assert enrolled.app.cycle(["ladder"]) == 0
        put_off = enrolled.app.data.put_off(now)
        assert ("ladder" in put_off) is again
        if again:
            assert timedelta(seconds=40) < put_off["ladder"] - now < timedelta(seconds=120)
            enrolled.app.data.put_off_until("ladder", now, now)
