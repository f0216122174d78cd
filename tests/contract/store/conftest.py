"""A fresh store for each test, on every database that there is a driver for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.store.store import Store
from tests.stored import opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store on SQLite."""
    store = opened(tmp_path)
    yield store
    store.close()
