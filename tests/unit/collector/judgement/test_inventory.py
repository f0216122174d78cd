"""What is written down of machines reaches the judging, and so does what an inventory told where nothing is written."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from collector.configuration.load import load_configuration
from collector.judgement.inventory import as_written_down, with_machines
from tests.unit.collector.configuration.folders import NOW, good_folder
from tests.unit.collector.readiness.cases import device, evidence, observation

SCHOOL = "99000001"


def test_role_group_and_room(tmp_path: Path) -> None:
    """By label; a machine that tells its room is there, and one that tells none stands where the list says."""
    configuration = load_configuration(good_folder(tmp_path), NOW, environ={})
    ones = [
        replace(device("a", room=None), school=SCHOOL, label="VAGN1-01"),
        replace(device("b", room="A2"), school=SCHOOL, label="vagn1-01"),
        replace(device("c", room=None), school=SCHOOL, label="larare", role="staff", group="x"),
    ]
    said = [observation(name, room=room) for name, room in (("a", None), ("b", "A2"), ("c", None))]
    found = with_machines(replace(evidence(said, ones), school=SCHOOL), configuration)
    assert [(one.role, one.group, one.room) for one in found.devices] == [
        ("pupil", "vagn-1", "A1"),
        ("pupil", "vagn-1", "A2"),
        ("staff", "x", None),
    ]
    assert [one.room for one in found.observations] == ["A1", "A2", None]
    assert as_written_down(ones, configuration) == found.devices


def test_where_nothing_is_written_nothing_changes(tmp_path: Path) -> None:
    """The same evidence, not a copy."""
    configuration = load_configuration(good_folder(tmp_path), NOW, environ={})
    seen = evidence([observation(1)])
    assert with_machines(seen, configuration) is seen
