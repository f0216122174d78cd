"""Which browsers are installed, in which version, by what each operating system knows of them."""

from __future__ import annotations

from agent.inventory.installed import find, lowest_version
from agent.inventory.products import BROWSERS, Installed
from agent.measuring.contract import Probe, ProbeReading, Task
from agent.protocol.facts import DefaultPlan, FactSpec
from agent.protocol.wire import Facts
from agent.system.machine import System


def read(system: System, task: Task) -> ProbeReading:
    """Asks every source for every browser."""
    return summary(find(system, BROWSERS, task.deadline_s))


def summary(found: list[Installed]) -> ProbeReading:
    """The facts, one version per browser, and a row for everything that was found."""
    rows: dict[Installed, Facts] = {one: one._asdict() for one in found}
    facts: Facts = {}
    missing: dict[str, str] = {}
    for product in BROWSERS:
        of_product = [one for one in found if one.name == product.name]
        fact = f"{product.name}_version"
        facts[fact] = lowest_version([one.version for one in of_product if one.version])
        if facts[fact] is None:
            missing[fact] = "version_unreadable" if of_product else "not_installed"
    facts["browsers_count"] = len({one.name for one in found})
    return ProbeReading(facts, missing, list(rows.values()))


_CHANNELS = {"firefox": "; that of an ESR ends in esr"}

PROBE = Probe(
    name="browsers",
    version=1,
    about="device",
    plan=DefaultPlan(every_s=21_600, jitter_s=1_800, deadline_s=60),
    page_knows=tuple(f"{product.name}_version" for product in BROWSERS),
    read=read,
    facts=(
        *(
            FactSpec(
                f"{product.name}_version",
                "str",
                "",
                f"oldest installed version of {product.name}, if installed{_CHANNELS.get(product.name, '')}",
            )
            for product in BROWSERS
        ),
        FactSpec("browsers_count", "int", "browsers", "different browsers that are installed", 0, 100),
    ),
)
