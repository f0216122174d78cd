"""Whether one device satisfies one requirement: yes, only the softer value, no, or not known and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from agent.protocol.wire import FactValue
from collector.readiness.domain.comparison import RequiredValue, Setting
from collector.readiness.domain.model import Figure, Observation, Releases, Requirement
from collector.readiness.domain.operators import compare, is_aging
from collector.readiness.evidence.index import (
    MAYBE_SUPPORTED,
    NOT_COMPARABLE,
    NOT_INSTALLED,
    RELEASES_AGING,
    RELEASES_TOO_OLD,
    EvidenceIndex,
    FactReading,
    Newest,
    read,
)

SYSTEM_FACT = "device.os_name"
NOT_CONCERNED = "not_concerned"
"""The reason of a device that a requirement is not for."""

_HAS_NONE = frozenset(("no_battery", "no_wifi_interface"))
"""Reasons that say that there is nothing to ask of: what has no battery need not charge it, and what is on cable alone
needs no air.
"""


class Fulfilment(IntEnum):
    """From bad to good. RISKY satisfies only the requirement's `at_risk_value`."""

    FAILED = 0
    UNKNOWN = 1
    RISKY = 2
    OK = 3


@dataclass(frozen=True)
class DeviceCompliance:
    """What one device came to, by which fact, and the observation behind it. `reason` says why it is not known."""

    outcome: Fulfilment
    fact: str
    value: FactValue
    reason: str
    observation: Observation | None


@dataclass(frozen=True)
class Standard:
    """What a device is held against beside the requirement itself; `ends_at` is when the sitting is over."""

    releases: Releases
    now: datetime
    ends_at: datetime | None = None
    _settings: dict[str, Setting] = field(default_factory=dict, repr=False, compare=False)
    _compared: dict[tuple[object, ...], bool | None] = field(default_factory=dict, repr=False, compare=False)

    def setting(self, fact: str) -> Setting:
        """What an operator needs for the fact; one per fact, so that its releases are sorted out once."""
        if fact not in self._settings:
            self._settings[fact] = Setting(fact, self.releases, self.now, self.ends_at)
        return self._settings[fact]

    def satisfies(self, requirement: Requirement, asked: RequiredValue, fact: str, value: FactValue) -> bool | None:
        """Whether the value is what is `asked`, or None where that can not be told: hundreds of machines say the same,
        and a list of releases is long.
        """
        key = (requirement.operator, repr(asked), fact, type(value), value)
        if key not in self._compared:
            self._compared[key] = compare(requirement.operator, value, asked, self.setting(fact))
        return self._compared[key]


def facts_of(requirement: Requirement) -> list[str]:
    """The requirement's facts, any one of which is enough."""
    return [requirement.fact] if isinstance(requirement.fact, str) else requirement.fact


def probe_and_name(fact: str) -> tuple[str, str]:
    """`probe.fact_name` taken apart."""
    probe, _, name = fact.partition(".")
    return probe, name


def evaluate(requirement: Requirement, fact: str, reading: FactReading, standard: Standard) -> DeviceCompliance:
    """One fact of one device against the requirement. What is not installed fails: that much is known. What a machine
    does not have by its kind, such as a battery, nothing is asked of.
    """
    if reading.value is None and reading.reason in _HAS_NONE:
        return DeviceCompliance(Fulfilment.OK, fact, None, NOT_CONCERNED, reading.observation)
    if reading.value is None:
        outcome = Fulfilment.FAILED if reading.reason == NOT_INSTALLED else Fulfilment.UNKNOWN
        return DeviceCompliance(outcome, fact, None, reading.reason, reading.observation)
    setting = standard.setting(fact)
    passes = standard.satisfies(requirement, requirement.value, fact, reading.value)
    aging = is_aging(requirement.operator, setting)
    softer = requirement.at_risk_value
    risky = standard.satisfies(requirement, softer, fact, reading.value) if softer is not None else False
    if passes is None or (not passes and risky is None and aging):
        reason = _why_open(reading.value, setting, aging=aging)
        return DeviceCompliance(Fulfilment.UNKNOWN, fact, reading.value, reason, reading.observation)
    if passes:
        outcome = Fulfilment.RISKY if aging else Fulfilment.OK
        return DeviceCompliance(outcome, fact, reading.value, RELEASES_AGING if aging else "", reading.observation)
    return DeviceCompliance(
        Fulfilment.RISKY if risky else Fulfilment.FAILED, fact, reading.value, "", reading.observation
    )


def _why_open(value: FactValue, setting: Setting, *, aging: bool) -> str:
    """Why a value that is there can not be held against what is asked."""
    if setting.may_be_supported(value):
        return MAYBE_SUPPORTED
    return RELEASES_TOO_OLD if aging and setting.known else NOT_COMPARABLE


def best(answers: list[DeviceCompliance]) -> DeviceCompliance:
    """Of several facts where any one is enough: one that passes, else one that is there and fails, else one that is
    not known, else one that is not installed.
    """
    return max(answers, key=_promise)


def _promise(answer: DeviceCompliance) -> int:
    if answer.outcome is Fulfilment.FAILED and answer.value is not None:
        return 2
    return {Fulfilment.FAILED: 0, Fulfilment.UNKNOWN: 1, Fulfilment.RISKY: 3, Fulfilment.OK: 4}[answer.outcome]


def answer_of(
    requirement: Requirement, device_id: str, found: Mapping[str, Newest], standard: Standard, days: Figure
) -> DeviceCompliance:
    """What a device comes to by its newest observations, `found` by probe."""
    elsewhere = _concerns_others(requirement, device_id, found, standard, days)
    if elsewhere is not None:
        return elsewhere
    answers = []
    for fact in facts_of(requirement):
        probe, name = probe_and_name(fact)
        reading = read(found.get(probe, {}), device_id, name, standard.now, days)
        answers.append(evaluate(requirement, fact, reading, standard))
    return best(answers)


def counted_devices(observed: EvidenceIndex) -> list[str]:
    """The devices that may be counted: none that is left out. A browser that can not keep who it is may be here twice,
    so it is not.
    """
    return [
        device_id
        for device_id, device in observed.devices.items()
        if device.kind != "web_once" and device_id not in observed.left_out
    ]


def _concerns_others(
    requirement: Requirement, device_id: str, found: Mapping[str, Newest], standard: Standard, days: Figure
) -> DeviceCompliance | None:
    """Where a requirement is for some operating systems only: a device with another one is in order, and one that has
    not told which is not known.
    """
    if not requirement.only_on:
        return None
    probe, name = probe_and_name(SYSTEM_FACT)
    system = read(found.get(probe, {}), device_id, name, standard.now, days)
    if system.value is None:
        return DeviceCompliance(Fulfilment.UNKNOWN, SYSTEM_FACT, None, system.reason, system.observation)
    if system.value in requirement.only_on:
        return None
    return DeviceCompliance(Fulfilment.OK, SYSTEM_FACT, system.value, NOT_CONCERNED, system.observation)


def answers_of_all(
    requirement: Requirement, devices: Iterable[str], found: Mapping[str, Newest], standard: Standard, days: Figure
) -> dict[str, DeviceCompliance]:
    """What each of the devices comes to."""
    return {device: answer_of(requirement, device, found, standard, days) for device in devices}
