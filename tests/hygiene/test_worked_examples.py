"""docs/extending.md, performed: each section in a copy of the tree, with a check that what it adds works.

Whoever adds a section `## One more ...` there adds a function here, under its title. It gets the copy in which the
files were written and the commands ended well, and looks whether the new thing does what it is for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from tests.hygiene.modules import ROOT
from tests.hygiene.worked_examples import Copy, examples

Check = Callable[[Copy], None]
CHECKS: dict[str, Check] = {}


def shows(title: str) -> Callable[[Check], Check]:
    """Names the section that a check belongs to."""

    def noted(check: Check) -> Check:
        CHECKS[title] = check
        return check

    return noted


def told(copy: Copy, source: str) -> Any:
    """What a piece of Python in the copy gives for `answer`, by way of JSON."""
    return json.loads(copy.python(f"import json\n{source}\nprint(json.dumps(answer))"))


def test_every_section_is_performed() -> None:
    """And no check is left without its section."""
    assert examples().keys() == CHECKS.keys()
    assert [title for title, example in examples().items() if not (example.files and example.commands)] == []


@pytest.mark.parametrize("title", examples())
def test_it_works_as_it_is_written(title: str, tmp_path: Path) -> None:
    copy = Copy.of_the_tree(tmp_path)
    copy.perform(examples()[title])
    CHECKS[title](copy)


def test_what_is_copied_out_of_the_document_is_in_style(tmp_path: Path) -> None:
    """Also there, nobody should have to mend it."""
    copy = Copy.of_the_tree(tmp_path)
    for example in examples().values():
        copy.write(example)
    written = " ".join(
        file.path for example in examples().values() for file in example.files if file.path[-3:] == ".py"
    )
    copy.run(f"python -m ruff check --no-cache {written}")
    copy.run(f"python -m ruff format --no-cache --check {written}")


@shows("One more probe")
def _probe(copy: Copy) -> None:
    """Its result is taken by the collector, its lies are not; it is planned, simulated, and bound to the school."""
    assert '"resolver"' in copy.text("collector/facts/facts.json")
    assert "{probe: resolver, every_s: 900, jitter_s: 300, deadline_s: 60}" in copy.text("config/collector.yaml")
    assert "| `resolver.slowest_ms` | float | ms |" in copy.text("docs/profiles.md")
    (result,) = [json.loads(said) for command, said in copy.said.items() if command.startswith("provklar-agent")]
    assert (result["status"], result["facts"]) == ("ok", {"lookups_count": 0, "slowest_ms": None})
    answer = told(copy, _PROBE_TOLD.replace("RESULT", repr(json.dumps(result))))
    assert answer["refused"] == [None, "resolver.slowest_ms is -1 ms, below 0, the least that can be true"]
    assert answer["simulated"]["status"] == "ok"
    assert 0 <= answer["simulated"]["facts"]["slowest_ms"] <= 60_000
    assert answer["counts"] == [True, False]
    copy.run("provklar check-config config")


_PROBE_TOLD = """
import msgspec
from datetime import timedelta
from agent.protocol.wire import ProbeResult
from collector.facts.catalogue import DECLARED, check_facts
from collector.readiness.domain.location import counts_for_school
from collector.simulate.history import measure
from tests.unit.collector.simulate.sample import NOW, pupils_machine, school_with

measured = msgspec.json.decode(RESULT, type=ProbeResult)
lie = msgspec.structs.replace(measured, facts={**measured.facts, "slowest_ms": -1.0})
school = school_with("none")
simulated = measure(school, pupils_machine(school), seed=7, at=NOW).results
answer = {
    "refused": [None if (found := check_facts(one)) is None else found[1] for one in (measured, lie)],
    "simulated": msgspec.to_builtins(next(one for one in simulated if one.probe == "resolver")),
    "counts": [counts_for_school(DECLARED["resolver"], at, timedelta()) for at in ("at_school", "elsewhere")],
}
"""


@shows("One more requirement")
def _requirement(copy: Copy) -> None:
    """It is among the findings of a sitting; nothing is known of any device yet."""
    explained = copy.said["provklar explain bjork-6-engelska --config config"]
    assert "Datorn har minne nog" in explained


@shows("One more derived fact")
def _derived_fact(copy: Copy) -> None:
    """Unknown where nobody is enrolled, and a share where somebody is; in words, in both languages."""
    explained = copy.said["provklar explain bjork-6-engelska --config config"]
    assert "Ingen enhet är ansluten, så ingen kan ha hörts av." in explained
    assert "| `devices.heard_ratio` | ratio |" in copy.text("docs/profiles.md")
    assert told(copy, _DERIVED_TOLD) == [
        "ready",
        1.0,
        "Of 1 devices, 1 have been heard from lately.",
        "Av 1 enheter har 1 hörts av på sistone.",
    ]


_DERIVED_TOLD = """
from collector.i18n.messages import render
from tests.unit.collector.readiness.cases import found, memory, on_school

finding = found(on_school("devices.heard_ratio", value=0.9), [memory(1, 8192)])
answer = [finding.status, finding.measured, render(finding.why, "en"), render(finding.why, "sv")]
"""


@shows("One more operator")
def _operator(copy: Copy) -> None:
    """It judges; a profile that writes nonsense with it is refused, in words."""
    assert "| `none_of` | text | the fact is not in the list |" in copy.text("docs/profiles.md")
    assert told(copy, _OPERATOR_TOLD) == [True, False, None]
    profile = copy.root / "config/profiles/skoldigiguide-2023.yaml"
    profile.write_text(profile.read_text("utf-8").replace("value: [ipados, android]", "value: 7"), "utf-8")
    with pytest.raises(AssertionError, match="no-tablets"):
        copy.run("provklar check-config config")


_OPERATOR_TOLD = """
from collector.readiness.domain.comparison import Setting
from collector.readiness.domain.operators import compare
from tests.unit.collector.readiness.cases import NOW, RELEASES

setting = Setting("device.os_name", RELEASES, NOW)
answer = [compare("none_of", name, ["ipados", "android"], setting) for name in ("windows", "ipados", 7)]
"""


@shows("One more vendor")
def _vendor(copy: Copy) -> None:
    """Recognised by what it calls itself, and read."""
    assert "| Example controllers | name, state, clients | not told |" in copy.text("docs/gear.md")
    assert told(copy, _VENDOR_TOLD) == ["example", [["BJORK-A101", True, 12], ["BJORK-A102", False, 0]], 12]


_VENDOR_TOLD = """
import asyncio
from collector.snmp.vendors import find_family
from collector.snmp.wireless import read_wireless
from tests.support.snmp_recordings import Recorded, recording

device = Recorded(recording("hand-written-example"))
family = asyncio.run(find_family(device))
read = asyncio.run(read_wireless(device, family))
answer = [family.name, [[one.name, one.up, one.clients] for one in read.access_points], read.clients]
"""


@shows("One more dashboard")
def _dashboard(copy: Copy) -> None:
    """Built, and held to the tests; a copy of it with the same uid is not taken."""
    assert '"uid": "provklar-lines"' in copy.text("dashboards/grafana/lines.json")
    again = copy.text("dashboards/grafana/lines.py").replace('Dashboard("', 'Dashboard("En till: ')
    (copy.root / "dashboards/grafana/again.py").write_text(again, "utf-8")
    copy.run("python -m dashboards.grafana")
    with pytest.raises(AssertionError, match="the uid 'provklar-lines' is another dashboard's too"):
        copy.run("pytest tests/unit/dashboards")


@shows("One more runbook")
def _runbook(copy: Copy) -> None:
    """Served; and it may be neither missing nor of an alert that nobody has."""
    assert told(copy, _RUNBOOK_TOLD) == [200, "# ProvklarNoReports"]
    folder = copy.root / "dashboards/runbooks"
    (folder / "ProvklarNoReports.md").rename(folder / "ProvklarNobody.md")
    with pytest.raises(AssertionError, match="test_every_alert_has_a_runbook_and_every_runbook_an_alert"):
        copy.run("pytest tests/alerts/test_rules.py -k runbook")


_RUNBOOK_TOLD = """
from starlette.applications import Starlette
from collector.web import runbooks
from tests.support.asgi import Client

found = Client(Starlette(routes=runbooks.routes())).get("/runbooks/ProvklarNoReports")
answer = [found.status_code, found.text.splitlines()[0]]
"""


@shows("One more page")
def _page(copy: Copy) -> None:
    """It answers in both languages, and every page leads to it."""
    assert told(copy, _PAGE_TOLD) == [
        [200, "Agenternas versioner", '<a href="/versions">Versioner</a>'],
        [200, "Versions of agents", '<a href="/en/versions">Versions</a>'],
    ]


_PAGE_TOLD = """
import re
from starlette.applications import Starlette
from collector.web import routes
from tests.support.asgi import Client
from tests.support.verdicts import NOW, device, snapshot

client = Client(Starlette(routes=routes.routes(lambda: snapshot(devices=[device()]), lambda: NOW)))
answer = []
for prefix in ("", "/en"):
    found = client.get(f"{prefix}/versions")
    [heading] = re.findall("<h1>(.*?)</h1>", found.text)
    [link] = re.findall(f'<a href="{prefix}/versions">.*?</a>', client.get(f"{prefix}/").text)
    answer.append([found.status_code, heading, link])
"""


class _Publisher(BaseHTTPRequestHandler):
    """Gives what it holds to whoever asks, and keeps what it is sent."""

    held: bytes = b""
    sent: ClassVar[list[Any]] = []

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._answer(self.held)

    def do_POST(self) -> None:
        self.sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def _publisher() -> Iterator[str]:
    """The address of a server that stands for one out there."""
    _Publisher.sent.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Publisher)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@shows("One more source of releases")
def _source(copy: Copy) -> None:
    """Its address is among those that are asked; what it answers is listed."""
    from_file = next(said for command, said in copy.said.items() if command.startswith("provklar releases"))
    assert "vivaldi: newest 10 (2026-11-05)." in from_file
    (copy.root / "config/releases.yaml").write_text((ROOT / "config/releases.yaml").read_text("utf-8"), "utf-8")
    _Publisher.held = (copy.root / "tests/unit/collector/releases/sources/answers/vivaldi.json").read_bytes()
    with _publisher() as server:
        said = copy.python(_SOURCE_ASKED.replace("SERVER", server))
    assert "vivaldi: newest 10 (2026-11-05)." in said
    assert "  vivaldi:\n" in copy.text("config/releases.yaml")


_SOURCE_ASKED = """
from collector.cli import main
from collector.commands import releases

releases.SOURCES = [one.replace("https:/", "SERVER") for one in releases.SOURCES if "vivaldi" in one]
assert len(releases.SOURCES) == 1
assert main(["releases", "refresh", "--config", "config", "--language", "en"]) == 0
"""


@shows("One more channel of warnings")
def _channel(copy: Copy) -> None:
    """What an operator writes opens it, and a round reaches it; a key that is no address is refused."""
    assert "| `webhook_url` | none | Address that warnings are posted to as JSON |" in copy.text("docs/settings.md")
    with _publisher() as server:
        assert told(copy, _CHANNEL_TOLD.replace("SERVER", server)) == [["webhook"], 1, 0, None]
        [post] = _Publisher.sent
    assert [one["page"] for one in post["holds"]] == ["http://127.0.0.1:8080/sittings/ek-9-ma"]
    assert post["over"] == []
    settings = copy.root / "config/collector.yaml"
    settings.write_text(settings.read_text("utf-8").replace("https://chat.example.se", "chat"), "utf-8")
    with pytest.raises(AssertionError, match="webhook_url"):
        copy.run("provklar check-config config")


_CHANNEL_TOLD = """
from pathlib import Path
import msgspec
from collector.channels import open_channels
from collector.alerting.round import AlertRound
from collector.configuration.files import files_in
from collector.configuration.model import Settings
from collector.configuration.structure import read
from tests.support.verdicts import NOW
from tests.unit.collector.alerting.test_round import BROKEN, Memory

written = read(files_in(Path("config")).settings, Settings).value.alerting
assert written.webhook_url == "https://chat.example.se/hooks/provklar"
channels = open_channels(msgspec.structs.replace(written, webhook_url="SERVER"), written.every_s)
warnings = AlertRound(lambda: BROKEN, Memory(), channels, lambda: NOW)
warnings.run()
answer = [list(channels), warnings.delivery.sent, warnings.delivery.unsent, warnings.delivery.problem]
"""
