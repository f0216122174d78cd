"""latest_minus: a version of which at most so many newer major versions are out."""

from __future__ import annotations

from agent.protocol.wire import FactValue
from collector.readiness.domain.comparison import ComparisonOperator, RequiredValue, Setting
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.releases import LIST_USABLE_DAYS
from collector.readiness.domain.versions import parse_version


def _compare(measured: FactValue, wanted: RequiredValue, setting: Setting) -> bool | None:
    return setting.unless_supported(_by_the_list(measured, wanted, setting), measured)


def _by_the_list(measured: FactValue, wanted: RequiredValue, setting: Setting) -> bool | None:
    found, allowed = parse_version(measured), number_of(wanted) if not isinstance(wanted, list) else None
    majors = sorted({version.major for version, _ in setting.known}, reverse=True)
    if found is None or allowed is None or not majors:
        return None
    if _majors_behind(found.major, majors) > allowed:
        return False  # by an old list already; a newer one could only say more
    return None if setting.list_age_days > LIST_USABLE_DAYS else True


def _majors_behind(major: int, known: list[int]) -> int:
    """How many known majors are newer; for a major that the list leaves out, the plain difference, which is harsher."""
    return known.index(major) if major in known else max(0, known[0] - major)


OPERATOR = ComparisonOperator(
    of="releases",
    compare=_compare,
    better="lower",
    goes_by_the_latest=True,
    used_for="browsers",
    met_when="so many newer major versions exist, or fewer",
    value="a number; 0 is the latest",
    at_risk_value="higher",
)
