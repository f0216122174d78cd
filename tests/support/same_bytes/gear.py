"""Network gear to ask: recordings of real gear behind a real SNMP agent."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.same_bytes.municipality import GEAR
from tests.support.same_bytes.side import Side

RECORDINGS = Path(__file__).parents[2] / "fixtures/snmp"


@contextmanager
def gear_that_answers(side: Side) -> Iterator[None]:
    """Serves the recordings that the configuration names; whoever has none keeps silent."""
    data = side.world / "gear"
    data.mkdir()
    for _, community, _ in GEAR.values():
        recorded = RECORDINGS / f"{community}.snmprec"
        if recorded.exists():
            shutil.copy(recorded, data)
    user = ["--process-user=root", "--process-group=root"] if os.geteuid() == 0 else []
    endpoint = f"--agent-udpv4-endpoint=127.0.0.1:{side.ports.snmp}"
    command = ("snmpsim-command-responder", endpoint, f"--data-dir={data}", f"--cache-dir={data}-cache")
    with side.running(*command, *user):
        yield
