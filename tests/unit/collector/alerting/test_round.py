"""A round: what is decided is kept before it is sent, and an empty start ends nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from collector.alerting.round import AlertRound
from collector.channels import Links
from collector.channels.alertmanager import Alertmanager
from collector.judgement.snapshot import Snapshot
from collector.readiness.alerts.decide import AlertRecord, Decision
from collector.readiness.alerts.delivery import Delivery
from collector.readiness.domain.model import Status, Text
from tests.support.verdicts import NOW, finding, snapshot, verdict

BROKEN = snapshot(verdict(finding("line", Status.NOT_READY, why=Text("alert_whole_verdict"))))
MENDED = snapshot(verdict(finding("line")))
NOTHING_YET = snapshot(judged_at=None)


class Memory:
    """Keeps what was said, as the store does."""

    def __init__(self) -> None:
        self.records: dict[str, AlertRecord] = {}
        self.full = False

    def alerts_said(self) -> list[AlertRecord]:
        """All records."""
        return list(self.records.values())

    def save_said(self, said: list[AlertRecord]) -> None:
        """Replaces those with the same keys."""
        if self.full:
            raise OSError("disk full")
        self.records |= {record.key: record for record in said}


class Collector:
    """A round over a snapshot that the test exchanges."""

    def __init__(self, memory: Memory) -> None:
        self.snapshot: Snapshot = NOTHING_YET
        self.posts: list[list[dict[str, Any]]] = []
        client = httpx.Client(transport=httpx.MockTransport(self._take))
        alertmanager = Alertmanager("http://alerts.test", every_s=60, client=client)
        self.round = AlertRound(lambda: self.snapshot, memory, {"alertmanager": alertmanager}, lambda: NOW)

    def _take(self, request: httpx.Request) -> httpx.Response:
        self.posts.append(msgspec.json.decode(request.content))
        return httpx.Response(200)

    def run(self, shown: Snapshot) -> None:
        """One round with this snapshot."""
        self.snapshot = shown
        self.round.run()


def test_a_round_says_keeps_and_reports() -> None:
    """The alert is posted, remembered, and shown as active; the delivery is there for the metrics."""
    memory = Memory()
    collector = Collector(memory)
    collector.run(BROKEN)
    assert [alert["labels"]["cause"] for alert in collector.posts[0]] == ["line"]
    assert list(memory.records) == ["10000001/ek-9-ma/line"]
    assert [alert.said.cause for alert in collector.round.active] == ["line"]
    assert collector.round.delivery is not None
    assert (collector.round.delivery.sent, collector.round.delivery.problem) == (1, None)


def test_a_judgement_that_has_grown_old_is_warned_about() -> None:
    """When judging has stopped, a sitting that was ready is unknown, and somebody is told."""
    collector = Collector(Memory())
    collector.run(snapshot(verdict(finding("line"), judged_at=NOW - timedelta(hours=1))))
    assert [alert["labels"]["alertname"] for alert in collector.posts[0]] == ["ProvklarUnknown"]


def test_a_restart_repeats_what_holds_and_ends_it_once_mended() -> None:
    """What was said before lives in the store: a new process goes on where the old one was."""
    memory = Memory()
    Collector(memory).run(BROKEN)
    restarted = Collector(memory)
    restarted.run(NOTHING_YET)
    assert restarted.posts == []
    restarted.run(BROKEN)
    restarted.run(MENDED)
    reasons = [post[0]["annotations"].get("ended") for post in restarted.posts]
    assert reasons == [None, "mended"]


def test_a_full_disk_is_an_error_and_silences_nothing() -> None:
    """The warning goes out, and goes out again as the very same alert when the disk has room."""
    memory = Memory()
    collector = Collector(memory)
    memory.full = True
    with pytest.raises(OSError, match="disk full"):
        collector.run(BROKEN)
    memory.full = False
    collector.run(BROKEN)
    assert [post[0]["labels"] for post in collector.posts] == [collector.posts[0][0]["labels"]] * 2


def test_without_a_channel_warnings_are_decided_all_the_same() -> None:
    """They are shown, and there is no delivery to speak of."""
    silent = AlertRound(lambda: BROKEN, Memory(), {}, lambda: NOW)
    silent.run()
    assert [alert.said.cause for alert in silent.active] == ["line"]
    assert silent.delivery is None


class Failing:
    """A channel with a defect."""

    def deliver(self, decision: Decision, links: Links, now: datetime) -> Delivery:
        raise RuntimeError("a defect")

    def close(self) -> None: ...


class Listening:
    """A channel that takes everything."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def deliver(self, decision: Decision, links: Links, now: datetime) -> Delivery:
        self.told += [links.sitting(alert.said.sitting) for alert in decision.active]
        return Delivery(at=now, sent=len(decision.active), unsent=0)

    def close(self) -> None: ...


def test_a_defect_in_one_channel_silences_no_other() -> None:
    """Each is told the same, and what failed is said by name."""
    listening = Listening()
    both = AlertRound(lambda: BROKEN, Memory(), {"a": Failing(), "b": listening}, lambda: NOW)
    both.run()
    assert listening.told == ["http://127.0.0.1:8080/sittings/ek-9-ma"]
    assert both.delivery == Delivery(at=NOW, sent=1, unsent=1, problem="a: a defect (RuntimeError); see the log")
