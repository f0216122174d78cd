"""From the outbox to the collector: nothing lost, nothing removed too early."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from agent.i18n.errors import AgentError, CollectorAwayError
from agent.protocol.wire import SCHEMA, Report, ReportAnswer
from agent.runtime.collector_client import CollectorClient
from agent.runtime.data_folder import DataFolder, Identity
from agent.runtime.outbox import Outbox
from agent.runtime.settings import Settings
from agent.runtime.upload import BATCH_REPORTS, Delivered, drain, refresh_policy
from agent.system.machine import System
from tests.support.stub_collector import SCHOOL, TOKEN, Handler, StubCollector, close, in_turn, respond, stub_collector

MEASURED = datetime(2026, 11, 20, 12, tzinfo=UTC)
IDENTITY = Identity("device-now", TOKEN, SCHOOL)


class Scene:
    """A collector, an outbox and what was told."""

    def __init__(self, stub: StubCollector, folder: Path) -> None:
        self.stub = stub
        self.data = DataFolder(folder)
        self.outbox = Outbox(self.data, 10_000)
        self.uplink = CollectorClient(Settings(stub.url, SCHOOL))
        self.told: list[str] = []

    def put(self, count: int) -> None:
        """Reports r0, r1 ... measured yesterday under an older device id."""
        for n in range(count):
            self.outbox.put(Report(SCHEMA, f"r{n}", "device-before", MEASURED, "0.1.0", SCHOOL, "A101", []))

    def deliver(self) -> Delivered:
        """Sends what there is."""
        return drain(self.outbox, self.uplink, IDENTITY, System(), lambda code, /, **_: self.told.append(code))

    @property
    def arrived(self) -> list[str]:
        """Ids at the collector, in order of arrival."""
        return [report.report_id for report in self.stub.reports]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A collector that behaves until told otherwise."""
    with stub_collector() as stub:
        yield Scene(stub, tmp_path)


def test_everything_arrives_in_order_and_in_batches(scene: Scene) -> None:
    """Oldest first, at most so many at once."""
    scene.put(BATCH_REPORTS * 2 + 7)
    assert scene.deliver() == Delivered(accepted=BATCH_REPORTS * 2 + 7)
    assert scene.arrived == [f"r{n}" for n in range(BATCH_REPORTS * 2 + 7)]
    assert scene.stub.batches == [BATCH_REPORTS, BATCH_REPORTS, 7]
    assert len(scene.outbox) == 0


def test_nothing_to_send_asks_nothing(scene: Scene) -> None:
    """No empty batch."""
    assert scene.deliver() == Delivered()
    assert scene.stub.requests == []


def test_sent_time_and_device_are_stamped_when_sending(scene: Scene) -> None:
    """So that the collector sees how wrong the clock is, and old reports belong to the device as enrolled now."""
    scene.put(1)
    before = datetime.now(UTC)
    scene.deliver()
    (report,) = scene.stub.reports
    assert before <= report.sent_at <= datetime.now(UTC)
    assert (report.device_id, report.room) == ("device-now", "A101")


def test_an_answer_that_got_lost_makes_a_duplicate_and_no_loss(scene: Scene) -> None:
    """The collector stored the reports, then the line broke."""
    scene.put(3)

    def store_and_hang_up(handler: Handler) -> None:
        for raw in ("r0", "r1", "r2"):
            scene.stub.take(0, Report(SCHEMA, raw, "d", MEASURED, "0.1.0", SCHOOL, None, []))
        close(handler)

    scene.stub.misbehave["/api/v1/reports"] = store_and_hang_up
    with pytest.raises(CollectorAwayError):
        scene.deliver()
    assert len(scene.outbox) == 3
    del scene.stub.misbehave["/api/v1/reports"]
    assert scene.deliver() == Delivered(duplicate=3)
    assert scene.arrived == ["r0", "r1", "r2"]
    assert len(scene.outbox) == 0


def test_rejected_reports_are_set_aside_and_the_rest_arrives(scene: Scene) -> None:
    """Said, with the reason."""
    scene.put(3)

    def judge(index: int, report: Report) -> ReportAnswer | None:
        if report.report_id == "r1":
            return ReportAnswer(index, "rejected", "r1", "implausible_fact", "results[0]", "too much")
        return scene.stub.take(index, report)

    scene.stub.judge = judge
    assert scene.deliver() == Delivered(accepted=2, rejected=1)
    assert scene.arrived == ["r0", "r2"]
    assert (len(scene.outbox), scene.outbox.rejected_count()) == (0, 1)
    assert scene.told == ["report_rejected"]


def test_what_is_not_answered_for_is_sent_again(scene: Scene) -> None:
    """A collector that forgets one report gets it once more."""
    scene.put(2)
    forgotten = ["r1"]

    def judge(index: int, report: Report) -> ReportAnswer | None:
        if report.report_id in forgotten:
            forgotten.remove(report.report_id)
            return None
        return scene.stub.take(index, report)

    scene.stub.judge = judge
    assert scene.deliver() == Delivered(accepted=2)
    assert scene.stub.batches == [2, 1]


@pytest.mark.parametrize("index", [-1, 5])
def test_answers_about_nothing_end_the_delivery(index: int, scene: Scene) -> None:
    """Else it would go on for ever."""
    scene.put(2)
    scene.stub.judge = lambda _index, _report: ReportAnswer(index, "accepted")
    with pytest.raises(CollectorAwayError, match="collector_answers_nothing"):
        scene.deliver()
    assert len(scene.outbox) == 2


def test_a_body_that_is_too_large_is_halved(scene: Scene) -> None:
    """Until it fits; a single report that never fits is set aside."""
    scene.put(5)
    too_large = respond(413)
    answers = [too_large, too_large, too_large]

    def then(handler: Handler) -> None:
        handler.take_reports()

    scene.stub.misbehave["/api/v1/reports"] = in_turn(answers, then)
    assert scene.deliver() == Delivered(accepted=4, rejected=1)
    assert scene.arrived == ["r1", "r2", "r3", "r4"]


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 503])
def test_a_refusal_keeps_everything(status: int, scene: Scene) -> None:
    """Whatever the status."""
    scene.put(2)
    scene.stub.misbehave["/api/v1/reports"] = respond(status)
    with pytest.raises(AgentError):
        scene.deliver()
    assert len(scene.outbox) == 2


def test_policy_is_kept_and_confirmed(scene: Scene) -> None:
    """304 renews the moment of confirmation; a change replaces the policy."""
    later = datetime(2026, 11, 21, tzinfo=UTC)
    first = refresh_policy(scene.data, scene.uplink, IDENTITY, MEASURED)
    again = refresh_policy(scene.data, scene.uplink, IDENTITY, later)
    assert (first.confirmed_at, again.confirmed_at) == (MEASURED, later)
    assert again.policy == first.policy == scene.stub.policy
    scene.stub.policy = msgspec.structs.replace(scene.stub.policy, upload_every_s=77)
    refresh_policy(scene.data, scene.uplink, IDENTITY, later)
    kept = scene.data.policy()
    assert kept is not None
    assert kept.policy.upload_every_s == 77


def test_a_collector_that_says_unchanged_about_nothing(scene: Scene) -> None:
    """304 without an ETag having been sent is no policy."""
    scene.stub.misbehave["/api/v1/policy"] = respond(304)
    with pytest.raises(CollectorAwayError, match="collector_no_policy"):
        refresh_policy(scene.data, scene.uplink, IDENTITY, MEASURED)
