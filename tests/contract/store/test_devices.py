"""Enrolment keys, devices and tokens."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from agent.protocol.wire import Enrolment
from collector.store.errors import EnrolmentRefusedError
from collector.store.store import TOKEN_REMEMBERED_S, Store
from tests.support.stored import NOW, OTHER_SCHOOL, SCHOOL, Place, enrolled, opened, report, write


def test_a_device_enrols_with_its_schools_key(store: Store) -> None:
    """The key gives a device with what it said about itself, and nothing more."""
    _, key = store.create_enrolment_key(SCHOOL, "autumn", NOW)
    answer = store.enrol(Enrolment(SCHOOL, key, "B2", "cart 1", simulated=True), NOW)
    device = store.device_for_token(answer.token)
    assert device is not None
    assert (device.device_id, device.school, device.room, device.label) == (answer.device_id, SCHOOL, "B2", "cart 1")
    assert (device.enrolled_at, device.last_seen_at, device.simulated) == (NOW, None, True)
    assert (device.agent_version, device.clock_offset_s) == (None, None)


def test_two_devices_of_one_key_are_two(store: Store) -> None:
    """A key serves a whole school; each device has an id and a token of its own."""
    key_id, key = store.create_enrolment_key(SCHOOL, "autumn", NOW)
    first, second = (store.enrol(Enrolment(SCHOOL, key), NOW) for _ in range(2))
    assert first.device_id != second.device_id
    assert first.token != second.token
    assert [device.device_id for device in store.devices()] == [first.device_id, second.device_id]
    [shown] = store.enrolment_keys()
    assert (shown.key_id, shown.school, shown.label, shown.revoked_at, shown.devices) == (
        key_id,
        SCHOOL,
        "autumn",
        None,
        2,
    )


@pytest.mark.parametrize("attempt", ["wrong key", "other school", "revoked"])
def test_a_key_that_does_not_fit_is_refused_alike(store: Store, attempt: str) -> None:
    """Whatever is wrong with it, the answer tells a guesser nothing about other keys."""
    key_id, key = store.create_enrolment_key(SCHOOL, "autumn", NOW)
    school = OTHER_SCHOOL if attempt == "other school" else SCHOOL
    if attempt == "revoked":
        assert store.revoke_enrolment_key(key_id, NOW)
    with pytest.raises(EnrolmentRefusedError) as caught:
        store.enrol(Enrolment(school, "guessed" if attempt == "wrong key" else key), NOW)
    assert caught.value.code == "enrolment_refused"
    assert caught.value.message == (
        f"This enrolment key is not valid for school {school}, or it was revoked. Ask whoever runs the collector for a "
        "key made for this school."
    )
    assert store.devices() == []


def test_a_key_is_revoked_once(store: Store) -> None:
    """Revoking what is not there, or again, says so."""
    key_id, _ = store.create_enrolment_key(SCHOOL, "autumn", NOW)
    assert store.revoke_enrolment_key(key_id, NOW) is True
    assert store.revoke_enrolment_key(key_id, NOW + timedelta(hours=1)) is False
    assert store.revoke_enrolment_key("no-such-key", NOW) is False
    assert store.enrolment_keys()[0].revoked_at == NOW


def test_a_revoked_key_leaves_its_devices(store: Store) -> None:
    """Ending a key stops new devices, not those that are there."""
    key_id, key = store.create_enrolment_key(SCHOOL, "autumn", NOW)
    answer = store.enrol(Enrolment(SCHOOL, key), NOW)
    store.revoke_enrolment_key(key_id, NOW)
    assert store.device_for_token(answer.token) is not None


def test_unknown_and_revoked_tokens_are_nobodys(store: Store) -> None:
    """A revoked device is gone at once in this process, also when its token was just used."""
    device, token = enrolled(store)
    assert store.device_for_token("no-such-token") is None
    assert store.device_for_token(token) == device
    assert store.revoke_device(device.device_id, NOW) is True
    assert store.device_for_token(token) is None
    assert store.revoke_device(device.device_id, NOW) is False
    assert store.devices() == []


def test_another_process_revokes(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token is taken as checked for a short while only, so that the command line can revoke under a collector."""
    ours, theirs = place.opened(), place.opened()
    device, token = enrolled(ours)
    theirs.revoke_device(device.device_id, NOW)
    assert ours.device_for_token(token) == device
    later_s = time.monotonic() + TOKEN_REMEMBERED_S
    monkeypatch.setattr(ours, "_monotonic_s", lambda: later_s)
    assert ours.device_for_token(token) is None
    ours.close()
    theirs.close()


def test_no_secret_is_on_disk(tmp_path: Path) -> None:
    """Neither key nor token can be read from the database file; and only its owner can read the file."""
    store = opened(tmp_path)
    _, key = store.create_enrolment_key(SCHOOL, "autumn", NOW)
    token = store.enrol(Enrolment(SCHOOL, key), NOW).token
    files = list(tmp_path.iterdir())
    written = b"".join(file.read_bytes() for file in files)
    modes = {file.stat().st_mode & 0o777 for file in files}
    store.close()
    assert SCHOOL.encode() in written
    assert key.encode() not in written
    assert token.encode() not in written
    assert modes == {0o600}


def test_devices_of_one_school(store: Store) -> None:
    """Schools are kept apart."""
    ours, _ = enrolled(store)
    theirs, _ = enrolled(store, OTHER_SCHOOL)
    assert store.devices(SCHOOL) == [ours]
    assert store.devices(OTHER_SCHOOL) == [theirs]
    assert store.devices() == [ours, theirs]


def test_a_report_tells_about_its_device(store: Store) -> None:
    """When it was heard, what agent it runs, how far off its clock is, and where it stands now."""
    device, _ = enrolled(store, room="A1")
    write(store, device, report(device, report_id="a"), received_at=NOW + timedelta(seconds=1.5))
    [seen] = store.devices()
    assert (seen.last_seen_at, seen.agent_version) == (NOW + timedelta(seconds=1.5), "0.1.0")
    assert (seen.clock_offset_s, seen.room) == (-1.5, "A1")
    write(store, device, report(device, report_id="b", room="C3"))
    assert store.devices()[0].room == "C3"
    write(store, device, report(device, report_id="c", room=None))
    assert store.devices()[0].room == "C3"


def test_counts(store: Store) -> None:
    """Devices that are not revoked, and reports stored, each once."""
    device, _ = enrolled(store)
    gone, _ = enrolled(store)
    store.revoke_device(gone.device_id, NOW)
    write(store, device, report(device, report_id="a"), report(device, report_id="b"), report(device, report_id="a"))
    write(store, device, report(device, report_id="b"))
    counts = store.counts()
    assert (counts.devices, counts.reports) == (1, 2)
