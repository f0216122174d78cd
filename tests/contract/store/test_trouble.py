"""A database that can not be used: said plainly, nothing half done, and all is well when the trouble is over."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from collector.store.errors import StorageUnavailableError, UnreadableStoreError
from collector.store.store import Store
from collector.store.tables import metadata
from collector.store.timestamps import microseconds
from tests.support.stored import NOW, SCHOOL, Place, enrolled, measured, observations, opened, report, write

EARLIER = Path(__file__).parents[2] / "fixtures" / "schema"


@contextmanager
def no_file_grows_beyond(size_bytes: int) -> Iterator[None]:
    """As on a full disk: a write that would make a file of this process larger than that fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_full_disk(tmp_path: Path) -> None:
    """The write fails as a whole with what to do; when there is room again the same write succeeds."""
    store = opened(tmp_path)
    device, _ = enrolled(store)
    write(store, device, report(device, report_id="before"))
    big = [measured(NOW - timedelta(minutes=n), {"note": "x" * 5_000 + str(n)}, "other") for n in range(50)]
    size_bytes = (tmp_path / "provklar.db-wal").stat().st_size
    with no_file_grows_beyond(size_bytes + 20_000), pytest.raises(StorageUnavailableError) as caught:
        write(store, device, report(device, big, report_id="big"))
    assert "provklar.db can not be used now" in str(caught.value)
    assert "Check that the disk is not full" in str(caught.value)
    assert [one.probe for one in observations(store)] == ["device"]
    assert write(store, device, report(device, big, report_id="big")) == ["accepted"]
    assert len(observations(store)) == 51
    store.close()


def test_locked_by_another_program(tmp_path: Path) -> None:
    """Somebody holds the file: no endless waiting, and the next try works."""
    store = opened(tmp_path, busy_timeout_s=0.05)
    device, _ = enrolled(store)
    with closing(sqlite3.connect(tmp_path / "provklar.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageUnavailableError, match=r"database is locked.*no other program holds it locked"):
            write(store, device, report(device))
        assert observations(store) == []
        other.execute("ROLLBACK")
    assert write(store, device, report(device)) == ["accepted"]
    store.close()


def test_what_is_remembered_may_be_gone(place: Place) -> None:
    """Another process removed old content that this one remembers as stored: it is written again."""
    ours, theirs = place.opened(), place.opened()
    device, _ = enrolled(ours)
    write(ours, device, report(device, [measured(NOW - timedelta(days=9))], report_id="old"))
    assert theirs.delete_older_than(NOW - timedelta(days=5)) == 1
    assert write(ours, device, report(device, [measured(NOW)], report_id="new")) == ["accepted"]
    assert [one.facts for one in observations(ours)] == [{"memory_total_mib": 4096}]
    ours.close()
    theirs.close()


def test_commits_reach_the_disk(tmp_path: Path) -> None:
    """The settings that durability stands on are those of every connection."""
    store = opened(tmp_path)
    with store._database.reading() as connection:
        told = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    store.close()


def test_migrations_make_the_tables_that_the_code_knows(place: Place) -> None:
    """Nothing differs between the steps and `tables.py`."""
    place.opened().close()
    engine = create_engine(place.url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
    engine.dispose()


@pytest.mark.parametrize("dump", sorted(EARLIER.glob("*.sql")), ids=lambda path: path.stem)
def test_a_database_of_each_earlier_migration_is_brought_up_to_date(dump: Path, tmp_path: Path) -> None:
    """By the tables as they are written today: what came later is added, and what was stored stays."""
    file = tmp_path / "provklar.db"
    with closing(sqlite3.connect(file)) as earlier:
        earlier.executescript(dump.read_text())
    with closing(Store.open(f"sqlite:///{file}")) as store:
        assert [(device.device_id, device.kind) for device in store.devices()] == [("d-1", "agent")]
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_what_was_kept_by_first_last_and_how_often_is_read_as_it_was_known(place: Place) -> None:
    """Law 14 from migration 0007 on: one thing, another, and the first again twice, are three observations; when they
    came in was not kept.
    """
    hours = [NOW - timedelta(hours=9 - hour) for hour in range(9)]
    with closing(place.opened()) as store:
        device, _ = enrolled(store)
        write(store, device, report(device, [measured(hours[0], {"n": 1}), measured(hours[2], {"n": 2})]))
    _as_before(place, hours)
    with closing(place.opened()) as store:
        found = store.evidence(SCHOOL, NOW, NOW - timedelta(days=1))
    told = [(one.first_at, one.last_at, one.count, one.received_at) for one in found.observations]
    assert told == [(hours[0], hours[0], 1, None), (hours[2], hours[2], 1, None), (hours[6], hours[6], 2, None)]
    assert [(one.last_seen_at, one.room) for one in found.devices] == [(hours[6], "A1")]


def _as_before(place: Place, hours: Sequence[datetime]) -> None:
    """As migration 0006 left it: the first was said again until the seventh hour, three times in all."""
    first, other, last = (microseconds(hours[number]) for number in (0, 2, 6))
    place.run("ALTER TABLE results ADD COLUMN first_at BIGINT NOT NULL DEFAULT 0")
    place.run("ALTER TABLE results ADD COLUMN times BIGINT NOT NULL DEFAULT 1")
    place.run(f"UPDATE results SET first_at = {other} WHERE last_at = {other}")
    place.run(f"UPDATE results SET first_at = {first}, last_at = {last}, times = 3 WHERE last_at = {first}")
    later = ("results DROP COLUMN heard", "results DROP COLUMN known_at", "devices DROP COLUMN enrolled_room",
             "sessions DROP COLUMN without_agents", "devices DROP COLUMN changes")  # fmt: skip
    for column in later:
        place.run(f"ALTER TABLE {column}")
    place.run("DROP TABLE report_runs")
    place.run("DROP TABLE machines")
    place.run("DROP TABLE rehearsals")
    place.run("DROP TABLE packed_weeks")
    place.run("UPDATE alembic_version SET version_num = '0006'")


def test_opening_again_changes_nothing(place: Place) -> None:
    """Also while it is open, as the command line does beside a running collector."""
    first = place.opened()
    device, _ = enrolled(first)
    second = place.opened()
    assert second.devices() == [device]
    second.close()
    first.close()


def test_a_file_in_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    """The folder is made."""
    Store.open(f"sqlite:///{tmp_path}/var/data/provklar.db").close()
    assert (tmp_path / "var/data/provklar.db").is_file()


def test_written_by_a_newer_version(place: Place) -> None:
    """An older program does not touch what it does not understand."""
    place.opened().close()
    place.run("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(UnreadableStoreError, match=r"written by another version of Provklar.*newer one"):
        place.opened()


def test_not_a_database(tmp_path: Path) -> None:
    """Some other file under that name is left alone."""
    (tmp_path / "provklar.db").write_text("this is a letter, not a database" * 100)
    with pytest.raises(UnreadableStoreError, match=r"not a usable Provklar database"):
        opened(tmp_path)
    assert (tmp_path / "provklar.db").read_text().startswith("this is a letter")


def test_no_place_for_the_file(tmp_path: Path) -> None:
    """Where a folder should be there is a file."""
    (tmp_path / "var").write_text("")
    with pytest.raises(StorageUnavailableError, match=r"can not be opened: .*Check that the folder exists"):
        Store.open(f"sqlite:///{tmp_path}/var/provklar.db")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_no_file_named(url: str) -> None:
    """A database in memory would lose what it acknowledged."""
    with pytest.raises(UnreadableStoreError, match=r"name a file"):
        Store.open(url)
