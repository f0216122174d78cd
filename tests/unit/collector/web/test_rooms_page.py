"""The page and the answers about rooms, as plain values."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from agent.protocol.wire import Facts
from collector.i18n.messages import Language
from collector.judgement.snapshot import Snapshot
from collector.readiness.domain.model import Observation, RadioSeen, Status
from collector.web.pages.rooms import RoomCard, RoomsPage, rooms_page
from tests.support import reading_api
from tests.support.rooms import AP_A1, AP_A2, NOW, days_of, heard, radio, reports
from tests.support.verdicts import snapshot
from tests.unit.collector.readiness.cases import school

EK = school()


def known(
    observations: list[Observation],
    radios: list[RadioSeen] | None = None,
    judged_at: datetime = NOW,
    read_at: datetime = NOW,
) -> Snapshot:
    """A snapshot of one school with these rooms, judged and read at these times."""
    return snapshot(
        schools=[EK], judged_at=judged_at, rooms=[reports(observations, radios or [], now=judged_at)], now=read_at
    )


def shown(made: Snapshot, *, of: str | None = EK.code, language: Language = "sv", now: datetime = NOW) -> RoomsPage:
    """The page at noon."""
    return rooms_page(made, now, language, of)


def only(rooms: list[RoomCard], name: str) -> RoomCard:
    """The card of one room."""
    return next(one for one in rooms if one.name == name)


GOOD = known(days_of("a1", [-50.0] * 13), [radio(clients=0)])
"""Thirteen places speak for a class of 30."""


def test_rooms_that_were_never_measured_come_first_and_apart() -> None:
    """By name, unknown, with what to do."""
    page = shown(GOOD)
    assert [one.name for one in page.never] == ["Sal A2", "a3"]
    assert [one.name for one in page.rooms] == ["Sal A1"]
    never = page.never[0]
    assert (never.badge.status, never.badge.words) == (Status.UNKNOWN, "Vet inte än")
    assert [(one.why, one.advice) for one in never.todo] == [
        (
            "Wi-Fi når fram i salen: Det finns inget färskt värde från Sal A2.",
            ["Mät i salar som saknar färska värden (1): Sal A2."],
        )
    ]
    assert page.summary == "1 av 3 salar är mätta."


def test_the_numbers_of_a_room() -> None:
    """Each with its unit, and a word where nothing is known."""
    card = only(shown(GOOD).rooms, "Sal A1")
    assert {one.label: one.value for one in card.figures} == {
        "Signal (nio av tio platser når)": "-50\u00a0dBm",
        "Signal över brus": "40\u00a0dB",
        "Kanalen är upptagen": "20\u00a0%",
        "Underlag": "13 enheter, 8 dagar",
        "Senast mätt": "för 1 timme sedan (16 nov. 2026 11:00)",
    }
    assert card.seats == "30 platser"
    assert card.access_points == ["AP-A1: 5 GHz, kanal 36, bär 100 %, 0 anslutna, kanalen upptagen till 20 %"]
    unknown = only(shown(GOOD).never, "Sal A2")
    assert {one.value for one in unknown.figures} >= {"okänt", "aldrig"}


def test_every_number_behind_a_room_can_be_seen() -> None:
    """A card per requirement on rooms, each with its steps."""
    card = only(shown(GOOD).rooms, "Sal A1")
    assert {one.title for one in card.cards} == {
        "Wi-Fi når fram i salen",
        "Luften räcker för eleverna i salen",
        "Signalen når över bruset i salen",
        "Radiokanalen har plats för provet",
        "Accesspunkterna är för få för eleverna i salen",
        "Datorerna talar fort nog med accesspunkten",
        "Få sändningar behöver göras om",
        "Paket kommer fram till skolans router",
        "Svaren från skolans router kommer jämnt",
    }
    assert all(one.steps for one in card.cards)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_controller_that_answers_half(language: Language) -> None:
    """No count is shown, the requirement is unknown, and the words say what to do."""
    half = known(days_of("a1", [-50.0] * 3), [radio(clients=0, unclear="timeout")])
    card = only(shown(half, language=language).rooms, "Sal A1")
    assert "AP-A1" in card.access_points[0]
    assert "0 anslutna" not in card.access_points[0]
    assert "0 clients" not in card.access_points[0]
    words = {
        "sv": "Be den som sköter nätet se efter varför nätutrustningen bara svarar halvt om AP-A1",
        "en": "Ask whoever runs the network why the gear answers only half about AP-A1",
    }
    assert any(advice.startswith(words[language]) for one in card.todo for advice in one.advice)


def test_macs_hide_the_access_point_but_not_the_signal() -> None:
    """The room is measured; who carries it is unknown, with another way to know."""
    macs = [
        heard(f"m{number}", "a1", bssid=None, missing={"bssid": "redacted_by_system"}, at=NOW - timedelta(days=back))
        for number in range(3)
        for back in range(8)
    ]
    card = only(shown(known(macs)).rooms, "Sal A1")
    assert card.access_points == []
    hidden = "macOS döljer vilken accesspunkt som används (enheter: 3)."
    assert any(advice.startswith(hidden) for one in card.todo for advice in one.advice)


def test_windows_without_consent() -> None:
    """Nothing is known of the room, and the words say where to turn it on."""
    names = ("signal_dbm", "snr_db", "bssid")
    hidden = [
        heard(
            f"w{number}",
            "a1",
            signal_dbm=None,
            snr_db=None,
            bssid=None,
            missing=dict.fromkeys(names, "permission_denied"),
        )
        for number in range(3)
    ]
    card = only(shown(known(hidden)).rooms, "Sal A1")
    assert card.badge.status is Status.UNKNOWN
    assert any("slå på platstjänster" in advice for one in card.todo for advice in one.advice)


def test_misplaced_access_points() -> None:
    """A sentence each."""
    row: Facts = {"own": True, "bssid": "02:00:00:00:a1:00", "signal_dbm": -70.0}
    there = [heard(f"s{number}", "a2", bssid="02:00:00:00:a2:00", rows=[row]) for number in range(3)]
    page = shown(known([*days_of("a1", [-45.0] * 3), *there], [radio(room="a2")]))
    [said] = page.misplaced
    assert said.startswith("AP-A1 ska stå i Sal A2 men hörs mycket bättre i Sal A1 (-45 dBm mot -70 dBm).")


def test_schools() -> None:
    """How many rooms, how many measured, and those that nobody has measured."""
    page = shown(GOOD, of=None)
    [row] = page.schools
    assert (row.school.path, row.rooms, row.measured, row.never) == ("/rooms?school=10000001", "3", "1", "2")
    assert row.some_never
    assert page.never == page.rooms == []


def test_old_judgements_are_no_good_news() -> None:
    """Once judging has stopped, what was ready is unknown."""
    calm = [one for bssid in (AP_A1, AP_A2) for one in days_of("a1", [-50.0] * 13, bssid=bssid)]
    assert only(shown(known(calm)).rooms, "Sal A1").badge.status is Status.READY
    late = shown(known(calm, read_at=NOW + timedelta(hours=1)), now=NOW + timedelta(hours=1))
    assert only(late.rooms, "Sal A1").badge.status is Status.UNKNOWN
    assert [one.kind for one in late.frame.notices] == ["stopped"]


def test_nothing_to_show() -> None:
    """No such school, nothing judged yet, no rooms."""
    assert shown(GOOD, of="99").empty is not None
    waiting = shown(snapshot(schools=[EK], judged_at=None), of=None)
    assert waiting.empty is not None
    bare = msgspec.structs.replace(EK, rooms=[])
    without = snapshot(schools=[bare], rooms=[reports([], of=bare)])
    page = shown(without)
    assert page.empty is not None
    assert page.empty.title == "Skolan har inga salar"


def answered(made: Snapshot, path: str) -> Any:
    """The JSON of an answer that must be 200."""
    answer = reading_api.client(lambda: made).get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_api_tells_the_same() -> None:
    """Numbers as numbers, null where nothing is known, and every step."""
    [told] = answered(GOOD, "/api/v1/rooms?school=10000001&lang=en")
    assert told["school"] == {"code": "10000001", "name": "Ekskolan"}
    first, second, _ = told["rooms"]
    assert (first["id"], first["signal_p10_dbm"], first["devices"], first["days"]) == ("a1", -50.0, 13, 8)
    assert first["access_points"][0]["clients"] == 0
    assert (second["status"], second["newest_at"], second["signal_p10_dbm"]) == ("unknown", None, None)
    assert all(one["steps"] for one in first["findings"])
    assert told["misplaced"] == []


def test_the_api_knows_only_configured_schools() -> None:
    """As the other lists."""
    answer = reading_api.client(lambda: GOOD).get("/api/v1/rooms?school=99")
    assert answer.status_code == 400
