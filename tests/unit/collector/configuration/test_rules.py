"""Rules at their edges, beyond the one bad file that each of them has in `tests/config/`."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol.facts import FactSpec
from collector.configuration.profile_folder import DERIVED, OF_DEVICES, OF_ROOMS
from collector.configuration.rules.profiles import FIGURES, profile_problems
from collector.configuration.rules.requirements import requirement_problems
from collector.configuration.rules.settings import is_web_address
from collector.configuration.structure import read
from collector.readiness.domain.model import (
    AirRule,
    Bilingual,
    CapacityRule,
    EvidenceRule,
    Figure,
    Profile,
    Requirement,
    Trust,
)
from tests.unit.collector.configuration.folders import CASES

PARTS = {"capacity": CapacityRule, "evidence": EvidenceRule, "air": AirRule}
PRODUCTS = ("chrome", "firefox")
TEXT = Bilingual("x", "x")
RULE = Requirement(
    id="r",
    title=TEXT,
    failing=TEXT,
    owner="school_it",
    applies_to="device",
    fact="device.memory_total_mib",
    operator="at_least",
    value=4096,
    unit="MiB",
    severity="required",
    remedy=TEXT,
    source="a test",
    date=date(2026, 1, 1),
    trust=Trust.ASSUMED,
)


def codes(**changes: object) -> list[str]:
    """What is wrong with the rule once changed."""
    rule = msgspec.structs.replace(RULE, **changes)
    return [
        found.code.removeprefix("config_")
        for found in requirement_problems((), rule, OF_DEVICES, DERIVED, PRODUCTS, rooms=OF_ROOMS)
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"at_risk_value": 4095},
        {"operator": "at_most", "at_risk_value": 4097},
        {"operator": "equals"},
        {"fact": "device.os_name", "operator": "equals", "value": "windows", "unit": ""},
        {"fact": "device.os_name", "operator": "one_of", "value": ["windows", "macos"], "unit": ""},
        {"fact": "device.os_version", "operator": "version_at_least", "value": "10.15", "at_risk_value": "10.9"},
        {"fact": "device.os_version", "operator": "version_at_most", "value": "14", "at_risk_value": "14.1"},
        {"fact": "browsers.chrome_version", "operator": "latest_minus", "value": 0, "at_risk_value": 2},
        {
            "fact": ["browsers.chrome_version", "browsers.firefox_version"],
            "operator": "months_old_at_most",
            "value": 12,
        },
        {"fact": "wifi.signal_dbm", "applies_to": "room", "value": -67, "at_risk_value": -72, "unit": "dBm"},
        {"fact": "line.down_headroom", "applies_to": "school", "value": 1.3, "at_risk_value": 1.0, "unit": "ratio"},
    ],
)
def test_sensible(changes: dict[str, object]) -> None:
    """Nothing to say."""
    assert codes(**changes) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"value": "4096"}, ["value_no_number"]),
        ({"value": True}, ["value_no_number"]),
        ({"value": None}, ["value_no_number"]),
        ({"value": ["4096"]}, ["value_no_number"]),
        ({"at_risk_value": 4096}, ["at_risk_not_below"]),
        ({"operator": "at_most", "at_risk_value": 4096}, ["at_risk_not_above"]),
        ({"operator": "equals", "at_risk_value": 1}, ["at_risk_does_not_fit"]),
        ({"operator": "equals", "value": "4096"}, ["value_cannot_equal"]),
        ({"operator": "one_of", "value": ["4096"]}, ["value_cannot_equal"]),
        ({"operator": "version_at_least", "value": "4096"}, ["operator_needs_version"]),
        ({"unit": "GiB"}, ["wrong_unit"]),
        ({"fact": ["device.memory_total_mib", "device.memory"]}, ["unknown_fact"]),
        # As text "10.9" comes after "10.15"; as a version before it.
        (
            {"fact": "device.os_version", "operator": "version_at_least", "value": "10.9", "at_risk_value": "10.15"},
            ["at_risk_not_below"],
        ),
        ({"fact": "browsers.edge_version", "operator": "latest_minus", "value": 1}, ["no_releases"]),
        ({"fact": "browsers.chrome_version", "operator": "latest_minus", "value": -1}, ["value_no_number"]),
    ],
)
def test_senseless(changes: dict[str, object], expected: list[str]) -> None:
    """Each is refused for its own reason only."""
    assert codes(**changes) == expected


def test_every_fact_can_be_required_somehow() -> None:
    """No fact is measured that no rule can use."""
    for name, spec in {**OF_DEVICES, **DERIVED, **OF_ROOMS}.items():
        assert codes(fact=name, unit=spec.unit, applies_to=scope(name), **comparison(name, spec)) == [], name


def scope(name: str) -> str:
    """Whom a fact is about."""
    return "school" if name in DERIVED else "room" if name in OF_ROOMS else "device"


def comparison(name: str, spec: FactSpec) -> dict[str, object]:
    """An operator and a value that fit the fact."""
    if spec.is_number:
        return {"operator": "at_least", "value": 1}
    if spec.type == "bool":
        return {"operator": "equals", "value": True}
    if name.endswith("_version"):
        return {"operator": "version_at_least", "value": "1.0"}
    return {"operator": "equals", "value": "x"}


# --- profiles -------------------------------------------------------------------------------------------------------


def plain() -> Profile:
    """The profile of the good configuration."""
    return read(CASES / "good" / "profiles" / "plain.yaml", Profile).value


def test_every_figure_has_its_unit_and_bounds() -> None:
    """A figure added to the model without them would go unchecked."""
    assert FIGURES.keys() == {name for part in PARTS.values() for name in part.__struct_fields__}


@pytest.mark.parametrize("name", FIGURES)
def test_bounds_of_figures(name: str) -> None:
    """Both ends are allowed, and nothing beyond them."""
    expected = FIGURES[name]
    for value, allowed in ((expected.least, True), (expected.most, True), (expected.most * 1.01, False)):
        found = [problem.code for problem in profile_problems("plain", with_figure(name, value))]
        assert ("config_figure_out_of_range" not in found) == allowed, value


def with_figure(name: str, value: float) -> Profile:
    """The plain profile with one figure changed."""
    profile = plain()
    part = next(part for part, rule in PARTS.items() if name in rule.__struct_fields__)
    group = getattr(profile, part)
    figure = Figure(value, FIGURES[name].unit, "made for a test", date(2026, 1, 1), Trust.ASSUMED)
    return msgspec.structs.replace(profile, **{part: msgspec.structs.replace(group, **{name: figure})})


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=3, unique=True)))
def test_a_circle_is_found_exactly_when_there_is_one(links: dict[str, list[str]]) -> None:
    """Against the plain way: take away what depends on nothing that is left, until nothing changes."""
    links = {name: [other for other in others if other in links] for name, others in links.items()}
    rules = [msgspec.structs.replace(RULE, id=name, depends_on=others) for name, others in links.items()]
    profile = msgspec.structs.replace(plain(), requirements=rules)
    found = {problem.code for problem in profile_problems("plain", profile)}
    left = dict(links)
    while free := [name for name, others in left.items() if not set(others) & left.keys()]:
        left = {name: others for name, others in left.items() if name not in free}
    assert ("config_dependency_circle" in found) == bool(left)


# --- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9093", "https://provklar.example.se", "http://[::1]:8080/x", "http://collector:80/"]
)
def test_web_addresses(url: str) -> None:
    """With and without a port or path."""
    assert is_web_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "provklar.example.se",
        "ftp://x",
        "http://",
        "http://:80",
        "http://x:70000",
        "http://x:0",
        "http://x y",
        "//x",
    ],
)
def test_no_web_addresses(url: str) -> None:
    """No scheme, no host, or a port that cannot be."""
    assert not is_web_address(url)
