"""docs/capacity.md says what the code does: its derived facts, its example and its profile's figures."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from agent.protocol.quantiles import lower_bound_rank, samples_needed
from collector.readiness.derived import DERIVED_FACTS
from collector.readiness.domain.model import Status
from tests.support.judging import advise_alone
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    evidence,
    found,
    hourly,
    on_school,
    profile,
    school,
    sitting,
    step,
)

ROOT = Path(__file__).parents[5]
PAGE = (ROOT / "docs" / "capacity.md").read_text(encoding="utf-8")
PROFILE = yaml.safe_load((ROOT / "config" / "profiles" / "skoldigiguide-2023.yaml").read_text(encoding="utf-8"))


def test_every_derived_fact_is_named_with_its_unit() -> None:
    """None missing, none left over."""
    rows = re.findall(r"^\| `([a-z]+\.[a-z0-9_]+)` \| ([\w/]+) \|", PAGE, re.MULTILINE)
    assert dict(rows) == dict(DERIVED_FACTS)


def test_the_example_is_what_the_code_says() -> None:
    """The page's own numbers, judged."""
    rule = on_school("line.down_headroom", value=1.3, at_risk_value=1.0)
    finding = found(rule, hourly([40.0] * 22), about=sitting(pupils=90))
    rows = re.findall(r"^\| ([a-z ]+) \| .* \| ([0-9.]+) \|$", PAGE, re.MULTILINE)
    names = {
        "needed": "step_needed",
        "others may take": "step_others_may_take",
        "left at least": "step_line_available",
        "left at most": "step_line_most",
    }
    table = {name: float(value) for name, value in rows if name in names}
    assert table == {name: step(finding, code) for name, code in names.items()}
    assert (finding.status, finding.headroom) == (Status.NOT_READY, 40 / 45)
    advised = advise_alone(sitting(pupils=90), school(), profile(rule), evidence(hourly([40.0] * 22)), RELEASES, NOW)
    assert [fix.what.values for fix in advised.fixes] == [{"groups": 2, "pupils": 45, "minutes": 75}, {"more": 19}]
    for rate, status in ((45.0, Status.AT_RISK), (58.5, Status.READY)):
        assert found(rule, hourly([rate] * 22), about=sitting(pupils=90)).status is status


def test_the_hours_that_it_takes() -> None:
    """At the quantile and confidence of the page."""
    assert samples_needed(0.1, 0.9) == 22
    assert lower_bound_rank(37, 0.1, 0.9) == 1
    assert lower_bound_rank(38, 0.1, 0.9) == 2


def test_the_figures_are_those_of_the_profile() -> None:
    """The page shows what the profile has."""
    capacity = {name: figure["value"] for name, figure in PROFILE["capacity"].items()}
    shown = {
        "down, up per pupil": f"{capacity['down_per_pupil']}, {capacity['up_per_pupil']} Mbit/s",
        "start burst": f"{capacity['start_burst_per_pupil']} Mbyte within {capacity['start_burst_within']} s",
        "margin": f"{capacity['margin']}",
        "background down per other user": f"{capacity['background_down_per_other_user']} Mbit/s",
        "background up per other user": f"{capacity['background_up_per_other_user']} Mbit/s",
        "quantile, confidence, spares": ", ".join(
            str(capacity[name]) for name in ("line_quantile", "confidence", "spare_share")
        ),
    }
    for name, value in shown.items():
        assert f"| {name} | {value} |" in PAGE
