"""A fresh store for each test, on every kind of database: what one does, the other does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.store.store import Store
from tests.support.postgresql import PostgresqlServer, running_server
from tests.support.stored import Place, place_in


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """One server for all tests; each has a database of its own."""
    with running_server() as server:
        yield server


POSTGRESQL = pytest.param(
    "postgresql", marks=[pytest.mark.needs("pg_ctlcluster"), pytest.mark.xdist_group("postgresql")]
)


@pytest.fixture(params=["sqlite", POSTGRESQL])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where an empty store can be opened, as often as the test likes."""
    if request.param == "postgresql":
        server: PostgresqlServer = request.getfixturevalue("postgresql_server")
        return Place(server.new_database())
    return place_in(tmp_path)


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    """An empty store."""
    store = place.opened()
    yield store
    store.close()
