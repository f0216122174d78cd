"""A profile that says what it changes of another: what it comes to, whoever it builds on."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.configuration.load import load_configuration
from collector.readiness.domain.model import Profile
from tests.unit.collector.configuration.folders import NOW, good_folder, said

HEAD = "id: {id}\nextends: {base}\ntitle: {{sv: Ny, en: New}}\nvalid_from: 2027-01-01\nsource: a new test\n"
MEMORY = """
  - id: memory
    title: {sv: Minne, en: Memory}
    failing: {sv: Lite minne, en: Little memory}
    owner: school_it
    applies_to: device
    fact: device.memory_total_mib
    operator: at_least
    value: 4096
    unit: MiB
    severity: required
    remedy: {sv: Byt, en: Replace}
    source: a test
    date: 2026-01-01
    trust: assumed
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The good folder, which has the profiles `base` and `plain`."""
    return good_folder(tmp_path)


def changed(folder: Path, text: str, *, named: str = "new", base: str = "plain") -> dict[str, Profile]:
    """The profiles, with one that changes `base` so."""
    (folder / "profiles" / f"{named}.yaml").write_text(HEAD.format(id=named, base=base) + text, encoding="utf-8")
    return load_configuration(folder, NOW, environ={}).profiles


def test_what_is_not_named_is_as_it_was(folder: Path) -> None:
    """All but the head."""
    profiles = changed(folder, "")
    new, plain = profiles["new"], profiles["plain"]
    assert (new.capacity, new.evidence, new.requirements) == (plain.capacity, plain.evidence, plain.requirements)
    assert (new.title.sv, new.valid_from.year, new.source) == ("Ny", 2027, "a new test")


def test_a_figure_is_changed_as_a_whole(folder: Path) -> None:
    """With its source; the others stay."""
    text = "capacity:\n  up_per_pupil: {value: 1, unit: Mbit/s, source: others, date: 2026-02-02, trust: assumed}\n"
    profiles = changed(folder, text)
    new, plain = profiles["new"].capacity, profiles["plain"].capacity
    assert (new.up_per_pupil.value, new.up_per_pupil.source) == (1, "others")
    assert new.down_per_pupil == plain.down_per_pupil


def test_assumptions_about_the_air_are_changed_one_by_one(folder: Path) -> None:
    """Of a profile that has changed none itself, too."""
    told = "{value: 200, kind: 500, unit: ms, source: us, date: 2026-02-02, trust: assumed}"
    profiles = changed(folder, f"air:\n  session_rtt: {told}\n")
    assert (profiles["new"].air.session_rtt.value, profiles["new"].air.session_rtt.kind) == (200, 500)
    assert profiles["plain"].air.session_rtt.value == 300


def test_a_requirement_is_changed_key_by_key_where_it_stood(folder: Path) -> None:
    """What is written empty is taken away."""
    text = "requirements:\n  - id: line-down\n    at_risk_value:\n"
    text += "  - id: browser\n    value: 0\n    severity: recommended\n"
    line, browser = changed(folder, text)["new"].requirements
    assert (line.id, line.value, line.at_risk_value) == ("line-down", 1.3, None)
    assert (browser.value, browser.severity, browser.title.sv) == (0, "recommended", "Webbläsare")


def test_new_requirements_come_last_and_others_go(folder: Path) -> None:
    """What leaned on one that goes must not."""
    text = "without: [line-down]\nrequirements:\n  - id: browser\n    depends_on: []" + MEMORY
    assert [one.id for one in changed(folder, text)["new"].requirements] == ["browser", "memory"]


def test_a_change_of_a_change(folder: Path) -> None:
    """In whatever order the files stand."""
    changed(folder, "requirements:\n  - id: browser\n    value: 3\n", named="zweite")
    third = changed(folder, "requirements:\n  - id: browser\n    severity: if_known\n", named="a", base="zweite")["a"]
    assert [(one.value, one.severity) for one in third.requirements if one.id == "browser"] == [(3, "if_known")]


def test_nobody_is_judged_by_a_base(folder: Path) -> None:
    """Others extend it; what is not in it, they are not."""
    base = HEAD.format(id="shared", base="plain") + "base: true\n"
    (folder / "profiles" / "shared.yaml").write_text(base, encoding="utf-8")
    profiles = changed(folder, "", base="shared")
    assert ("new" in profiles, "shared" in profiles) == (True, False)
    settings = folder / "collector.yaml"
    settings.write_text(settings.read_text("utf-8").replace("profile: plain", "profile: shared"), encoding="utf-8")
    [line] = said(folder)
    assert "shared" in line


def test_two_that_build_on_each_other(folder: Path) -> None:
    """Both are told."""
    for named, base in (("one", "two"), ("two", "one")):
        (folder / "profiles" / f"{named}.yaml").write_text(HEAD.format(id=named, base=base), encoding="utf-8")
    told = said(folder)
    assert [line.partition(" ")[0] for line in told] == ["profiles/one.yaml:2:", "profiles/two.yaml:2:"]
    assert all("does not exist or extends this one in turn. There are: base, plain." in line for line in told)


def test_what_a_change_breaks_is_told_where_it_says_so(folder: Path) -> None:
    """A requirement of the other file leans on one that is left out: the line is that of `extends`."""
    (folder / "profiles" / "new.yaml").write_text(
        HEAD.format(id="new", base="plain") + "without: [line-down]\n", encoding="utf-8"
    )
    assert [line.partition(": ")[0] for line in said(folder)] == ["profiles/new.yaml:2"]


def test_what_is_wrong_in_the_other_file_is_told_once(folder: Path) -> None:
    """There, and not in every profile that builds on it."""
    path = folder / "profiles" / "plain.yaml"
    (folder / "profiles" / "new.yaml").write_text(HEAD.format(id="new", base="plain"), encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace("fact: line.down_headroom", "fact: line.down_headrom"))
    assert [line.partition(":")[0] for line in said(folder)] == ["profiles/plain.yaml"]
