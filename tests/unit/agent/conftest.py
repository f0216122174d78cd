"""What the agent's tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.haste import round_trips_in_a_hurry


@pytest.fixture(autouse=True)
def _in_a_hurry() -> Iterator[None]:
    """Waits that are not the subject are short."""
    with round_trips_in_a_hurry():
        yield
