"""What a probe is: a declaration of what it measures, and a function that measures it.

A probe is one file in `agent/probes` with a `PROBE`. Its `read` is the edge (it asks the system); parsing is pure.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

import agent.probes
from agent.system import System
from agent.wire import Facts, FactValue, Host, InternetLimits, Lease, Policy, Rung, ThroughputLimits

FactType = Literal["bool", "int", "float", "str"]


class FactSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """One fact that a probe gives: its name (with unit suffix), type, unit, meaning and plausible bounds."""

    name: str
    type: FactType
    unit: str
    help: str
    minimum: float | None = None
    maximum: float | None = None

    def accepts(self, value: FactValue) -> bool:
        """Whether `value` has this fact's type and lies within its bounds. None always does: it says "not known"."""
        if value is None:
            return True
        if self.type == "str":
            return isinstance(value, str)
        if self.type == "bool" or isinstance(value, bool | str):
            return self.type == "bool" and isinstance(value, bool)
        if self.type == "int" and not isinstance(value, int):
            return False
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)


class Task(msgspec.Struct, frozen=True):
    """What a probe is asked to do: the parts of the policy that probes use. `deadline_s` is the time it has in all.

    `ticket` opens the measurement point for round trips; a probe that fills the line has one in its `lease`.
    `folder` is where a probe may keep what it has to remember between runs.
    """

    deadline_s: float = 30.0
    measurement_url: str | None = None
    token: str | None = None
    hosts: list[Host] = []
    throughput: ThroughputLimits = ThroughputLimits()
    latency_samples: int = 20
    ladder: list[Rung] = []
    ticket: str = ""
    lease: Lease | None = None
    internet: InternetLimits | None = None
    folder: Path | None = None


class Reading(msgspec.Struct, frozen=True):
    """What a probe found: facts (None where not known), why facts are missing, and rows of one kind."""

    facts: Facts
    missing: dict[str, str] = {}
    rows: list[Facts] = []


class ProbeFailureError(Exception):
    """The probe could not measure: a stable code for programs, and a detail in English for whoever reads logs.

    `found` is what it did find on the way: evidence of where it went wrong, judged by nobody.
    """

    def __init__(self, code: str, detail: str, found: Reading | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.found = found or Reading({})


class ProbeUnsupportedError(ProbeFailureError):
    """This machine has nothing that the probe could measure."""


class Probe(msgspec.Struct, frozen=True):
    """`version` is raised when a fact's meaning changes. `fills_line`: runs last, so that it disturbs no neighbour.

    `needs_policy`: works only by what the collector says, so on an enrolled device.
    """

    name: str
    version: int
    facts: tuple[FactSpec, ...]
    read: Callable[[System, Task], Reading]
    fills_line: bool = False
    needs_policy: bool = False


@lru_cache(maxsize=1)
def discovered() -> dict[str, Probe]:
    """Every probe by name: the folder is the list."""
    found: dict[str, Probe] = {}
    for module in pkgutil.iter_modules(agent.probes.__path__):
        probe: Probe = importlib.import_module(f"agent.probes.{module.name}").PROBE
        found[probe.name] = probe
    return dict(sorted(found.items()))


def task_of(policy: Policy | None, token: str | None, deadline_s: float, folder: Path | None = None) -> Task:
    """The task that follows from a policy, or from none (then only probes of the machine itself can run)."""
    if policy is None:
        return Task(deadline_s=deadline_s, token=token, folder=folder)
    return Task(
        deadline_s=deadline_s,
        measurement_url=policy.measurement_url,
        token=token,
        hosts=policy.hosts,
        throughput=policy.throughput,
        latency_samples=policy.latency_samples,
        ladder=policy.ladder,
        ticket=policy.ticket,
        internet=policy.internet,
        folder=folder,
    )
