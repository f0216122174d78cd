"""What only a database server does: it can be away, come back, and need a driver."""

from __future__ import annotations

import sys

import pytest

from collector.store.errors import StorageUnavailableError, UnreadableStoreError
from collector.store.store import Store
from tests.support.postgresql import running_server
from tests.support.stored import enrolled, observations, report, write


@pytest.mark.needs("pg_ctlcluster")
def test_a_server_that_goes_away_and_comes_back() -> None:
    """Meanwhile every call says so and loses nothing that was acknowledged; afterwards all works without a restart."""
    with running_server() as server:
        url = server.new_database()
        store = Store.open(url)
        device, _ = enrolled(store)
        assert write(store, device, report(device, report_id="before")) == ["accepted"]
        server.stop()
        for _ in range(2):
            with pytest.raises(StorageUnavailableError, match=r"can not be used now .*Check that the server runs"):
                write(store, device, report(device, report_id="meanwhile"))
        with pytest.raises(StorageUnavailableError, match=r"Check that the server runs"):
            Store.open(url)
        server.start()
        assert write(store, device, report(device, report_id="meanwhile")) == ["accepted"]
        assert write(store, device, report(device, report_id="before")) == ["duplicate"]
        [one] = observations(store)
        assert one.count == 2
        store.close()


def test_without_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default installation has none; the message names the extra, and no password."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UnreadableStoreError) as caught:
        Store.open("postgresql+psycopg://provklar:hemligt@db.example/provklar")
    assert 'pip install "provklar[collector,postgresql]"' in str(caught.value)
    assert "hemligt" not in str(caught.value)
