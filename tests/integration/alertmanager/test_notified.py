"""A script in time against a real Alertmanager: it receives, groups, tells again at a new stage, and resolves.

The collector's clock is the test's; Alertmanager's is the real one, so the sitting is placed around now.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import yaml
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from collector.channels.alertmanager import Alertmanager
from collector.readiness.alerts.delivery import Delivery
from collector.readiness.domain.model import Finding, Status, Text, Verdict
from tests.support.alert_scenes import LINKS, Scene, judged
from tests.support.metrics_server import serving
from tests.support.processes import free_port, running, wait_until_answers
from tests.support.verdicts import finding, school, sitting, verdict

ROOT = Path(__file__).parents[3]
WHY = Text("alert_whole_verdict")
pytestmark = pytest.mark.needs("prometheus-alertmanager")


def bad(name: str, status: Status = Status.NOT_READY, **changes: Any) -> Finding:
    """A finding with a sentence of the alerts' own catalogue."""
    return finding(name, status, why=WHY, **changes)


class Notified:
    """What a receiver was told: one notification per webhook call, and a real server to take them."""

    def __init__(self) -> None:
        self._told: queue.Queue[dict[str, Any]] = queue.Queue(maxsize=1000)

    def routes(self) -> list[Route]:
        """The webhook."""

        async def webhook(request: Request) -> Response:
            self._told.put_nowait(await request.json())
            return Response(status_code=200)

        return [Route("/told", webhook, methods=["POST"])]

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next notification that is wanted; others before it are let by. Fails after 30 s."""
        deadline, passed = time.monotonic() + 30, []
        while (left := deadline - time.monotonic()) > 0:
            try:
                told = self._told.get(timeout=left)
            except queue.Empty:
                break
            if wanted(told):
                return told
            passed.append(content(told))
        raise AssertionError(f"not told within 30 s; told instead: {passed}")

    def nothing_more(self, seconds: float) -> list[dict[str, Any]]:
        """What is told within some seconds of listening."""
        time.sleep(seconds)
        return [self._told.get_nowait() for _ in range(self._told.qsize())]


def content(told: dict[str, Any]) -> tuple[str, list[str], list[str]]:
    """A notification as: status, what fires (cause, name, stage), what ended (cause, stage, reason)."""
    firing = [
        f"{a['labels']['cause']} {a['labels']['alertname']} {a['labels']['days_before']}"
        for a in told["alerts"]
        if a["status"] == "firing"
    ]
    ended = [
        f"{a['labels']['cause']} {a['labels']['days_before']} {a['annotations'].get('ended')}"
        for a in told["alerts"]
        if a["status"] == "resolved"
    ]
    return told["status"], sorted(firing), sorted(ended)


def firing_is(*alerts: str) -> Callable[[dict[str, Any]], bool]:
    """Wants a notification where exactly these fire."""
    return lambda told: content(told)[1] == sorted(alerts)


class Script:
    """Decides at chosen moments and delivers to the real Alertmanager at once."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.started = datetime.now(UTC)
        self._scene = Scene()
        self._alertmanager = Alertmanager(url, every_s=60)

    def at(self, now: datetime, *verdicts: Verdict) -> Delivery:
        """One round; delivered with the real time, as Alertmanager's clock cannot be moved."""
        decision = self._scene.at(now, *verdicts)
        stamped = [
            msgspec.structs.replace(a, said=msgspec.structs.replace(a.said, said_at=self.started))
            for a in decision.active
        ]
        ended = [
            msgspec.structs.replace(e, said=msgspec.structs.replace(e.said, said_at=self.started))
            for e in decision.ended
        ]
        told = msgspec.structs.replace(decision, active=stamped, ended=ended)
        delivery = self._alertmanager.deliver(told, LINKS, datetime.now(UTC))
        assert delivery.problem is None
        return delivery

    def held(self) -> list[dict[str, Any]]:
        """What Alertmanager holds as firing now."""
        answer = httpx.get(f"{self.url}/api/v2/alerts", params={"active": "true"}, timeout=10)
        found: list[dict[str, Any]] = answer.json()
        return found

    def close(self) -> None:
        """Gives the connections back."""
        self._alertmanager.close()


def configuration(webhook: str) -> str:
    """The provisioned routes, with one receiver and in a hurry."""
    made: dict[str, Any] = yaml.safe_load((ROOT / "dashboards/provisioning/alertmanager.yml").read_text("utf-8"))
    del made["templates"]
    told = {"webhook_configs": [{"url": f"{webhook}/told", "send_resolved": True}]}
    made["receivers"] = [{"name": "nobody"}, {"name": "operators"}, {"name": "school-it", **told}]
    made["route"]["routes"][1] |= {"group_wait": "1s", "group_interval": "1s"}
    return yaml.safe_dump(made)


@pytest.fixture
def scripted(tmp_path: Path) -> Iterator[tuple[Script, Notified]]:
    """A running Alertmanager that tells a running webhook."""
    notified = Notified()
    with serving(notified.routes()) as webhook:
        (tmp_path / "alertmanager.yml").write_text(configuration(webhook), "utf-8")
        address, log = f"127.0.0.1:{free_port()}", tmp_path / "log"
        command = [
            "prometheus-alertmanager",
            f"--config.file={tmp_path / 'alertmanager.yml'}",
            f"--storage.path={tmp_path / 'data'}",
            f"--web.listen-address={address}",
            "--cluster.listen-address=",
            "--data.retention=1500h",
        ]
        with running(command, log=log):
            wait_until_answers(f"http://{address}/-/ready", log=log)
            script = Script(f"http://{address}")
            yield script, notified
            script.close()


def test_a_sitting_from_first_warning_to_mended(scripted: tuple[Script, Notified]) -> None:
    """Grouped, told again at the next stage and at another status, and resolved only when all is mended."""
    script, notified = scripted
    start = script.started + timedelta(days=20)

    def of(*findings: Finding) -> Verdict:
        return judged(*findings, starts_at=start)

    script.at(start - timedelta(days=20), of(bad("line"), bad("devices", Status.UNKNOWN)))
    first = notified.until(firing_is("line ProvklarNotReady 30", "devices ProvklarUnknown 30"))
    assert first["groupLabels"] == {"school": "10000001", "sitting": "ek-9-ma"}
    assert first["commonAnnotations"]["link"] == "http://p/sittings/ek-9-ma"
    assert content(first)[2] == []

    script.at(start - timedelta(days=14), of(bad("line"), bad("devices", Status.UNKNOWN)))
    second = notified.until(firing_is("line ProvklarNotReady 14", "devices ProvklarUnknown 14"))
    assert content(second) == (
        "firing",
        ["devices ProvklarUnknown 14", "line ProvklarNotReady 14"],
        ["devices 30 replaced", "line 30 replaced"],
    )

    script.at(start - timedelta(days=13), of(bad("line"), bad("devices", Status.AT_RISK)))
    third = notified.until(firing_is("line ProvklarNotReady 14", "devices ProvklarAtRisk 14"))
    assert third["status"] == "firing"

    script.at(start - timedelta(days=12), of(finding("line"), bad("devices", Status.AT_RISK)))
    fourth = notified.until(firing_is("devices ProvklarAtRisk 14"))
    assert "line 14 mended" in content(fourth)[2]
    assert fourth["status"] == "firing"

    script.at(start - timedelta(days=11), of(finding("line"), finding("devices")))
    last = notified.until(lambda told: told["status"] == "resolved")
    assert content(last)[1] == []
    assert {"devices 14 mended", "line 14 mended"} <= set(content(last)[2])
    mended = [a["annotations"]["summary"] for a in last["alerts"] if a["annotations"]["ended"] == "mended"]
    assert all(summary.startswith("Åtgärdat på Ekskolan. ") for summary in mended)
    assert script.held() == []


def test_repeating_a_round_tells_nobody_again(scripted: tuple[Script, Notified]) -> None:
    """Every minute the same is posted, and nobody hears of it twice."""
    script, notified = scripted
    start = script.started + timedelta(days=10)
    script.at(script.started, judged(bad("line"), starts_at=start))
    notified.until(firing_is("line ProvklarNotReady 14"))
    for minutes in range(1, 6):
        script.at(script.started + timedelta(minutes=minutes), judged(bad("line"), starts_at=start))
    assert notified.nothing_more(seconds=4) == []
    assert [alert["labels"]["cause"] for alert in script.held()] == ["line"]


def test_two_schools_are_two_messages_and_a_simulated_one_is_none(scripted: tuple[Script, Notified]) -> None:
    """Grouped by school and sitting; a simulated school is held and shown, and told to nobody."""
    script, notified = scripted
    start = script.started + timedelta(days=10)
    elm, ash = school("10000002", "Almskolan"), school("10000003", "Askskolan", simulated=True)
    others = [
        verdict(bad("line"), of=elm, about=sitting("alm", of=elm, starts_at=start)),
        verdict(bad("line"), of=ash, about=sitting("ask", of=ash, starts_at=start)),
    ]
    script.at(script.started, judged(bad("line"), starts_at=start), *others)
    told = [notified.until(firing_is("line ProvklarNotReady 14")) for _ in range(2)]
    assert sorted(one["groupLabels"]["sitting"] for one in told) == ["alm", "ek-9-ma"]
    assert notified.nothing_more(seconds=3) == []
    assert sorted(alert["labels"]["sitting"] for alert in script.held()) == ["alm", "ask", "ek-9-ma"]


def test_nobody_there_is_said_plainly() -> None:
    """A port where nothing listens: not an exception, and nothing counts as sent."""
    now = datetime.now(UTC)
    nowhere = Alertmanager(f"http://127.0.0.1:{free_port()}", every_s=60, pause=lambda _: None)
    decision = Scene().at(now, judged(bad("line"), starts_at=now + timedelta(days=10)))
    failed = nowhere.deliver(decision, LINKS, now)
    nowhere.close()
    assert (failed.sent, failed.unsent) == (0, 1)
    assert failed.problem == "no answer (ConnectError); is Alertmanager running and `alertmanager_url` right?"
