"""equals: the very value, of the very type; of numbers, the same number."""

from __future__ import annotations

from agent.protocol.wire import FactValue
from collector.readiness.domain.comparison import ComparisonOperator, RequiredValue, Setting, two_numbers


def _compare(measured: FactValue, wanted: RequiredValue, _: Setting) -> bool | None:
    pair = two_numbers(measured, wanted)
    if pair is not None:
        return pair[0] == pair[1]
    alike = isinstance(measured, bool | str) and type(measured) is type(wanted)
    return measured == wanted if alike else None


OPERATOR = ComparisonOperator(
    of="values",
    compare=_compare,
    used_for="anything",
    met_when="the fact is the value",
    value="the fact's kind",
)
