"""Supervised sessions on either database: opened, found by what people type, closed, and who took part."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent.protocol.wire import Facts
from collector.readiness.domain.model import DeviceSeen
from collector.readiness.domain.sessions import SupervisedSession
from collector.store.errors import EnrolmentRefusedError
from collector.store.sessions import ALPHABET, CODE_LENGTH
from collector.store.store import Store
from collector.store.web_devices import Visit
from tests.support.stored import NOW, OTHER_SCHOOL, SCHOOL, measured, observations, report, write

HOUR = timedelta(hours=1)
FACTS: Facts = {"os_name": "chromeos"}


def opened(store: Store, school: str = SCHOOL) -> SupervisedSession:
    """An hour in the hall."""
    return store.open_session(school, "HALL", NOW, HOUR)


def joined(store: Store, session: SupervisedSession | None = None, *, most_per_day: int = 5) -> DeviceSeen:
    """A browser that joined a minute ago."""
    visit = Visit(SCHOOL, "HALL" if session else "B2", True, session)
    answer = store.join_web_device(visit, NOW - timedelta(minutes=1), most_per_day=most_per_day)
    device = store.device_for_token(answer.token)
    assert device is not None
    return device


def test_a_session_is_found_by_what_people_type(store: Store) -> None:
    """In any case, with spaces or hyphens; nobody else's code, and not once it is over."""
    session = opened(store)
    assert len(session.code) == CODE_LENGTH
    assert set(session.code) <= set(ALPHABET)
    typed = f" {session.code[:3].lower()}-{session.code[3:]} "
    assert store.session(typed, NOW) == store.session(session.code, NOW + HOUR - timedelta(seconds=1)) == session
    assert store.session(session.code, NOW + HOUR) is None
    assert store.session("", NOW) is store.session("ZZZZZZ", NOW) is None


def test_a_session_closes_by_itself_or_sooner(store: Store) -> None:
    """Once."""
    session = opened(store)
    early = NOW + timedelta(minutes=5)
    assert store.close_session(session.code.lower(), early)
    assert store.session(session.code, early) is None
    assert not store.close_session(session.code, early)
    assert not store.close_session(opened(store).code, NOW + HOUR)
    assert sorted(one.ends_at for one, _ in store.sessions()) == [early, NOW + HOUR]


def test_what_a_browser_sends_in_a_session_is_marked(store: Store) -> None:
    """From when it takes part until the end, in the session's room; read back as it was marked."""
    browser, session = joined(store), opened(store)
    for minutes, name in ((-3, "before"), (1, "in"), (70, "after")):
        at = NOW + timedelta(minutes=minutes)
        if minutes > 0:
            store.take_part(browser.device_id, session, NOW)
        write(store, browser, report(browser, [measured(at, FACTS)], report_id=name, sent_at=at), received_at=at)
    found = observations(store, NOW + 2 * HOUR)
    assert [(one.session, one.room) for one in found] == [(None, "B2"), (session.session_id, "HALL"), (None, "B2")]
    [marked] = [one for one in found if one.session]
    assert (marked.first_at, marked.last_at) == (NOW + timedelta(minutes=1), NOW + timedelta(minutes=1))


def test_who_takes_part(store: Store) -> None:
    """Since it joined, whoever asks again; of several sessions the newest first."""
    session, browser = opened(store), joined(store)
    store.take_part(browser.device_id, session, NOW)
    store.take_part(browser.device_id, session, NOW + timedelta(minutes=9))
    other = store.open_session(SCHOOL, "A1", NOW, HOUR)
    store.take_part(browser.device_id, other, NOW + timedelta(minutes=10))
    [first, second] = store.seats([browser.device_id])[browser.device_id]
    assert (first.session, second.session, second.joined_at) == (other, session, NOW)
    assert store.seats([joined(store).device_id]) == {}
    assert {one.session_id: browsers for one, browsers in store.sessions()} == {
        session.session_id: 1,
        other.session_id: 1,
    }


def test_machines_without_an_agent(store: Store) -> None:
    """Those who joined a session for them, from then on and not before; who joined another is not known to be one."""
    apart = store.open_session(SCHOOL, "HALL", NOW - timedelta(minutes=2), HOUR, without_agents=True)
    one, other, nobody = joined(store, apart), joined(store, opened(store)), joined(store)
    known = {device.device_id: device.without_agent for device in store.evidence(SCHOOL, NOW, NOW - HOUR).devices}
    assert known == {one.device_id: True, other.device_id: False, nobody.device_id: False}
    store.take_part(other.device_id, apart, NOW + timedelta(minutes=5))
    at = [NOW + timedelta(minutes=minutes) for minutes in (4, 5)]
    told = [store.evidence(SCHOOL, moment, NOW - HOUR).devices for moment in at]
    assert [sum(device.without_agent for device in devices) for devices in told] == [1, 2]
    assert [session.without_agents for session, _ in store.sessions()] == [False, True]


def test_strangers_use_up_no_place_in_a_session(store: Store) -> None:
    """Nor does a session use up theirs: the bound of a day is for those whom nobody let in."""
    session = opened(store)
    assert joined(store, session, most_per_day=1).room == "HALL"
    joined(store, most_per_day=1)
    with pytest.raises(EnrolmentRefusedError):
        joined(store, most_per_day=1)
    assert joined(store, session, most_per_day=1).kind == "web"


def test_old_sessions_are_forgotten(store: Store) -> None:
    """With who took part; others stay."""
    old, elsewhere = opened(store), opened(store, OTHER_SCHOOL)
    joined(store, old)
    new = store.open_session(SCHOOL, "A1", NOW + 2 * HOUR, HOUR)
    assert store.delete_older_than(NOW + HOUR) == 0
    assert store.delete_older_than(NOW + HOUR + timedelta(seconds=1)) == 2
    assert [one for one, _ in store.sessions()] == [new]
    assert elsewhere not in [one for one, _ in store.sessions()]
