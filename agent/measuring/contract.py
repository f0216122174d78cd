"""What a probe is: a declaration of what it measures, and a function that measures it.

A probe is one file in `agent/probes` with a `PROBE`. Its `read` is the edge (it asks the system); parsing is pure.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from agent.protocol.facts import Declaration
from agent.protocol.wire import Facts, Host, InternetLimits, Lease, Policy, Rung, ThroughputLimits
from agent.system.machine import System


class Task(msgspec.Struct, frozen=True):
    """What a probe is asked to do: the parts of the policy that probes use. `deadline_s` is the time it has in all.

    `ticket` opens the measurement point for round trips; a probe that fills the line has one in its `lease`.
    `folder` is where a probe may keep what it has to remember between runs. Ids of hardware are hashed under
    `machine_key`.
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
    machine_key: str = ""


class ProbeReading(msgspec.Struct, frozen=True):
    """What a probe found: facts (None where not known), why facts are missing, and rows of one kind."""

    facts: Facts
    missing: dict[str, str] = {}
    rows: list[Facts] = []


class ProbeFailureError(Exception):
    """The probe could not measure: a stable code for programs, and a detail in English for whoever reads logs.

    `found` is what it did find on the way: evidence of where it went wrong, judged by nobody.
    """

    def __init__(self, code: str, detail: str, found: ProbeReading | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.found = found or ProbeReading({})


class ProbeUnsupportedError(ProbeFailureError):
    """This machine has nothing that the probe could measure."""


def _by_the_plan(_folder: Path, _chance: float) -> float | None:
    return None


class Probe(Declaration, frozen=True, kw_only=True):
    """A probe by name: what it declares, and how it measures.

    `needs_policy`: works only by what the collector says, so on an enrolled device. `again_s` says, from the folder
    where it remembers and a chance from 0 to below 1, in how many seconds it has to run again; None: by its plan.
    """

    name: str
    read: Callable[[System, Task], ProbeReading]
    needs_policy: bool = False
    again_s: Callable[[Path, float], float | None] = _by_the_plan


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
        machine_key=policy.machine_key,
    )
