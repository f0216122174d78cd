"""What is written into documents and the sample configuration by code, so that no plugin has to be listed twice.

`python -m tests.hygiene.generated` writes it: tables into documents between their marks, and into the sample
`config/collector.yaml` a line for each probe that runs unless an operator says otherwise and has none there yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.protocol.facts import DefaultPlan
from collector.facts.catalogue import FACTS, PLANNABLE
from collector.readiness.derived import DERIVED
from collector.readiness.domain.operators import OPERATORS
from collector.readiness.evidence.known import KNOWN_FACTS
from collector.readiness.rooms import ROOM_FACTS
from collector.snmp.vendor_profile import AnyFamily, Standalone
from collector.snmp.vendors import families
from tests.hygiene.modules import ROOT

DOCUMENTS = ("docs/profiles.md", "docs/gear.md")
SAMPLE = ROOT / "config/collector.yaml"
_PLANNED = re.compile(r"^    - \{probe: (\w+), .*\}\n", flags=re.MULTILINE)


def _table(head: str, rows: Iterable[Iterable[str]]) -> str:
    columns = head.count("|") - 1
    return "\n".join([head, "|" + "---|" * columns, *(f"| {' | '.join(cells)} |" for cells in rows)])


def tables() -> dict[str, str]:
    """Every table by the name in its marks."""
    operators = (
        (f"`{name}`", one.used_for, one.met_when, one.value, one.at_risk_value) for name, one in OPERATORS.items()
    )
    schools = ((f"`{name}`", fact.unit, fact.help) for name, fact in sorted(DERIVED.items()))
    rooms = ((f"`{name}`", fact.unit, fact.help) for name, fact in sorted(ROOM_FACTS.items()))
    devices = ((f"`{name}`", spec.type, spec.unit, spec.help) for name, spec in {**FACTS, **KNOWN_FACTS}.items())
    wavering = (
        (f"`{name}`", f"`{levels.operator}`", ", ".join(f"{edge:g}" for edge in levels.edges))
        for name, spec in FACTS.items()
        if (levels := spec.levels) is not None
    )
    gear = "| Gear | Access points | Radios | Utilisation | Clients per radio | Tried on |"
    return {
        "operators": _table("| Operator | For | Met when | `value` | `at_risk_value` |", operators),
        "facts about schools": _table("| Fact | Unit | What it is |", schools),
        "facts about rooms": _table("| Fact | Unit | What it is |", rooms),
        "facts about devices": _table("| Fact | Type | Unit | What it is |", devices),
        "facts that waver": _table("| Fact | By | Edges of its levels |", wavering),
        "gear": _table(gear, sorted(map(_told, families()))),
    }


def _told(one: AnyFamily) -> list[str]:
    """What a family of gear tells, by which objects it names."""
    tried_on = ", ".join(f"`{name}`" for name in one.tried_on) or "none of its own"
    if isinstance(one, Standalone):
        names, radios = "name", "channel, band, address"
        busy, clients = one.radio_utilisation, one.network_clients
    else:
        parts = {"name": one.access_point_name, "state": one.access_point_state, "clients": one.access_point_clients}
        names = ", ".join(name for name, column in parts.items() if column)
        address = one.radio_mac or one.networks or one.key_is_radio_mac
        radios = ("channel, band, address" if address else "channel, band") if one.radio_channel else "not told"
        busy, clients = one.radio_utilisation, one.radio_clients
    return [one.gear, names, radios, *("yes" if column else "not told" for column in (busy, clients)), tried_on]


def written(document: str) -> str:
    """A document with those of the tables that it has marks for, as they are now."""
    for name, table in tables().items():
        begin, end = f"<!-- {name}: written by `make generate` -->", f"<!-- end of {name} -->"
        if begin in document:
            before, _, rest = document.partition(begin)
            document = f"{before}{begin}\n{table}\n{end}{rest.partition(end)[2]}"
    return document


def planned(sample: str) -> str:
    """The sample with a plan for every probe that has one by default; those that fill the line stand last."""
    there = _PLANNED.findall(sample)
    for name, declared in PLANNABLE.items():
        if declared.plan is not None and name not in there:
            at = _last(sample, among_loading=declared.loads_line)
            sample = sample[:at] + _line(name, declared.plan) + sample[at:]
    return sample


def _last(sample: str, *, among_loading: bool) -> int:
    plans = _PLANNED.finditer(sample)
    return max(plan.end() for plan in plans if among_loading or not PLANNABLE[plan[1]].loads_line)


def _line(name: str, plan: DefaultPlan) -> str:
    rhythm = f"every_s: {plan.every_s}, jitter_s: {plan.jitter_s}, deadline_s: {plan.deadline_s:g}"
    return f"    - {{probe: {name}, {rhythm}}}\n"


if __name__ == "__main__":
    for name in DOCUMENTS:
        (ROOT / name).write_text(written((ROOT / name).read_text("utf-8")), "utf-8")
    SAMPLE.write_text(planned(SAMPLE.read_text("utf-8")), "utf-8")
