"""What to do about a rung that does not hold: the remedy follows from why it fails, and not from where. Pure.

A code is what an agent says (the pages have words for each); a remedy is shared by all codes that are mended alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from agent.protocol.rung_causes import OTHER, cause_of
from collector.readiness.domain.model import Text
from collector.readiness.evidence.compliance import DeviceCompliance, Fulfilment


def remedies(answers: Iterable[DeviceCompliance]) -> list[Text]:
    """One sentence per way of mending, with how many machines it is for and what they did not get to; the one that
    most need comes first.
    """
    failed = [one for one in answers if one.outcome is Fulfilment.FAILED or _is_remarked(one)]
    counted = Counter((f"advice_cause_{cause_of(answer.reason)}", _what(answer)) for answer in failed)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [Text(remedy, {"devices": devices, "what": what}) for (remedy, what), devices in ordered]


def _is_remarked(answer: DeviceCompliance) -> bool:
    """Whether it holds, and there is something to mend all the same."""
    return answer.outcome is Fulfilment.RISKY and cause_of(answer.reason) != OTHER


def _what(answer: DeviceCompliance) -> str:
    """The host where it is known, else the rung by its id."""
    rows = answer.observation.rows if answer.observation is not None else []
    targets = (row.get("target") for row in rows if row.get("rung") == answer.value)
    return str(next((one for one in targets if one), answer.value or ""))
