"""ends.chromebooks_on: until when all Chromebooks of the school but the spare share get updates, by their models."""

from __future__ import annotations

from datetime import date

from collector.readiness.assessment.assessment import Assessment
from collector.readiness.assessment.derived_fact import Computed, DerivedFact
from collector.readiness.domain.fact_values import DATE_UNIT, end_of_day
from collector.readiness.domain.lifetimes import end_of_model
from collector.readiness.domain.model import ChromebookModel, Requirement, Text
from collector.readiness.ends.ending import Ending, earliest_end

PRODUCT = "chromebooks"
_SYSTEM = "chromeos"


def _compute(case: Assessment, requirement: Requirement) -> Computed:
    ends = {one.model: (one, _end(case, one)) for one in case.school.chromebooks}
    known = [(one, end) for one, end in ends.values() if end is not None]
    unlisted = [Text("advice_end_model_not_listed", {"model": one.model}) for one, end in ends.values() if end is None]
    advice = unlisted if ends else [Text("advice_end_list_models")]
    unknown = Text("why_end_no_models") if not ends else Text("why_end_models_not_listed")
    found = [] if unlisted else _last_of_most(known, case.profile.capacity.spare_share.value)
    return earliest_end(case, requirement, found, unknown=unknown, missing=advice)


def _end(case: Assessment, one: ChromebookModel) -> date | None:
    listed = case.releases.lifetimes.get(PRODUCT)
    return None if listed is None else end_of_model(listed, one.model)


def _last_of_most(known: list[tuple[ChromebookModel, date]], spare_share: float) -> list[Ending]:
    """The end that all but the spare share of the machines reach, by the model whose it is."""
    each = sorted((end, one.model) for one, end in known for _ in range(one.devices))
    spared = int(round(len(each) * spare_share, 9))
    return [Ending(model, end_of_day(end), end_of_day(end)) for end, model in each[spared : spared + 1]]


def _has_some(case: Assessment) -> bool:
    said = case.observed.newest.get("device", {}).values()
    return bool(case.school.chromebooks) or any(one.facts.get("os_name") == _SYSTEM for one in said)


DERIVED = DerivedFact(
    "ends.chromebooks_on",
    DATE_UNIT,
    "until when all but the spare share of the school's Chromebooks get updates",
    _compute,
    applies=_has_some,
)
