"""`GET /api/v1/devices/verdicts`: what each device of a school fails, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from starlette.applications import Starlette

from collector.api.device_verdicts import DeviceVerdictsResource
from collector.readiness.devices.each_device import DeviceReport, device_reports
from collector.readiness.domain.model import MachineEnrolment
from tests.support.asgi import Client
from tests.support.verdicts import configuration as plain_configuration
from tests.support.verdicts import school as plain_school
from tests.unit.collector.readiness.cases import NOW, RELEASES, SCHOOL, device, evidence, memory, profile, requirement

MEMORY = requirement()
PROFILE = profile(MEMORY)


def devices(school: str) -> list[DeviceReport]:
    """One that is fine, one with little memory, and one that has moved."""
    assert school == SCHOOL
    anew = MachineEnrolment("m", "there", "20000002", NOW - timedelta(hours=2))
    ones = [
        replace(device(1), label="vagn1-01", role="pupil", group="vagn-1"),
        device(2),
        replace(device(3), machine="m"),
    ]
    said = [memory(1, 8192), memory(2, 512), memory(3, 512, at=NOW - timedelta(hours=3))]
    found = replace(evidence(said, ones), enrolled=[anew])
    return device_reports(plain_school(), PROFILE, found, RELEASES, NOW)


def ask(query: str) -> Any:
    """Asks."""
    made = replace(plain_configuration(plain_school()), profiles={PROFILE.id: PROFILE})
    return Client(Starlette(routes=DeviceVerdictsResource(lambda: made, devices).routes())).get(
        f"/api/v1/devices/verdicts{query}"
    )


def test_all_of_a_school() -> None:
    """Exactly the promised keys."""
    first, second, third = ask(f"?school={SCHOOL}").json()
    assert first == {
        "id": "1",
        "school": SCHOOL,
        "label": "vagn1-01",
        "room": "a1",
        "role": "pupil",
        "group": "vagn-1",
        "last_seen_at": "2026-11-16T08:00:00Z",
        "machine": None,
        "successor": None,
        "counts": True,
        "not_counted": None,
        "status": "ready",
        "shortcomings": [],
    }
    assert second["shortcomings"] == [
        {
            "requirement": "memory",
            "title": MEMORY.failing.sv,
            "status": "not_ready",
            "fact": "device.memory_total_mib",
            "value": 512,
            "unit": "MiB",
            "reason": None,
        }
    ]
    assert (third["counts"], third["not_counted"], third["machine"]) == (False, "moved", "m")
    assert third["successor"] == {"id": "there", "school": "20000002", "enrolled_at": "2026-11-16T06:00:00Z"}


def test_those_that_fail() -> None:
    """One requirement, in either language."""
    found = ask(f"?school={SCHOOL}&fails=memory&lang=en").json()
    assert [one["id"] for one in found] == ["2", "3"]
    assert found[0]["shortcomings"][0]["title"] == MEMORY.failing.en


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "school_missing"),
        ("?school=1", "unknown_school"),
        (f"?school={SCHOOL}&fails=x", "unknown_requirement"),
        (f"?school={SCHOOL}&lang=fi", "unknown_lang"),
    ],
)
def test_what_there_is_not_is_refused(query: str, code: str) -> None:
    """With what there is."""
    answer = ask(query)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
