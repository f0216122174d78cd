"""The JSON API over HTTP: exact keys, filters, languages, refusals."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from collector.api import health
from collector.api.openapi import document
from collector.judgement.snapshot import Snapshot
from collector.readiness.domain.model import (
    Drift,
    DriftChange,
    Fix,
    HintSummary,
    LineLimit,
    SetAsideSummary,
    Status,
    Text,
)
from collector.readiness.domain.plan import Plan
from tests.support import reading_api
from tests.support.asgi import Client
from tests.support.verdicts import NOW, changed, device, finding, school, sitting, snapshot, step, verdict

ASP = school("10000002", "Aspskolan")
FINDING_KEYS = {
    *("requirement", "title", "severity", "owner", "status", "measured", "required", "unit", "headroom"),
    *("why", "remedy", "advice", "evidence", "room", "caused_by", "settling"),
}
SITTING_KEYS = {
    *("id", "school", "test", "starts_at", "minutes", "year_group", "pupils", "rooms", "status", "headroom"),
    *("binding", "next_binding", "profile", "judged_at", "simulated", "limit", "hints", "set_aside", "findings"),
    *("warnings", "plan"),
    *("fixes", "drift"),
}


def two_sittings() -> Snapshot:
    """One that is ready and one that is not, at two schools with a device each."""
    bad = finding("line", Status.NOT_READY, headroom=0.6, steps=[step()])
    return snapshot(
        verdict(finding("line", headroom=1.8, steps=[step()])),
        verdict(bad, of=ASP, about=sitting("asp", of=ASP), simulated=True),
        devices=[device("d-1"), device("d-2", of=ASP, simulated=True)],
    )


def client(made: Snapshot | None = None, *, database_answers: bool = True) -> Client:
    """A client of the API alone."""
    shown = made or two_sittings()
    return reading_api.client(lambda: shown, lambda: database_answers)


def get(path: str, made: Snapshot | None = None) -> Any:
    """The JSON of an answer that must be 200."""
    answer = client(made).get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_sittings() -> None:
    """Exactly the promised keys, and the values of the verdict."""
    first, second = get("/api/v1/sittings")
    assert first.keys() == second.keys() == SITTING_KEYS
    told = {key: second[key] for key in SITTING_KEYS - {"findings", "id", "test", "rooms", "minutes", "profile"}}
    assert told == {
        "school": {"code": "10000001", "name": "Ekskolan"},
        "starts_at": "2026-11-19T08:00:00Z",
        "year_group": "9",
        "pupils": 52,
        "status": "ready",
        "headroom": 1.8,
        "binding": "line",
        "next_binding": None,
        "judged_at": "2026-11-16T08:00:00Z",
        "simulated": False,
        "limit": None,
        "hints": None,
        "set_aside": [],
        "warnings": [],
        "plan": None,
        "fixes": [],
        "drift": None,
    }
    assert (first["id"], first["status"], first["simulated"]) == ("asp", "not_ready", True)


def test_an_odd_day_is_told_as_a_code_and_in_words() -> None:
    odd = changed(verdict(finding()), warnings=[Text("calendar_sunday")])
    [told] = get("/api/v1/sittings?lang=en", snapshot(odd))
    assert told["warnings"] == [{"code": "calendar_sunday", "words": "It is a Sunday: there are no lessons."}]


def test_a_plan_is_told_in_numbers_and_in_words() -> None:
    plan = Plan(52, 52, 33.8, 6.76, 18.0, 1.3, 21, 2.1, 0.42, machines=55, radios=2, pupils_per_radio=40)
    told = get("/api/v1/sittings?lang=en", snapshot(changed(verdict(status=Status.UNKNOWN), plan=plan)))[0]["plan"]
    words = told.pop("words")
    assert told == {
        "pupils": 52,
        "pupils_on_line": 52,
        "down_mbit_s": 33.8,
        "up_mbit_s": 6.76,
        "start_mbit_s": 18.0,
        "margin": 1.3,
        "others": 21,
        "others_down_mbit_s": 2.1,
        "others_up_mbit_s": 0.42,
        "machines": 55,
        "radios": 2,
        "pupils_per_radio": 40.0,
    }
    assert words == (
        "A plan, nothing is measured: it makes no school ready. The test takes 33.8 Mbit/s down and 6.8 Mbit/s up "
        "for 52 pupils, with the margin of 1.3. With all that 21 others on the line are assumed to take at once it "
        "comes to at most 35.9 Mbit/s down and 7.2 Mbit/s up. It takes 55 computers, spares included, for 52 pupils. "
        "The rooms need at least 2 radios in access points, with at most 40 pupils on each."
    )


def test_ways_out() -> None:
    """In words, with what they mend and what the sitting comes to."""
    fix = Fix("more_line", Text("fix_more_line_down", {"more": 19}), ["line"], Status.READY)
    [told] = get("/api/v1/sittings?lang=en", snapshot(changed(verdict(finding("line")), fixes=[fix])))
    words = "+19 Mbit/s down on the school's line is enough."
    assert told["fixes"] == [
        {"kind": "more_line", "words": words, "mends": ["line"], "becomes": "ready", "devices": [], "lenders": []}
    ]


def test_drift() -> None:
    """What differs from when it was ready last, in words and in the order of time."""
    change = DriftChange("profile", NOW, Text("drift_profile", {"then": "plain", "now": "strict"}))
    made = snapshot(changed(verdict(finding("line", Status.UNKNOWN)), drift=Drift(NOW, [change])))
    told = get("/api/v1/sittings?lang=en", made)[0]["drift"]
    at, words = "2026-11-16T08:00:00Z", "The profile was plain and is strict."
    assert told == {"ready_until": at, "changes": [{"kind": "profile", "at": at, "words": words}]}


def test_findings() -> None:
    """Exactly the promised keys; sentences are strings."""
    [told] = get("/api/v1/sittings")[1]["findings"]
    assert told.keys() == FINDING_KEYS
    assert told == {
        "requirement": "line",
        "title": "Linjen ned",
        "severity": "required",
        "owner": None,
        "status": "ready",
        "measured": 46.8,
        "required": 26.0,
        "unit": "Mbit/s",
        "headroom": 1.8,
        "why": "Räcker 1,8 gånger",
        "remedy": "Beställ en snabbare linje.",
        "advice": [],
        "evidence": {"count": 240, "newest_at": "2026-11-16T07:55:00Z"},
        "room": None,
        "caused_by": None,
        "settling": None,
    }


def test_english() -> None:
    """The same facts with English sentences."""
    [told] = get("/api/v1/sittings?lang=en")[1]["findings"]
    assert (told["why"], told["remedy"]) == ("Enough 1.8 times over", "Order a faster line.")


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["asp", "ek-9-ma"]),
        ("?school=10000002", ["asp"]),
        ("?status=ready", ["ek-9-ma"]),
        ("?school=10000002&status=ready", []),
    ],
)
def test_filters(query: str, ids: list[str]) -> None:
    """By school, by status, and by both."""
    assert [told["id"] for told in get(f"/api/v1/sittings{query}")] == ids


@pytest.mark.parametrize(
    ("path", "status", "code", "place"),
    [
        ("/api/v1/sittings?status=green", 400, "unknown_status", "status"),
        ("/api/v1/sittings?school=1", 400, "unknown_school", "school"),
        ("/api/v1/sittings?lang=de", 400, "unknown_lang", "lang"),
        ("/api/v1/sittings/none", 404, "unknown_sitting", "sitting"),
        ("/api/v1/sittings/asp?lang=de", 400, "unknown_lang", "lang"),
        ("/api/v1/devices?school=99999999", 400, "unknown_school", "school"),
    ],
)
def test_refusals(path: str, status: int, code: str, place: str) -> None:
    """A question that cannot be answered is refused with a code and a place, never answered with nothing."""
    answer = client().get(path)
    told = answer.json()
    assert (answer.status_code, told["code"], told["place"]) == (status, code, place)


def test_one_sitting_is_explained() -> None:
    """As in the list, and every number behind its findings."""
    told = get("/api/v1/sittings/asp")
    assert told.keys() == SITTING_KEYS
    assert told["findings"][0].keys() == FINDING_KEYS | {"steps"}
    assert told["findings"][0]["steps"] == [
        {
            "name": "line.down_available",
            "value": 46.8,
            "unit": "Mbit/s",
            "origin": "measured",
            "source": "throughput",
            "trust": None,
            "at": "2026-11-16T07:00:00Z",
            "whose": None,
        }
    ]


def test_devices() -> None:
    """Exactly the promised keys; tokens and keys are nowhere."""
    first, second = get("/api/v1/devices")
    assert first == {
        "id": "d-1",
        "school": "10000001",
        "room": "a1",
        "label": "Vagn 1, dator 1",
        "enrolled_at": "2026-10-17T08:00:00Z",
        "last_seen_at": "2026-11-16T07:58:00Z",
        "agent_version": "0.1.0",
        "clock_offset_s": 0.4,
        "simulated": False,
        "kind": "agent",
        "role": None,
        "group": None,
    }
    assert second["simulated"]
    assert [told["id"] for told in get("/api/v1/devices?school=10000002")] == ["d-2"]


def test_old_news_are_not_good_news() -> None:
    """Once judging has stopped the API says unknown, in the list and alone."""
    old = NOW - timedelta(hours=1)
    made = snapshot(verdict(finding(headroom=1.8), judged_at=old), judged_at=old)
    for told in (*get("/api/v1/sittings", made), get("/api/v1/sittings/ek-9-ma", made)):
        assert (told["status"], told["headroom"], told["findings"][0]["status"]) == ("unknown", None, "unknown")


def test_healthy() -> None:
    """Judged just now, the database answers; errors in the configuration are told and do not fail."""
    answer = client(snapshot(judged_at=NOW - timedelta(seconds=40), configuration_errors=["schools.yaml:1: no"])).get(
        "/healthz"
    )
    told = answer.json()
    assert answer.status_code == 200
    assert told.pop("version").count(".") == 2
    assert told == {
        "status": "ok",
        "judged_at": "2026-11-16T07:59:20Z",
        "judged_age_s": 40.0,
        "configuration_loaded_at": "2026-11-16T06:00:00Z",
        "configuration_errors": ["schools.yaml:1: no"],
        "problems": [],
    }


@pytest.mark.parametrize(
    ("judged_ago", "database_answers", "codes"),
    [
        (timedelta(hours=1), True, ["judging_stopped"]),
        (timedelta(0), False, ["database_failed"]),
        (timedelta(hours=1), False, ["database_failed", "judging_stopped"]),
    ],
)
def test_failing(judged_ago: timedelta, database_answers: bool, codes: list[str]) -> None:
    """503 with every reason."""
    made = snapshot(judged_at=NOW - judged_ago)
    answer = client(made, database_answers=database_answers).get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "failing")
    assert [told["code"] for told in answer.json()["problems"]] == codes


def test_a_silent_database_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The health check gives up instead of hanging with the database."""
    monkeypatch.setattr(health, "DATABASE_PATIENCE_S", 0.05)
    end = threading.Event()
    try:
        answer = reading_api.client(snapshot, lambda: end.wait(30)).get("/healthz")
    finally:
        end.set()
    assert [told["code"] for told in answer.json()["problems"]] == ["database_failed"]


def test_the_document_is_served() -> None:
    """As it is made."""
    assert get("/api/v1/openapi.json") == document(reading_api.resources(snapshot))


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/sittings", "/api/v1/devices"])
def test_answers_are_not_kept(path: str) -> None:
    """A status out of a cache could be yesterday's."""
    headers = client().get(path).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-type"] == "application/json"


def test_which_is_the_slow_one() -> None:
    """The school's line or the internet beyond it, in numbers and in words."""
    slow = changed(verdict(finding("line")), limit=LineLimit("beyond", None, 0.31, 5))
    told = get("/api/v1/sittings", snapshot(slow))[0]["limit"]
    assert (told["side"], told["ratio"], told["pairs"]) == ("beyond", 0.31, 5)
    assert told["words"].startswith("Internet bortom skolans lina: därifrån kommer bara 31 % av vad linan ger")


def test_what_had_no_say() -> None:
    """Browsers outside a session, in numbers and in words that say that it does not count."""
    hinted = changed(verdict(finding("line")), hints=HintSummary(12, 9, 2, NOW))
    told = get("/api/v1/sittings?lang=en", snapshot(hinted))[0]["hints"]
    assert (told["browsers"], told["fine"], told["lacking"], told["newest_at"]) == (12, 9, 2, "2026-11-16T08:00:00Z")
    assert told["words"].startswith("12 browsers were checked outside a supervised session, last on 16 Nov 2026 09:00")
    assert "It does not count" in told["words"]


def test_what_was_set_aside() -> None:
    """By reason, in numbers and in words."""
    caught = [SetAsideSummary("beyond_counted", 3, 1, NOW), SetAsideSummary("not_counted", 9, 4, NOW)]
    told = get("/api/v1/sittings", snapshot(changed(verdict(finding("line")), set_aside=caught)))[0]["set_aside"]
    assert [(one["reason"], one["observations"], one["devices"]) for one in told] == [
        ("beyond_counted", 3, 1),
        ("not_counted", 9, 4),
    ]
    assert told[0]["words"].startswith("Hastigheter över vad mätpunkten själv räknade: 3, från 1 enhet, senast 16")
