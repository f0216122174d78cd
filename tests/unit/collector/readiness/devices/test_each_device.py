"""Every device by itself: what it fails and why, and whether it counts; the same as is counted for a sitting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agent.protocol.wire import Facts
from collector.readiness.devices.each_device import DeviceReport, device_reports
from collector.readiness.domain.model import DeviceSeen, MachineEnrolment, Observation, Requirement, Status
from collector.readiness.evidence.compliance import Fulfilment
from collector.readiness.evidence.index import index_evidence
from tests.support.judging import assess_alone
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    SCHOOL,
    device,
    evidence,
    memory,
    observation,
    on_school,
    profile,
    requirement,
    school,
    sitting,
)

MEMORY = requirement(at_risk_value=2048)
DISK = requirement("device.disk_free_mib", "at_least", 1000, named="disk", severity="recommended")
DNS = on_school("rungs.dns_ratio")
WEEK = timedelta(days=7)


def reports(
    observations: Sequence[Observation],
    devices: Sequence[DeviceSeen] | None = None,
    *rules: Requirement,
    enrolled: Sequence[MachineEnrolment] = (),
) -> dict[str, DeviceReport]:
    """By device."""
    found = replace(evidence(observations, devices), enrolled=list(enrolled))
    asked = profile(*(rules or (MEMORY, DISK, DNS)))
    return {one.device.device_id: one for one in device_reports(school(), asked, found, RELEASES, NOW)}


def short(report: DeviceReport) -> dict[str, str]:
    """What a device does not meet, by requirement."""
    return {one.requirement.id: one.status.value for one in report.shortcomings}


def climbed(of: int, status: str) -> Observation:
    """A ladder with one rung."""
    row: Facts = {"rung": "dns", "kind": "dns", "status": status, "error_code": None if status == "ok" else "no_answer"}
    return observation(of, "ladder", rows=[row])


def test_what_each_fails_and_why() -> None:
    """By value, by the code of why it is not known, and on the way to the test too."""
    said = [observation(n, facts={"memory_total_mib": mib, "disk_free_mib": 10}) for n, mib in ((1, 8192), (2, 512))]
    found = reports([*said, climbed(1, "ok"), climbed(2, "failed"), climbed(3, "ok")])
    assert short(found["1"]) == {"disk": "at_risk"}
    assert short(found["2"]) == {"memory": "not_ready", "disk": "at_risk", "rungs.dns_ratio": "not_ready"}
    assert short(found["3"]) == {"memory": "unknown", "disk": "unknown"}
    assert [found[name].status for name in "123"] == [Status.AT_RISK, Status.NOT_READY, Status.UNKNOWN]
    told = {one.requirement.id: (one.fact, one.value, one.reason) for one in found["2"].shortcomings}
    assert told["memory"] == ("device.memory_total_mib", 512, "")
    assert told["rungs.dns_ratio"] == ("ladder.dns", "dns", "no_answer")
    assert [one.reason for one in found["3"].shortcomings] == ["never_measured", "never_measured"]


def test_one_that_does_not_count_is_there_with_what_it_fails() -> None:
    """And says why it does not, and where its machine is now."""
    anew = MachineEnrolment("m", "b9", "20000002", NOW - timedelta(days=1))
    ones = [replace(device(1), machine="m", enrolled_at=NOW - WEEK), replace(device(2), role="staff"), device(3)]
    said = [memory(1, 512, at=NOW - timedelta(days=2)), memory(2, 8192), memory(3, 8192, at=NOW - WEEK)]
    found = reports(said, ones, MEMORY, enrolled=[anew])
    assert [(found[name].left_out, found[name].in_doubt, found[name].counts) for name in "123"] == [
        ("moved", None, False),
        ("staff", None, False),
        (None, "silent", False),
    ]
    assert (found["1"].successor, found["1"].machine, short(found["1"])) == (anew, "m", {"memory": "not_ready"})
    assert found["3"].status is Status.UNKNOWN, "nothing speaks for one that is silent"


@given(
    st.lists(st.tuples(st.sampled_from([None, 512, 3000, 8192]), st.sampled_from([1, 8]), st.booleans()), max_size=9)
)
def test_it_says_what_is_counted(drawn: list[tuple[int | None, int, bool]]) -> None:
    """As many count and are ready as a sitting counts, whatever they said, when, and whose they are."""
    ones = [replace(device(n), role="staff" if is_staff else None) for n, (_, _, is_staff) in enumerate(drawn)]
    said = [memory(n, mib, at=NOW - timedelta(days=days)) for n, (mib, days, _) in enumerate(drawn) if mib is not None]
    found = reports(said, ones, MEMORY)
    case = assess_alone(sitting(), school(), profile(MEMORY), index_evidence(evidence(said, ones), NOW), RELEASES)
    sure = {one for one, answer in case.answers["memory"].items() if answer.outcome is Fulfilment.OK}
    ready = {name for name, one in found.items() if one.counts and one.status is Status.READY}
    assert ready == sure - case.roll.doubt.keys()
    assert all(one.device.school == SCHOOL for one in found.values())
