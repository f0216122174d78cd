"""Where else a machine is or was enrolled, on either database: as it was known, and never more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from agent.protocol.wire import Facts
from collector.readiness.domain.model import DeviceSeen, MachineEnrolment
from collector.store.store import Store
from tests.support.stored import NOW, OTHER_SCHOOL, SCHOOL, enrolled, measured, report, write

HOUR = timedelta(hours=1)


def tells(store: Store, device: DeviceSeen, machine: object, at: datetime) -> None:
    """The agent says which machine it is on."""
    facts: Facts = {"os_name": "linux", "machine_id": machine}  # type: ignore[dict-item]  # what can be none too
    write(store, device, report(device, [measured(at, facts)], sent_at=at, report_id=f"r{at:%d%H%M%S}"), received_at=at)


def known(store: Store, at: datetime, school: str = SCHOOL) -> list[MachineEnrolment]:
    """Of a school's machines."""
    return store.evidence(school, at, at - timedelta(days=30)).enrolled


def enrolment(device: DeviceSeen, revoked_at: datetime | None = None) -> MachineEnrolment:
    """As it is read."""
    return MachineEnrolment("m", device.device_id, device.school, device.enrolled_at, revoked_at)


def test_another_enrolment_is_known_from_when_both_have_told(store: Store) -> None:
    """At the same school or another; each sees the other, and what was known before stays as it was."""
    here, there, again = enrolled(store)[0], enrolled(store, OTHER_SCHOOL)[0], enrolled(store)[0]
    tells(store, here, "m", NOW)
    tells(store, there, "m", NOW + HOUR)
    tells(store, again, "another", NOW + HOUR)
    assert known(store, NOW) == known(store, NOW + HOUR - timedelta(seconds=1)) == []
    assert known(store, NOW + HOUR) == [enrolment(there)]
    assert known(store, NOW + HOUR, OTHER_SCHOOL) == [enrolment(here)]
    tells(store, again, "m", NOW + 2 * HOUR)
    ids = {one.device_id for one in known(store, NOW + 2 * HOUR)}
    assert ids == {here.device_id, there.device_id, again.device_id}
    assert known(store, NOW + HOUR) == [enrolment(there)], "as of then"


def test_one_that_was_revoked_is_told_with_when(store: Store) -> None:
    """From then on."""
    here, there = enrolled(store)[0], enrolled(store, OTHER_SCHOOL)[0]
    tells(store, here, "m", NOW)
    tells(store, there, "m", NOW)
    store.revoke_device(there.device_id, NOW + HOUR)
    assert known(store, NOW) == [enrolment(there)]
    assert known(store, NOW + HOUR) == [enrolment(there, NOW + HOUR)]


@pytest.mark.parametrize("machine", [None, "", "x" * 65])
def test_what_tells_no_machine_is_none(store: Store, machine: str | None) -> None:
    """Two that tell nothing are not one."""
    for school in (SCHOOL, OTHER_SCHOOL):
        tells(store, enrolled(store, school)[0], machine, NOW)
    assert known(store, NOW) == []
