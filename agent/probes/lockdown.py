"""Whether the machine can lock a pupil into the test: Safe Exam Browser, or a kiosk of the system's own.

The web page that stands in for an agent (`/prob`) fills in the same facts. What only a browser can tell from within
the lock is None here, and what only the system can tell is None there: "no" is said only where it is known.
"""

from __future__ import annotations

from agent.inventory.installed import find, lowest_version
from agent.inventory.products import SAFE_EXAM_BROWSER
from agent.measuring.contract import Probe, ProbeReading, Task
from agent.protocol.facts import DefaultPlan, FactSpec
from agent.protocol.wire import Facts
from agent.system.machine import System


def read(system: System, task: Task) -> ProbeReading:
    """Looks for the program; whether a test runs in it right now is for the page to tell."""
    found = find(system, [SAFE_EXAM_BROWSER], task.deadline_s)
    version = lowest_version([one.version for one in found if one.version])
    facts: Facts = {"seb_installed": bool(found), "seb_version": version, "seb_in_use": None, "kiosk": None}
    missing = {"seb_in_use": "asked_outside_browser", "kiosk": "not_told_by_system"}
    if version is None:
        missing["seb_version"] = "version_unreadable" if found else "not_installed"
    return ProbeReading(facts, missing)


PROBE = Probe(
    name="lockdown",
    version=1,
    about="device",
    plan=DefaultPlan(every_s=21_600, jitter_s=1_800, deadline_s=60),
    page_knows=("seb_installed", "seb_version", "seb_in_use"),
    read=read,
    facts=(
        FactSpec("seb_installed", "bool", "", "whether Safe Exam Browser is installed (or the page runs in it)"),
        FactSpec("seb_version", "str", "", "oldest installed version of Safe Exam Browser"),
        FactSpec("seb_in_use", "bool", "", "whether the page that measured runs in Safe Exam Browser"),
        FactSpec("kiosk", "bool", "", "whether the system locks the machine to one app, as ChromeOS kiosk mode does"),
    ),
)
