"""A served ingest and an enrolled device, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from collector.readiness.domain.model import DeviceSeen
from collector.store.store import Store
from tests.support.ingest_app import IngestApp
from tests.support.serving import served
from tests.support.stored import enrolled, opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    store = opened(tmp_path, busy_timeout_s=0.2)
    yield store
    store.close()


@pytest.fixture
def app(store: Store) -> IngestApp:
    """The routes over the store."""
    return IngestApp(store)


@pytest.fixture
def address(app: IngestApp) -> Iterator[str]:
    """Where the app answers."""
    with served(app.asgi) as address:
        yield address


@pytest.fixture
def enrolment(store: Store) -> tuple[DeviceSeen, str]:
    """A device and its token."""
    return enrolled(store)


@pytest.fixture
def client(address: str, enrolment: tuple[DeviceSeen, str]) -> Iterator[httpx.Client]:
    """Speaks as the device."""
    headers = {"authorization": f"Bearer {enrolment[1]}"}
    with httpx.Client(base_url=address, headers=headers, timeout=30, trust_env=False) as client:
        yield client
