"""`provklar enrolment-key` and `provklar device`: who may report, and for which school."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from rich.table import Table

from collector.app import open_configuration
from collector.clock import utc_now
from collector.commands.printing import console, say
from collector.configuration.model import Configuration
from collector.configuration.problems import ConfigurationErrors
from collector.i18n.messages import Language, moment
from collector.judgement.inventory import as_written_down
from collector.store.errors import StorageUnavailableError
from collector.store.store import Store

KeyCommand = Callable[[Configuration, Store, str | None, Language], int]


def _with_store(arguments: Namespace, actions: dict[str, KeyCommand]) -> int:
    try:
        configuration, store = open_configuration(arguments.config, utc_now, os.environ)
    except (ConfigurationErrors, StorageUnavailableError) as error:
        print(error, file=sys.stderr)
        return 2
    try:
        return actions[arguments.action](configuration, store, arguments.subject, arguments.language)
    finally:
        store.close()


def _refuse(code: str, language: Language, **values: str) -> int:
    print(say(code, language, **values), file=sys.stderr)
    return 2


def _create(configuration: Configuration, store: Store, school: str | None, language: Language) -> int:
    if school not in configuration.schools:
        known = ", ".join(sorted(configuration.schools)[:20])
        return _refuse("unknown_school", language, name=school or "–", known=known)
    key_id, key = store.create_enrolment_key(school, "", utc_now())
    print(say("key_created", language, id=key_id, school=configuration.schools[school].name), file=sys.stderr)
    print(key)
    return 0


@dataclass(frozen=True)
class Kept:
    """What the store keeps that can be listed and revoked: `rows` in the order of `columns`, and the two sentences of a
    revocation.
    """

    columns: tuple[str, ...]
    rows: Callable[[Configuration, Store, Language], Iterator[tuple[str, ...]]]
    revoke: Callable[[Store, str, datetime], bool]
    revoked: str
    unknown: str

    def print_all(self, configuration: Configuration, store: Store, _subject: str | None, language: Language) -> int:
        """A table of all that there are."""
        table = Table()
        for column in self.columns:
            table.add_column(say(column, language))
        for row in self.rows(configuration, store, language):
            table.add_row(*row)
        console().print(table)
        return 0

    def end(self, _configuration: Configuration, store: Store, subject: str | None, language: Language) -> int:
        """Revokes one."""
        if not self.revoke(store, subject or "", utc_now()):
            return _refuse(self.unknown, language, name=subject or "–")
        print(say(self.revoked, language, id=subject or ""))
        return 0


def _school_name(configuration: Configuration, code: str) -> str:
    school = configuration.schools.get(code)
    return school.name if school else code


def _keys(configuration: Configuration, store: Store, language: Language) -> Iterator[tuple[str, ...]]:
    for key in store.enrolment_keys():
        revoked = moment(key.revoked_at, language) if key.revoked_at else "–"
        yield key.key_id, _school_name(configuration, key.school), moment(key.created_at, language), revoked


def _devices(configuration: Configuration, store: Store, language: Language) -> Iterator[tuple[str, ...]]:
    for one in as_written_down(store.devices(), configuration):
        seen = moment(one.last_seen_at, language) if one.last_seen_at else say("never", language)
        place = (one.label or "–", _school_name(configuration, one.school), one.room or "–")
        yield one.device_id, *place, one.role or "–", one.group or "–", seen


KEYS = Kept(
    ("column_key", "column_school", "column_created", "column_revoked"),
    _keys,
    Store.revoke_enrolment_key,
    "key_revoked",
    "unknown_key",
)
DEVICES = Kept(
    ("column_device", "column_label", "column_school", "column_room", "column_role", "column_group", "column_seen"),
    _devices,
    Store.revoke_device,
    "device_revoked",
    "unknown_device",
)


def run(arguments: Namespace) -> int:
    """Makes, lists or revokes an enrolment key. A new key is printed alone on standard output, this once."""
    return _with_store(arguments, {"create": _create, "list": KEYS.print_all, "revoke": KEYS.end})


def device(arguments: Namespace) -> int:
    """Lists devices, or revokes one: its token is refused from then on."""
    return _with_store(arguments, {"list": DEVICES.print_all, "revoke": DEVICES.end})
