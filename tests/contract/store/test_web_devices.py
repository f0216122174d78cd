"""Browsers that join without a key, and what one device said."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from collector.readiness.domain.model import DeviceSeen
from collector.store.errors import EnrolmentRefusedError
from collector.store.store import Store
from collector.store.web_devices import Visit, key_id
from tests.support.stored import NOW, OTHER_SCHOOL, SCHOOL, enrolled, measured, report, write


def joined(store: Store, *, at: timedelta = timedelta(), school: str = SCHOOL, kept: bool = True) -> DeviceSeen:
    """A browser in room B2 that joined then."""
    answer = store.join_web_device(Visit(school, "B2", kept), NOW + at, most_per_day=3)
    device = store.device_for_token(answer.token)
    assert device is not None
    assert device.device_id == answer.device_id
    return device


def test_a_browser_joins_without_a_key(store: Store) -> None:
    """It is a device of its school and room, told apart from agents."""
    agent, _ = enrolled(store)
    browser = joined(store)
    assert (browser.school, browser.room, browser.kind, browser.label) == (SCHOOL, "B2", "web", None)
    assert (browser.enrolled_at, browser.simulated) == (NOW, False)
    assert [(one.device_id, one.kind) for one in store.devices()] == [
        (agent.device_id, "agent"),
        (browser.device_id, "web"),
    ]


def test_one_that_keeps_nothing_is_another_kind(store: Store) -> None:
    """So that nobody counts it twice."""
    assert joined(store, kept=False).kind == "web_once"


def test_a_school_takes_so_many_a_day(store: Store) -> None:
    """Of both kinds together; other schools have their own number, and tomorrow is another day."""
    first = joined(store)
    joined(store, kept=False)
    joined(store, at=timedelta(hours=1))
    with pytest.raises(EnrolmentRefusedError, match="3 new browsers joined") as caught:
        joined(store, at=timedelta(hours=2))
    assert caught.value.code == "too_many_web_devices"
    joined(store, at=timedelta(hours=2), school=OTHER_SCHOOL)
    assert joined(store, at=timedelta(hours=24)).device_id != first.device_id


def test_agents_do_not_use_up_the_number(store: Store) -> None:
    """They show a key."""
    for _ in range(4):
        enrolled(store)
    assert joined(store).kind == "web"


def test_joining_is_ended_by_the_key(store: Store) -> None:
    """The key shows with how many hang on it; nobody can enrol with it; once revoked no browser joins."""
    browser = joined(store)
    joined(store, at=timedelta(minutes=1))
    [key] = store.enrolment_keys()
    assert (key.key_id, key.school, key.label, key.devices) == (key_id(SCHOOL), SCHOOL, "web probe", 2)
    assert store.revoke_enrolment_key(key.key_id, NOW)
    with pytest.raises(EnrolmentRefusedError) as caught:
        joined(store, at=timedelta(minutes=2))
    assert caught.value.code == "web_probe_closed"
    assert browser.device_id in [one.device_id for one in store.devices()]
    joined(store, school=OTHER_SCHOOL)


def test_the_silent_are_forgotten(store: Store) -> None:
    """Browsers alone: one that was heard lately stays, and so does an agent."""
    agent, _ = enrolled(store)
    silent, heard = joined(store), joined(store)
    later = NOW + timedelta(days=30)
    never = joined(store, at=timedelta(days=29))
    write(store, heard, report(heard, [measured(later, {})], sent_at=later), received_at=later)
    assert store.forget_silent_web_devices(later - timedelta(days=2), later) == 1
    left = {one.device_id for one in store.devices()}
    assert left == {agent.device_id, heard.device_id, never.device_id}
    assert silent.device_id in {one.device_id for one in store.evidence(SCHOOL, NOW, NOW).devices}
    assert store.forget_silent_web_devices(later - timedelta(days=2), later) == 0


def test_what_one_device_said(store: Store) -> None:
    """Its own alone, within the time asked for, newest last."""
    browser, (other, _) = joined(store), enrolled(store)
    write(store, other, report(other))
    for days in (9, 2, 1):
        at = NOW - timedelta(days=days)
        found = [measured(at, {"screen_width_px": 1000 * days})]
        write(store, browser, report(browser, found, report_id=f"r{days}", sent_at=at), received_at=at)
    evidence = store.device_evidence(browser, NOW, NOW - timedelta(days=7))
    assert [one.facts for one in evidence.observations] == [{"screen_width_px": 2000}, {"screen_width_px": 1000}]
    assert {one.device_id for one in evidence.observations} == {browser.device_id}
    assert (evidence.school, [one.device_id for one in evidence.devices]) == (SCHOOL, [browser.device_id])


def test_kind_is_in_the_evidence(store: Store) -> None:
    """Where judging reads it."""
    joined(store, kept=False)
    assert [one.kind for one in store.evidence(SCHOOL, NOW, NOW).devices] == ["web_once"]


def test_browsers_raise_no_alarm(store: Store) -> None:
    """What is asked over all schools is what agents said, also where an old collector kept what a browser sent."""
    browser, (agent, _) = joined(store), enrolled(store)
    for device in (agent, browser):
        as_agent = msgspec.structs.replace(device, kind="agent")
        write(store, as_agent, report(device, [measured(NOW, {}, "ladder")]), received_at=NOW)
    found = store.probe_history("ladder", NOW, NOW - timedelta(hours=1))
    assert [one.device_id for one in found[SCHOOL]] == [agent.device_id]
