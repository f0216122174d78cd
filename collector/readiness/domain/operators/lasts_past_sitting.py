"""lasts_past_sitting: an end that lies at least so many days after the end of the sitting.

What ends on a day lasts through that day, by Swedish time; what ends at a moment lasts until then.
"""

from __future__ import annotations

from datetime import timedelta

from agent.protocol.wire import FactValue
from collector.readiness.domain.comparison import ComparisonOperator, RequiredValue, Setting
from collector.readiness.domain.fact_values import end_of, number_of


def _compare(measured: FactValue, wanted: RequiredValue, setting: Setting) -> bool | None:
    end, margin_days = end_of(measured), number_of(wanted) if not isinstance(wanted, list) else None
    if end is None or margin_days is None or setting.ends_at is None:
        return None
    return (end - setting.ends_at) / timedelta(days=1) >= margin_days


OPERATOR = ComparisonOperator(
    of="dates",
    compare=_compare,
    better="higher",
    used_for="dates on which something ends",
    met_when="it lasts so many days past the end of the sitting, or longer",
    value="a number of days",
    at_risk_value="lower",
)
