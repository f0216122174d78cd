"""version_at_most: a version that must not be newer than another."""

from __future__ import annotations

from agent.protocol.wire import FactValue
from collector.readiness.domain.comparison import ComparisonOperator, RequiredValue, Setting, two_versions


def _compare(measured: FactValue, wanted: RequiredValue, _: Setting) -> bool | None:
    pair = two_versions(measured, wanted)
    return None if pair is None else pair[0] <= pair[1]


OPERATOR = ComparisonOperator(
    of="versions",
    compare=_compare,
    better="lower",
    used_for="versions",
    met_when="the version is that or older",
    value="a version in quotes",
    at_risk_value="newer",
)
