"""Shorter waits where waiting is not the subject: what is sent, and what is made of the answers, stays the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from agent.measuring import rtt_methods
from agent.probes import latency

PAUSE_S = 0.01
"""Between round trips: nothing else crosses the line that should be met as it comes."""

TRIAL_MAX_S = 0.2
"""For an answer of the gateway of the machine that tests, which may keep silent: it is tried nine times."""


@contextmanager
def round_trips_in_a_hurry() -> Iterator[None]:
    """The latency probe as quick as what answers it."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(latency, "PAUSE_S", PAUSE_S)
        monkeypatch.setattr(rtt_methods, "TRIAL_MAX_S", TRIAL_MAX_S)
        yield
