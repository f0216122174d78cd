"""What a fact is that no probe tells and the collector knows all the same: a name, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.protocol.facts import FactSpec
from agent.protocol.wire import FactValue
from collector.readiness.domain.model import DeviceSeen, Observation, Releases

Own = Mapping[str, Observation]
"""The newest that one device said, by probe."""


@dataclass(frozen=True)
class Known:
    """What is known of one device, or why it is not; by which observation, None where none was needed."""

    value: FactValue
    reason: str = ""
    observation: Observation | None = None


@dataclass(frozen=True)
class KnownFact:
    """A fact by its group (the part before the dot), with its type, unit and meaning. `read` gives None of a device of
    which there is nothing to say yet.
    """

    group: str
    spec: FactSpec
    read: Callable[[DeviceSeen, Own, Releases], Known | None]

    @property
    def name(self) -> str:
        """As a requirement writes it."""
        return f"{self.group}.{self.spec.name}"
