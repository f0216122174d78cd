"""The doctor: every check, fine and not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from agent.app import App
from agent.commands.doctor import Check, examine
from agent.i18n.messages import Messages
from agent.probes import discovered
from agent.protocol.wire import SCHEMA, Problem, Report, ReportAnswer
from agent.runtime.data_folder import KeptPolicy
from agent.runtime.lease import shown_moment
from agent.runtime.settings import Settings
from tests.support.recorded_system import RecordedSystem
from tests.support.stub_collector import KEY, SCHOOL, StubCollector, policy, respond, stub_collector


class Scene:
    """An enrolled agent on a recorded laptop."""

    def __init__(self, stub: StubCollector, folder: Path) -> None:
        self.stub = stub
        self.system = RecordedSystem("linux-sv-laptop")
        self.app = App(Settings(stub.url, SCHOOL, data_dir=str(folder)), self.system, lambda _code, /, **_: None)

    def enrol(self) -> None:
        """Makes it a device."""
        self.app.enrol({"PROVKLAR_ENROLMENT_KEY": KEY})

    def checks(self) -> dict[str, Check]:
        """What the doctor found, by code."""
        return {check.code: check for check in examine(self.app)}

    def problems(self) -> set[str]:
        """The codes of what is not fine."""
        return {code for code, check in self.checks().items() if not check.fine}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A collector that behaves."""
    with stub_collector() as stub:
        stub.policy = policy(stub.measurement_url, "device", "latency")
        yield Scene(stub, tmp_path / "data")


def test_a_healthy_agent(scene: Scene) -> None:
    """Everything is looked at, but the line is not filled."""
    scene.enrol()
    checks = [(check.code, check.values.get("probe")) for check in examine(scene.app)]
    assert checks == [
        ("doctor_settings", None),
        ("doctor_disk", None),
        ("doctor_identity", None),
        ("doctor_collector", None),
        ("doctor_policy", None),
        *(("doctor_probe", name) for name, probe in discovered().items() if not probe.loads_line),
        ("doctor_outbox", None),
    ]
    assert scene.problems() == set()
    assert "/down" not in {path for path, _ in scene.stub.requests}


def test_before_enrolment(scene: Scene) -> None:
    """What depends on it is not tried."""
    assert scene.problems() == {"not_enrolled", "doctor_no_policy", "doctor_probe_needs_policy"}


@pytest.mark.parametrize(("status", "code"), [(401, "token_refused"), (503, "collector_busy")])
def test_a_collector_that_says_no(status: int, code: str, scene: Scene) -> None:
    """Named as what it is."""
    scene.enrol()
    scene.checks()
    scene.stub.misbehave["/api/v1/policy"] = respond(status)
    assert scene.problems() == {code}


def test_an_old_policy(scene: Scene) -> None:
    """The agent has not been running, or has not reached the collector, for more than a day."""
    scene.enrol()
    two_days_ago = datetime.now(UTC) - timedelta(days=2)
    scene.app.data.keep_policy(KeptPolicy(None, two_days_ago, scene.stub.policy))
    scene.stub.misbehave["/api/v1/policy"] = respond(503)
    assert scene.problems() == {"collector_busy", "doctor_policy_old"}


def test_whether_the_line_may_be_filled_now(scene: Scene) -> None:
    """Asked without taking a lease, and only for what is planned and fills the line."""
    scene.stub.policy = policy(scene.stub.measurement_url, "device", "throughput")
    scene.enrol()
    check = scene.checks()["doctor_line_now"]
    assert (check.fine, check.values) == (True, {"probe": "throughput"})
    assert scene.stub.leases == []


def test_why_the_line_may_not_be_filled_and_when_it_may(scene: Scene) -> None:
    """No problem, but said in full. What the agent has put off itself is asked again then."""
    scene.stub.policy = policy(scene.stub.measurement_url, "device", "throughput")
    scene.enrol()
    scene.stub.misbehave["/api/v1/leases"] = respond(
        409, Problem("sitting_in_progress", "The school sits a test now or soon."), Retry_After="600"
    )
    check = scene.checks()["doctor_line_later"]
    assert check.fine
    again = shown_moment(scene.system.now() + timedelta(minutes=10))
    assert check.said(Messages("en")) == (
        "OK: throughput may not fill the school's line now. A test is being sat at the school, or begins soon: nobody "
        f"fills the school's line now. It is asked again at {again}"
    )
    now = scene.system.now()
    scene.app.data.put_off_until("throughput", now + timedelta(hours=3), now)
    assert scene.checks()["doctor_line_later"].values["again"] == shown_moment(now + timedelta(hours=3))


def test_a_collector_that_does_not_say_whether_the_line_is_free(scene: Scene) -> None:
    """Then there is something to mend."""
    scene.stub.policy = policy(scene.stub.measurement_url, "device", "throughput")
    scene.enrol()
    scene.stub.misbehave["/api/v1/leases"] = respond(503)
    assert scene.problems() == {"collector_busy"}


def test_a_full_disk(scene: Scene) -> None:
    """Before it is too late."""
    scene.enrol()
    scene.system.recorded.disk_free_bytes = 100 * 2**20
    check = scene.checks()["doctor_disk_low"]
    assert (check.fine, check.values["free"], check.values["needed"]) == (False, 100, 200)


def test_a_machine_without_wifi_is_not_ill(scene: Scene) -> None:
    """Said, but nothing to mend."""
    scene.enrol()
    scene.system.recorded.wireless = None
    check = scene.checks()["doctor_probe_unsupported"]
    assert (check.fine, check.values["code"]) == (True, "no_wifi_interface")


def test_a_probe_that_fails(scene: Scene) -> None:
    """With its code."""
    scene.enrol()
    scene.stub.misbehave["/ping"] = respond(500)
    check = scene.checks()["doctor_probe_failed"]
    assert (check.fine, check.values["probe"], check.values["code"]) == (False, "latency", "measurement_refused")


def test_what_was_lost_or_refused_is_told(scene: Scene) -> None:
    """Dropped, spoilt and rejected, each with its count."""
    scene.enrol()
    scene.stub.policy = msgspec.structs.replace(scene.stub.policy, outbox_max_reports=10)
    outbox = scene.app.outbox(scene.stub.policy)
    for n in range(12):
        outbox.put(Report(SCHEMA, f"r{n}", "device-1", datetime.now(UTC), "0.1.0", SCHOOL, None, []))
    outbox.rejected(outbox.oldest(1)[0], ReportAnswer(0, "rejected", code="malformed"))
    (scene.app.data.outbox / "000000000000-torn.json").write_bytes(b"torn")
    outbox.oldest(1)
    checks = scene.checks()
    assert checks["doctor_dropped"].values["count"] == 2
    assert checks["doctor_corrupt"].values["count"] == 1
    assert checks["doctor_rejected"].values["count"] == 1
    assert checks["doctor_outbox"].values["count"] == 9


def test_what_is_said() -> None:
    """Fine or not, and the sentence, in both languages."""
    check = Check(False, "doctor_disk_low", {"folder": "/var", "free": 3, "needed": 200})
    assert check.said(Messages("sv")) == ("PROBLEM: bara 3 MiB är lediga i /var. Frigör utrymme: det behövs 200 MiB")
    fine = Check(True, "doctor_outbox", {"count": 0})
    assert fine.said(Messages("en")) == "OK: 0 reports wait to be sent"
