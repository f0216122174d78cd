"""A measurement point to try, in a collector or as a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from collector.configuration.model import Measurement
from tests.support.measurement_points import Point, in_a_collector, of_its_own

Start = Callable[[Measurement], Point]


@pytest.fixture(params=[in_a_collector, of_its_own], ids=["in a collector", "of its own"])
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Start]:
    """Starts either kind with bounds of the test's choice."""
    with ExitStack() as running:
        yield lambda bounds: running.enter_context(request.param(tmp_path, bounds))


@pytest.fixture(scope="module", params=[in_a_collector, of_its_own], ids=["in a collector", "of its own"])
def start_once(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """The same for all tests of a module."""
    with ExitStack() as running:
        yield lambda bounds: running.enter_context(request.param(tmp_path_factory.mktemp("point"), bounds))


@pytest.fixture(scope="module")
def point(start_once: Start) -> Point:
    """Either kind, with the usual bounds: tests that leave nothing behind share it."""
    return start_once(Measurement())


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Callable[..., Point]]:
    """Starts a process of its own."""
    with ExitStack() as running:
        yield lambda bounds=None, **options: running.enter_context(
            of_its_own(tmp_path, bounds or Measurement(), **options)
        )
