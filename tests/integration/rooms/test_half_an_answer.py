"""A controller that answers half, the whole way: the poller's reading in a real store, the judgement, the words on the
page. A count that nobody can trust is never taken for nobody being there.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from agent.protocol.wire import Facts, ProbeResult
from collector.i18n.messages import Language
from collector.readiness.domain.model import Finding, RadioSeen, Room, School, Status, YearGroup
from collector.readiness.verdict.room_reports import SchoolRooms, school_rooms
from collector.store.gear import GearReading, RadioReading
from collector.store.store import Store
from collector.web.pages.rooms import rooms_page
from tests.support.rooms import profile
from tests.support.stored import NOW, SCHOOL, enrolled, opened, report, write
from tests.support.verdicts import snapshot
from tests.unit.collector.readiness.cases import RELEASES

EK = School(SCHOOL, "Ekskolan", [Room("A1", 20, "Sal A1")], [YearGroup("9", 20)])
RADIO = RadioSeen("wlc", "AP-A1", NOW - timedelta(minutes=5), "02:00:00:00:a1:00", None, "5", 36, 3, 20.0)


def measure(store: Store) -> None:
    """Three devices in the room, one reading each on eight days, all by one access point."""
    facts: Facts = {"signal_dbm": -50.0, "snr_db": 40.0, "bssid": "02:00:00:00:a1:04", "band": "5", "channel": 36}
    for number in range(3):
        device, _ = enrolled(store, SCHOOL, "A1")
        for back in range(8):
            at = NOW - timedelta(days=back, minutes=30)
            result = ProbeResult("wifi", 2, "ok", at, 0.1, facts, {})
            write(store, device, report(device, [result], report_id=f"r{number}-{back}", sent_at=at), received_at=at)


def polled(store: Store, radio: RadioSeen) -> SchoolRooms:
    """The rooms, after the controller was asked."""
    store.name_gear({(SCHOOL, "wlc"): False}, NOW - timedelta(days=30))
    store.save_gear([GearReading("wlc", SCHOOL, radio.at, radios=[RadioReading(SCHOOL, "0", radio)])])
    evidence = store.evidence(SCHOOL, NOW, NOW - timedelta(days=30))
    return school_rooms(EK, profile(), evidence, RELEASES, NOW)


def crowd(found: SchoolRooms) -> Finding:
    """What is said about the clients of the room's radio."""
    return next(one for one in found.rooms[0].findings if one.requirement == "wifi-crowd")


def test_a_whole_answer_counts(tmp_path: Path) -> None:
    """Three are there and twenty come."""
    store = opened(tmp_path)
    measure(store)
    found = crowd(polled(store, RADIO))
    assert (found.status, found.measured) == (Status.READY, 23)


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("unclear", ["disagree", "timeout", "cut_short"])
def test_half_an_answer_is_unknown_in_words(unclear: str, language: Language, tmp_path: Path) -> None:
    """Without a number beside it, and with what to do; the channel is known all the same."""
    store = opened(tmp_path)
    measure(store)
    half = msgspec.structs.replace(RADIO, clients_count=None, unclear=unclear)
    rooms = polled(store, half)
    found = crowd(rooms)
    assert (found.status, found.measured) == (Status.UNKNOWN, None)
    assert rooms.rooms[0].utilisation_percent == 20.0
    made = snapshot(schools=[EK], judged_at=NOW, rooms=[rooms], now=NOW)
    [card] = rooms_page(made, NOW, language, SCHOOL).rooms
    words = {
        "sv": ("ofullständiga eller motsägande uppgifter om AP-A1", "bara svarar halvt om AP-A1"),
        "en": ("incomplete or contradicting numbers for AP-A1", "answers only half about AP-A1"),
    }
    [todo] = [one for one in card.todo if words[language][0] in one.why]
    assert words[language][1] in todo.advice[0]
