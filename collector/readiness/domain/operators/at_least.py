"""at_least: a number that must not be below another."""

from __future__ import annotations

from agent.protocol.wire import FactValue
from collector.readiness.domain.comparison import ComparisonOperator, RequiredValue, Setting, two_numbers


def _compare(measured: FactValue, wanted: RequiredValue, _: Setting) -> bool | None:
    pair = two_numbers(measured, wanted)
    return None if pair is None else pair[0] >= pair[1]


OPERATOR = ComparisonOperator(
    of="numbers",
    compare=_compare,
    better="higher",
    used_for="numbers",
    met_when="the fact is the value or more",
    value="a number",
    at_risk_value="lower",
)
