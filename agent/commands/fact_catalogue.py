"""The catalogue of probes and their facts, made from what they declare. `make generate` runs it."""

from __future__ import annotations

import sys

import msgspec

from agent.measuring.contract import Probe
from agent.probes import discovered
from agent.protocol.facts import Declaration
from agent.survey.facts import SURVEYS


def catalogue(probes: dict[str, Probe]) -> str:
    """All that the probes and the surveys declare, as JSON text; what is as it usually is, is left out."""
    declared = {"probes": {name: _declared(probe) for name, probe in probes.items()}, "surveys": SURVEYS}
    return msgspec.json.format(msgspec.json.encode(declared), indent=1).decode() + "\n"


def _declared(probe: Probe) -> Declaration:
    """Without how it measures, which is the agent's own."""
    return Declaration(**{name: getattr(probe, name) for name in Declaration.__struct_fields__})


if __name__ == "__main__":
    sys.stdout.write(catalogue(discovered()))
