"""The catalogue of facts, made from the probes. `make generate` runs it."""

from __future__ import annotations

import sys

import msgspec

from agent.measuring.contract import Probe
from agent.probes import discovered
from agent.survey.facts import SURVEYS


def catalogue(probes: dict[str, Probe]) -> str:
    """Every fact of every probe, and of surveys, as JSON text: name, type, unit, help, and plausible bounds where
    there are any.
    """
    facts = {"probes": {name: list(probe.facts) for name, probe in probes.items()}, "surveys": SURVEYS}
    return msgspec.json.format(msgspec.json.encode(facts), indent=1).decode() + "\n"


if __name__ == "__main__":
    sys.stdout.write(catalogue(discovered()))
