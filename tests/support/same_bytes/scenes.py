"""What happens on each side, in order: a municipality moves in, time passes, and everything is asked."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from operator import itemgetter

from tests.support.same_bytes import (
    agents,
    commands,
    devices,
    generated,
    municipality,
    pages,
    reading,
    refusing,
    stored,
)
from tests.support.same_bytes.gear import gear_that_answers
from tests.support.same_bytes.http_talk import Answer, Question
from tests.support.same_bytes.municipality import Machine
from tests.support.same_bytes.recorder import as_sent, recorder
from tests.support.same_bytes.side import Side, until, until_quiet

JUDGED_AGAIN = timedelta(seconds=50)
"""Enough for all that a collector does every second and every minute but one: alerts come after it."""
ALERTS_DUE = timedelta(seconds=15)
LATER = timedelta(days=4, hours=9)
"""Until what the simulated machines said has become old, on a Sunday evening."""
QUIET_S = 3.0


def played(side: Side) -> Counter[str]:
    """All scenes; gives how many sittings came to which verdict, to show that there were some of each."""
    municipality.written(side)
    commands.keys_and_devices(side)
    heard = municipality.messages(side)
    with gear_that_answers(side):
        with _serving(side), _alertmanager(side) as alerts:
            machines = municipality.moved_in(side, heard)
            own = municipality.enrolled(side, "own")
            _judged(side, alerts)
            statuses = _everything_read(side)
            _everything_asked(side, machines, own)
        side.pass_time(LATER)  # while nobody judges or warns, so that there is no order in which they might do so
        with _serving(side):
            _become_old(side)
            stored.database(side)
            agents.agent(side)
    commands.helps(side)
    commands.wrong_configurations(side)
    generated.generated(side)
    return statuses


@contextmanager
def _serving(side: Side) -> Iterator[None]:
    with side.running("provklar", "serve", "--config", "site/config") as process:
        until(lambda: process.poll() is not None or _answers(side), "the collector")
        assert process.poll() is None, (side.world / "provklar-serve.log").read_text()
        yield


def _alertmanager(side: Side) -> AbstractContextManager[list[Question]]:
    return recorder(side.ports.alerts, lambda _question: Answer(200, [], b""))


def _answers(side: Side) -> bool:
    try:
        return side.put(Question("GET", "/healthz")).status > 0
    except OSError:
        return False


def _judged(side: Side, alerts: list[Question]) -> None:
    """Lets the collector judge all that has come, look for incidents, and then warn."""
    _pass_time(side, JUDGED_AGAIN)
    alerts.clear()
    _pass_time(side, ALERTS_DUE)
    until(lambda: bool(alerts), "the alerts")
    until_quiet(lambda: len(alerts), QUIET_S)
    for question in alerts:
        body = sorted(json.loads(question.body or b""), key=lambda alert: json.dumps(alert["labels"], sort_keys=True))
        side.note("wire", "alerts", as_sent(question._replace(body=json.dumps(body, ensure_ascii=False).encode())))


def _polled(side: Side) -> bool:
    """Whether each device has been asked; one that was not yet has no place in the metrics."""
    shown = side.put(Question("GET", "/metrics")).body.decode()
    return sum(line.startswith("provklar_gear_answers{") for line in shown.splitlines()) == len(municipality.GEAR)


def _pass_time(side: Side, passed: timedelta) -> None:
    """Moves the clock, and waits until every sitting has been judged by it and nothing changes any more."""
    until(lambda: _polled(side), "all gear to be asked")
    side.pass_time(passed)
    at = f"{side.now:%Y-%m-%dT%H:%M:%SZ}"
    until(lambda: {one["judged_at"] for one in _verdicts(side)} == {at}, f"verdicts of {at}")
    until_quiet(
        lambda: [side.put(Question("GET", target)).body for target in ("/metrics", "/api/v1/incidents")], QUIET_S
    )


def _verdicts(side: Side) -> list[dict[str, str]]:
    found: list[dict[str, str]] = side.put(Question("GET", "/api/v1/sittings")).json()
    return found


def _everything_read(side: Side) -> Counter[str]:
    reading.asked_by_the_document(side)
    reading.metrics(side)
    pages.crawled(side)
    commands.verdicts(side)
    commands.gear_and_releases(side)
    return Counter(map(itemgetter("status"), _verdicts(side)))


def _everything_asked(side: Side, machines: list[Machine], own: Machine) -> None:
    refusing.methods_and_tokens(side)
    tickets = {"for round trips": devices.policy(side, own)}
    one_of_each = list({machine.school: machine for machine in machines}.values())
    tickets["for a lease"] = devices.leases(side, one_of_each)
    devices.at_home(
        side, own, [{**report, "device_id": own.device_id, "school": own.school} for report in machines[0].reports[-2:]]
    )
    devices.measurement(side, tickets)
    devices.own_point(side, tickets)
    devices.web_probe(side, one_of_each[0])
    refusing.bodies(side, one_of_each[1])
    refusing.untrue_reports(side, one_of_each[2])
    refusing.too_often(side)
    _pass_time(side, JUDGED_AGAIN)
    missing = reading.not_asked(side)
    assert not missing, f"nobody asked, so it is not compared: {missing}"


def _become_old(side: Side) -> None:
    _pass_time(side, JUDGED_AGAIN)
    reading.asked_by_the_document(side)
    reading.metrics(side)
    pages.crawled(side, with_files=False)
