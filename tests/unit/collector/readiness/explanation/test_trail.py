"""The numbers behind a finding: where each comes from and how far it can be trusted."""

from __future__ import annotations

import pytest

from collector.readiness.domain.model import Trust
from collector.readiness.explanation.trail import computed, configured, from_profile, measured, wanted, weakest
from tests.unit.collector.readiness.cases import NOW, figure, requirement


def test_measured_has_a_time_and_no_trust_of_its_own() -> None:
    """It speaks for itself."""
    step = measured("step_runs_ok", 22, "runs", "throughput.down_mbit_s", NOW)
    assert (step.origin, step.value, step.unit, step.at, step.trust) == ("measured", 22, "runs", NOW, None)


def test_configured_names_where_it_was_written() -> None:
    """The sitting or the school."""
    step = configured("step_pupils", 90, "pupils", "sitting ek-9-ma")
    assert (step.origin, step.source, step.at) == ("configured", "sitting ek-9-ma", None)


def test_profile_figures_keep_their_source_and_trust() -> None:
    """As the profile gives them."""
    step = from_profile("step_margin", figure(1.3, "ratio"))
    assert (step.origin, step.value, step.unit) == ("profile", 1.3, "ratio")
    assert (step.source, step.trust) == ("made for a test", Trust.PUBLISHED)


def test_computed_hides_binary_fractions() -> None:
    """607.6 + 13 x 1.3 is 624.5 and not 624.4999999999999; what is no fraction stays as it is."""
    assert computed("step_line_required", 607.6 + 13 * 1.3, "Mbit/s", "sum").value == 624.5
    assert computed("step_pupils", 90, "pupils", "sum").value == 90
    assert computed("step_headroom", None, "ratio", "sum").value is None


def test_wanted_shows_both_values_with_rule_source_and_date() -> None:
    """The softer one only where there is one; a list as text."""
    [hard, soft] = wanted(requirement(at_risk_value=2048))
    assert (hard.name, hard.value, hard.trust) == ("step_required_value", 4096, Trust.ASSUMED)
    assert hard.source == "at_least: made for a test, 2026-01-01"
    assert (soft.name, soft.value, soft.unit) == ("step_at_risk_value", 2048, "MiB")
    [listed] = wanted(requirement("device.os_name", "one_of", ["linux", "windows"]))
    assert listed.value == "linux, windows"


@pytest.mark.parametrize(
    ("trusts", "expected"),
    [
        ([Trust.PUBLISHED, Trust.SECOND_HAND], Trust.SECOND_HAND),
        ([Trust.ASSUMED, Trust.PUBLISHED, None], Trust.ASSUMED),
        ([None], None),
        ([], None),
    ],
)
def test_a_sum_is_as_weak_as_its_weakest_part(trusts: list[Trust | None], expected: Trust | None) -> None:
    """Steps without a trust say nothing about it."""
    assert weakest(trusts) is expected
