"""The main job, end to end: a real agent process measures this machine, a real collector judges and shows it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.support.collectors import ROOM, SCHOOL, Place, place_in, serving, until
from tests.support.slow_line import slow_line

pytestmark = pytest.mark.serial  # measures this machine's own loopback

MBIT_S = 20
"""Of the line between agent and measurement point."""

SITTING = "bjork-6-engelska"


@dataclass
class Chain:
    """A collector that one agent has enrolled with and reported to; `said` is what the agent printed."""

    place: Place
    said: str

    def sitting(self) -> dict[str, Any]:
        found: dict[str, Any] = self.place.get(f"/api/v1/sittings/{SITTING}")
        return found

    def finding(self, requirement: str) -> dict[str, Any]:
        found: dict[str, Any] = next(f for f in self.sitting()["findings"] if f["requirement"] == requirement)
        return found

    def printed(self, fact: str) -> float:
        """The value of a fact as the agent printed it."""
        found = re.search(rf"{fact}: ([\d,.]+)", self.said)
        assert found is not None, self.said
        return float(found[1].replace(",", ""))


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    place = place_in(tmp_path_factory.mktemp("chain"))
    with slow_line(place.port, MBIT_S) as port:
        place.replace("collector.yaml", "    max_seconds: 1\n", "    max_seconds: 8\n")
        place.replace(
            "collector.yaml", "agents:\n", f"agents:\n  measurement_url: http://127.0.0.1:{port}/measure/v1\n"
        )
        yield from _measured(place)


def _measured(place: Place) -> Iterator[Chain]:
    with serving(place):
        enrolled = place.agent("enroll", key=place.key())
        assert enrolled.returncode == 0, enrolled.stderr
        measured = place.run("provklar-agent", "once", "--language", "en", *place.agent_options())
        assert measured.returncode == 0, measured.stderr
        made = Chain(place, measured.stdout)
        until(lambda: made.finding("line-down")["evidence"]["count"] >= 1)
        yield made


def test_the_verdict_stands_on_this_machines_own_throughput(chain: Chain) -> None:
    down, up = chain.finding("line-down"), chain.finding("line-up")
    for way, found in (("down", down), ("up", up)):
        least = chain.printed(f"{way}_mbit_s") - chain.printed(f"{way}_half_width_mbit_s")
        assert found["measured"] == pytest.approx(least, abs=0.06), "what the run is sure of, as rounded when printed"
        assert chain.printed(f"{way}_mbit_s") == pytest.approx(MBIT_S, rel=0.1)
    assert down["unit"] == "Mbit/s"
    assert down["evidence"]["newest_at"] is not None


def test_one_measurement_is_too_little_to_be_sure(chain: Chain) -> None:
    down = chain.finding("line-down")
    assert down["status"] == "unknown"
    assert down["headroom"] is None
    assert "22" in down["why"] or "lektionstid" in down["why"], "how many hours it takes, or that none was in lessons"


def test_what_cannot_be_known_here_is_unknown_with_its_reason(chain: Chain) -> None:
    signal = chain.finding("wifi-signal")
    assert signal["status"] == "unknown"
    assert signal["measured"] is None
    assert len(signal["why"]) > 20
    assert len(signal["remedy"]) > 20


def test_a_sitting_is_told_as_the_contract_says(chain: Chain) -> None:
    [told] = [s for s in chain.place.get("/api/v1/sittings") if s["id"] == SITTING]
    assert told["school"] == {"code": SCHOOL, "name": "Björkskolan"}
    assert {"test", "starts_at", "year_group", "pupils", "status", "headroom", "binding", "findings"} <= set(told)
    keys = {"requirement", "status", "measured", "required", "unit", "why", "remedy", "evidence"}
    assert all(keys <= set(f) and {"count", "newest_at"} <= set(f["evidence"]) for f in told["findings"])
    assert told["status"] != "ready"


def test_the_device_is_listed_in_its_room(chain: Chain) -> None:
    [device] = chain.place.get("/api/v1/devices")
    assert (device["school"]["code"] if isinstance(device["school"], dict) else device["school"]) == SCHOOL
    assert device["room"] == ROOM
    assert device["simulated"] is False
    assert abs(device["clock_offset_s"]) < 60


def test_the_command_line_judges_as_the_api_does(chain: Chain) -> None:
    done = chain.place.run("provklar", "verdict", "--json", "--sitting", SITTING)
    assert done.returncode == 0, done.stderr
    [printed] = json.loads(done.stdout)
    told = chain.sitting()
    assert [(f["requirement"], f["status"], f["measured"]) for f in printed["findings"]] == [
        (f["requirement"], f["status"], f["measured"]) for f in told["findings"]
    ]


def test_history_is_judged_as_it_stood(chain: Chain) -> None:
    done = chain.place.run("provklar", "verdict", "--json", "--sitting", SITTING, "--as-of", "2026-01-31")
    assert done.returncode == 0, done.stderr
    [then] = json.loads(done.stdout)
    down = next(f for f in then["findings"] if f["requirement"] == "line-down")
    assert (down["measured"], down["evidence"]["count"]) == (None, 0)


def test_another_profile_judges_the_same_facts(chain: Chain) -> None:
    done = chain.place.run("provklar", "verdict", "--json", "--sitting", SITTING, "--profile", "skolverket-dnp-2024")
    assert done.returncode == 0, done.stderr
    [other] = json.loads(done.stdout)
    assert other["profile"] == "skolverket-dnp-2024"
    assert {f["requirement"] for f in other["findings"]} != {f["requirement"] for f in chain.sitting()["findings"]}


def test_explain_prints_every_number_with_its_source(chain: Chain) -> None:
    done = chain.place.run("provklar", "explain", SITTING, "--language", "en")
    assert done.returncode == 0, done.stderr
    told = chain.sitting()
    for finding in told["findings"]:
        assert f"({finding['requirement']})" in done.stdout
    steps = sum(len(f["steps"]) for f in told["findings"])
    assert done.stdout.count("[") >= steps > 20
    assert "second hand" in done.stdout
    assert "SETDA" in done.stdout


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["verdict", "--sitting", "no-such"], "no-such"),
        (["explain", "no-such"], "no-such"),
        (["verdict", "--profile", "no-such"], "no-such"),
        (["enrolment-key", "create", "12345678"], "12345678"),
        (["enrolment-key", "revoke", "k-no-such"], "k-no-such"),
        (["device", "revoke", "d-no-such"], "d-no-such"),
    ],
)
def test_a_name_that_is_not_there_is_refused_with_those_that_are(chain: Chain, command: list[str], said: str) -> None:
    done = chain.place.run("provklar", *command)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_pages_show_the_same_verdict(chain: Chain) -> None:
    page = httpx.get(f"{chain.place.url}/sittings/{SITTING}", trust_env=False).text
    assert "Björkskolan" in page
    for finding in chain.sitting()["findings"]:
        assert finding["title"] in page


def test_metrics_show_the_same_verdict(chain: Chain) -> None:
    text = httpx.get(f"{chain.place.url}/metrics", trust_env=False).text
    status = chain.sitting()["status"]
    pattern = rf'provklar_sitting_status{{[^}}]*sitting="{SITTING}"[^}}]*status="{status}"[^}}]*}} 1\.0'
    assert re.search(pattern, text), text[:2000]
    assert re.search(r'provklar_reports_total\{outcome="accepted"\} 1\.0', text)


def test_the_doctor_reaches_the_collector(chain: Chain) -> None:
    """What else needs doing is a matter of this machine and its network, and of the exit code."""
    done = chain.place.agent("doctor")
    said = " ".join(done.stdout.split())
    assert f"OK: en insamlare svarar på {chain.place.url} OK: klockan går som insamlarens" in said
    assert f"OK: insamlaren på {chain.place.url} svarar och godtar den här datorn" in said
    assert done.returncode == ("PROBLEM: " in said), said
    assert (f"Att åtgärda: {said.count('PROBLEM: ')}." in said) == ("PROBLEM: " in said)


def test_no_secret_is_in_any_log(chain: Chain) -> None:
    identity = json.loads((chain.place.folder / "agent" / "identity.json").read_text())
    assert len(identity["token"]) > 20
    written = chain.place.log.read_text() + chain.said
    assert identity["token"] not in written
