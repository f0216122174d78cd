"""one_of: a text that must be in a list."""

from __future__ import annotations

from agent.protocol.wire import FactValue
from collector.readiness.domain.comparison import ComparisonOperator, RequiredValue, Setting


def _compare(measured: FactValue, wanted: RequiredValue, _: Setting) -> bool | None:
    if not isinstance(measured, str) or not isinstance(wanted, list):
        return None
    return measured in wanted


OPERATOR = ComparisonOperator(
    of="values",
    compare=_compare,
    takes_list=True,
    used_for="text",
    met_when="the fact is in the list",
    value="a list of texts",
)
