"""The profiles that come with the product: their sums are those of the facts, and their marks say whose rules they "
"hold."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collector.configuration.load import load_configuration
from collector.configuration.profile_folder import DERIVED, OF_DEVICES, OF_ROOMS, profiles_in
from collector.readiness.domain.model import Figure, Profile, Requirement, Trust
from collector.readiness.domain.share_names import SHARES
from collector.readiness.explanation.profile_diff import figures_of
from tests.support.collectors import SAMPLE

PROFILES = {one.profile.id: one.profile for one in profiles_in(SAMPLE)}
COMPARED = ("norway-flexiteexam", "ap", "sat-school-day", "nwea-map", "tao-typical", "tao-intensive", "fcc-cosn")
RATES = ("down_per_pupil", "up_per_pupil")


def numbers(profile: Profile) -> list[Figure | Requirement]:
    """Everything in it that carries a source."""
    return [*figures_of(profile).values(), *profile.requirements]


@pytest.mark.parametrize(
    ("named", "down", "up"),
    [
        ("skolverket-dnp-2024", 45, 9),
        ("norway-flexiteexam", 90, 90),
        ("ap", 90, 18),
        ("sat-school-day", 18, 18),
        ("nwea-map", 6, 6),
        ("tao-typical", 14, 9),
        ("tao-intensive", 108, 9),
        ("fcc-cosn", 90, 9),
        ("slutprov-2029-planning", 90, 18),
    ],
)
def test_what_ninety_pupils_take(named: str, down: int, up: int) -> None:
    """As the table of facts sums it, in Mbit/s."""
    capacity = PROFILES[named].capacity
    assert (round(90 * capacity.down_per_pupil.value), round(90 * capacity.up_per_pupil.value)) == (down, up)


@pytest.mark.parametrize("named", COMPARED)
def test_nobody_who_is_compared_decides_here(named: str) -> None:
    """And no margin is added to what they name; a line that gives just that is enough."""
    profile = PROFILES[named]
    assert [one for one in numbers(profile) if one.trust is Trust.PUBLISHED] == []
    lines = [one for one in profile.requirements if one.id in {"line-down", "line-up"}]
    assert [(one.value, one.at_risk_value) for one in lines] == [(1, None), (1, None)]
    assert profile.capacity.margin.value == 1


@pytest.mark.parametrize("named", sorted(PROFILES))
def test_the_line_is_marked_as_the_rate_that_it_is_held_against(named: str) -> None:
    """A requirement must not look better founded than its figure."""
    profile = PROFILES[named]
    asked = {one.id: one for one in profile.requirements}
    for figure, requirement in zip(RATES, ("line-down", "line-up"), strict=True):
        rate: Figure = getattr(profile.capacity, figure)
        assert (asked[requirement].trust, asked[requirement].whose) == (rate.trust, rate.whose), requirement


def test_what_is_planned_for_2029_is_assumed_and_says_so() -> None:
    """Whatever no other body has published elsewhere; in its title and in its source, too."""
    profile = PROFILES["slutprov-2029-planning"]
    assert "antaganden" in profile.title.sv
    assert "assumptions" in profile.title.en
    own: list[Figure | Requirement] = [profile.capacity.down_per_pupil, profile.capacity.up_per_pupil]
    own_rules = [one for one in profile.requirements if "2029" in one.source or "nothing is published" in one.source]
    assert len(own_rules) == 7
    assert {one.trust for one in (*own, *own_rules)} == {Trust.ASSUMED}
    assert not any(one.whose in {"Skolverket", "SKR"} for one in numbers(profile))


@pytest.mark.parametrize("named", sorted(PROFILES))
def test_no_number_that_is_second_hand_or_assumed_is_skolverkets(named: str) -> None:
    """Of the files of comparison none names Skolverket as the one who decides."""
    for one in numbers(PROFILES[named]):
        if one.source.startswith("This project"):
            assert one.trust is Trust.ASSUMED, one.source


def test_every_profile_is_loaded_by_a_collector() -> None:
    """The folder is the list; nobody is judged by what is there to be extended."""
    loaded = load_configuration(SAMPLE, datetime(2026, 11, 26, tzinfo=UTC), environ={}).profiles
    assert PROFILES.keys() == {path.stem for path in (SAMPLE / "profiles").glob("*.yaml")}
    assert PROFILES.keys() - loaded.keys() == {"comparison-base"}


def test_every_share_that_is_required_says_of_what() -> None:
    """Of all ratios only headrooms are none: they have two numbers beside them."""
    asked = {one.fact for profile in PROFILES.values() for one in profile.requirements if isinstance(one.fact, str)}
    ratios = {name for name, spec in {**OF_DEVICES, **DERIVED, **OF_ROOMS}.items() if spec.unit == "ratio"}
    assert {name for name in asked & ratios if not name.endswith("_headroom")} <= SHARES.keys()
    assert SHARES.keys() <= ratios
