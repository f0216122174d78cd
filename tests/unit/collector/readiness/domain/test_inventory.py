"""What is written down of a machine: its own line before patterns, the first pattern before the others."""

from __future__ import annotations

import pytest

from collector.readiness.domain.inventory import ListedMachine, MachineNotes, MachineRule, name_of, told_of

RULES = [
    MachineRule("LARARE-*", "staff"),
    MachineRule("vagn?-*", "pupil", "vagnar", "A1"),
    MachineRule("vagn2-*", None, "vagn-2", "A2"),
    MachineRule("*-reserv", "spare"),
]
LISTED = {
    name_of(one.device): one
    for one in (ListedMachine("10000001", "id-1", "spare"), ListedMachine("10000001", "Vagn2-07", None, "klass-9a"))
}


@pytest.mark.parametrize(
    ("device", "label", "told"),
    [
        ("x", None, MachineNotes()),
        ("x", "elev-1", MachineNotes()),
        ("x", "larare-3", MachineNotes("staff")),
        ("x", "Vagn1-3", MachineNotes("pupil", "vagnar", "A1")),
        ("x", "vagn2-reserv", MachineNotes("pupil", "vagnar", "A1")),
        ("x", "VAGN2-07", MachineNotes("pupil", "klass-9a", "A1")),
        ("id-1", "larare-3", MachineNotes("spare")),
    ],
)
def test_told(device: str, label: str | None, told: MachineNotes) -> None:
    """Each of role, group and room by the first that says it."""
    assert told_of(device, label, RULES, LISTED) == told
