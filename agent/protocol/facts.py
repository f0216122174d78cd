"""What one fact is: its name, type, unit and bounds. The catalogue of facts that both sides know is made of these."""

from __future__ import annotations

from typing import Literal

import msgspec

from agent.protocol.wire import FactValue

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
