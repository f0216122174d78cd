"""Delivery against a transport that answers as told: what is sent when, what is tried again, what is said."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from collector.channels import alertmanager
from collector.channels.alertmanager import Alertmanager, without_credentials
from collector.readiness.alerts.decide import Decision
from collector.readiness.alerts.delivery import Delivery
from collector.readiness.domain.model import Status, Text
from tests.support.alert_scenes import LINKS, Scene, days_before, judged
from tests.support.verdicts import finding

NOW = days_before(6)
WHY = Text("alert_whole_verdict")
Answer = Callable[[], httpx.Response]


def ok() -> httpx.Response:
    """Alertmanager took it."""
    return httpx.Response(200)


def away() -> httpx.Response:
    """Nobody is there."""
    raise httpx.ConnectError("refused")


class Receiver:
    """Stands for Alertmanager: answers from a list (the last for ever) and keeps what it was sent."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.posts: list[list[dict[str, Any]]] = []
        self.pauses: list[float] = []

    def handle(self, request: httpx.Request) -> httpx.Response:
        """One post."""
        assert (request.url.host, request.url.path) == ("alerts.test", "/api/v2/alerts")
        self.posts.append(msgspec.json.decode(request.content))
        return (self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])()

    def alertmanager(self, every_s: float = 60) -> Alertmanager:
        """A deliverer that talks to this receiver, without waiting."""
        return Alertmanager(
            "http://alerts.test/",
            every_s=every_s,
            client=httpx.Client(transport=httpx.MockTransport(self.handle)),
            pause=self.pauses.append,
            jitter=lambda: 0.5,
        )


class Rounds:
    """Decides and delivers, once a minute."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._alertmanager = receiver.alertmanager()
        self._scene = Scene()
        self._now = NOW

    def round(self, *statuses: Status) -> Delivery:
        """A round with one finding per status, named `a`, `b` ..."""
        findings = [finding(name, status, why=WHY) for name, status in zip("abc", statuses, strict=False)]
        decision: Decision = self._scene.at(self._now, judged(*findings))
        delivery = self._alertmanager.deliver(decision, LINKS, self._now)
        self._now += timedelta(minutes=1)
        return delivery

    def last(self) -> dict[str, str]:
        """What the newest post said of each cause: `firing` or the reason of its end."""
        return {a["labels"]["cause"]: a["annotations"].get("ended", "firing") for a in self._receiver.posts[-1]}


BAD, GOOD = Status.NOT_READY, Status.READY


def test_what_holds_is_repeated_with_its_end_moved_ahead() -> None:
    """Each round posts it again, from the same start, lasting a quarter of an hour from now."""
    receiver = Receiver(ok)
    rounds = Rounds(receiver)
    assert rounds.round(BAD) == Delivery(at=NOW, sent=1, unsent=0)
    rounds.round(BAD)
    times = [
        (datetime.fromisoformat(post[0]["startsAt"]), datetime.fromisoformat(post[0]["endsAt"]))
        for post in receiver.posts
    ]
    assert times == [
        (NOW, NOW + timedelta(minutes=15)),
        (NOW, NOW + timedelta(minutes=16)),
    ]


def test_a_slow_round_lasts_for_ten_of_them() -> None:
    """An alert must outlive the pause between rounds."""
    receiver = Receiver(ok)
    decision = Scene().at(NOW, judged(finding("a", BAD, why=WHY)))
    receiver.alertmanager(every_s=600).deliver(decision, LINKS, NOW)
    assert datetime.fromisoformat(receiver.posts[0][0]["endsAt"]) == NOW + timedelta(seconds=6000)


def test_an_end_is_said_three_times_and_then_no_more() -> None:
    """Beside what still holds."""
    receiver = Receiver(ok)
    rounds = Rounds(receiver)
    rounds.round(BAD, BAD)
    said = []
    for _ in range(4):
        rounds.round(GOOD, BAD)
        said.append(rounds.last())
    assert said == [{"a": "mended", "b": "firing"}] * 3 + [{"b": "firing"}]


def test_nothing_to_say_posts_nothing() -> None:
    """And that is a success."""
    receiver = Receiver(ok)
    assert Rounds(receiver).round(GOOD) == Delivery(at=NOW, sent=0, unsent=0)
    assert receiver.posts == []


def test_a_broken_matter_takes_its_end_back() -> None:
    """Mended and broken again within minutes: the end is not repeated beside the new warning."""
    rounds = Rounds(Receiver(ok))
    rounds.round(BAD)
    rounds.round(GOOD)
    rounds.round(BAD)
    assert rounds.last() == {"a": "firing"}


def test_an_end_that_was_not_taken_is_said_next_time(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is lost while Alertmanager is away, and the log says plainly what to look at."""
    receiver = Receiver(ok, away, away, away, ok)
    rounds = Rounds(receiver)
    rounds.round(BAD, BAD)
    with caplog.at_level(logging.WARNING):
        failed = rounds.round(GOOD, BAD)
    assert (failed.sent, failed.unsent) == (0, 2)
    assert failed.problem == "no answer (ConnectError); is Alertmanager running and `alertmanager_url` right?"
    assert caplog.messages == [
        f"warnings not delivered to http://alerts.test: {failed.problem}; tried again next round"
    ]
    assert rounds.round(GOOD, BAD).problem is None
    assert rounds.last() == {"a": "mended", "b": "firing"}


def test_an_end_is_dropped_once_the_alert_must_have_ended_by_itself() -> None:
    """The bound on what is kept for an Alertmanager that never comes back."""
    rounds = Rounds(Receiver(ok, away))
    rounds.round(BAD)
    kept = [rounds.round(GOOD).unsent for _ in range(17)]
    assert kept == [1] * 15 + [0] * 2


def test_tries_three_times_with_growing_pauses() -> None:
    """Half a second and a second, each shifted by chance (here by nothing)."""
    receiver = Receiver(away)
    Rounds(receiver).round(BAD)
    assert len(receiver.posts) == 3
    assert receiver.pauses == [0.5, 1.0]


def test_a_server_error_is_tried_again() -> None:
    """503 while it starts."""
    receiver = Receiver(lambda: httpx.Response(503, text="starting"), ok)
    assert Rounds(receiver).round(BAD) == Delivery(at=NOW, sent=1, unsent=0)


def test_a_refusal_is_not_tried_again_and_says_what_was_answered() -> None:
    """The same again would be refused again."""
    receiver = Receiver(lambda: httpx.Response(400, text="bad label"))
    assert Rounds(receiver).round(BAD).problem == "it answered 400: 'bad label'"
    assert (len(receiver.posts), receiver.pauses) == (1, [])


def test_a_refused_part_does_not_hold_back_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Posts are bounded in size, and each stands for itself."""
    monkeypatch.setattr(alertmanager, "ALERTS_PER_POST", 1)
    receiver = Receiver(lambda: httpx.Response(400, text="bad label"), ok)
    delivery = Rounds(receiver).round(BAD, BAD)
    assert (delivery.sent, delivery.unsent) == (1, 1)
    assert [len(post) for post in receiver.posts] == [1, 1]


def test_passwords_in_the_address_stay_out_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Whether the post is taken or not, and at every level."""
    decision = Scene().at(NOW, judged(finding("a", BAD, why=WHY)))
    with caplog.at_level(logging.DEBUG):
        for answer in (ok, lambda: httpx.Response(400)):
            client = httpx.Client(transport=httpx.MockTransport(Receiver(answer).handle))
            secretive = Alertmanager("http://user:secret@alerts.test", every_s=60, client=client)
            secretive.deliver(decision, LINKS, NOW)
    assert "not delivered to http://alerts.test" in caplog.text
    assert "secret" not in caplog.text


def test_an_address_is_shown_without_credentials() -> None:
    """Only scheme, host and port."""
    assert without_credentials("https://user:secret@alerts.test:9093/path?token=1") == "https://alerts.test:9093"
    assert without_credentials("http://alerts.test") == "http://alerts.test"
