"""`provklar enrolment-key` and `provklar device`: who may report, and for which school."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable

from rich.table import Table

from collector.app import open_configuration
from collector.clock import utc_now
from collector.commands.printing import console, say
from collector.configuration.model import Configuration
from collector.configuration.problems import ConfigurationErrors
from collector.i18n.messages import Language, moment
from collector.store.errors import StorageUnavailableError
from collector.store.store import Store

Action = Callable[[Configuration, Store, str | None, Language], int]


def _with_store(arguments: Namespace, actions: dict[str, Action]) -> int:
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


def _list(configuration: Configuration, store: Store, _subject: str | None, language: Language) -> int:
    table = Table()
    for column in ("column_key", "column_school", "column_created", "column_revoked"):
        table.add_column(say(column, language))
    for key in store.enrolment_keys():
        school = configuration.schools.get(key.school)
        revoked = moment(key.revoked_at, language) if key.revoked_at else "–"
        table.add_row(key.key_id, school.name if school else key.school, moment(key.created_at, language), revoked)
    console().print(table)
    return 0


def _revoke(_configuration: Configuration, store: Store, key_id: str | None, language: Language) -> int:
    if not store.revoke_enrolment_key(key_id or "", utc_now()):
        return _refuse("unknown_key", language, name=key_id or "–")
    print(say("key_revoked", language, id=key_id or ""))
    return 0


def _list_devices(configuration: Configuration, store: Store, _subject: str | None, language: Language) -> int:
    table = Table()
    for column in ("column_device", "column_school", "column_room", "column_seen"):
        table.add_column(say(column, language))
    for device in store.devices():
        school = configuration.schools.get(device.school)
        seen = moment(device.last_seen_at, language) if device.last_seen_at else say("never", language)
        table.add_row(device.device_id, school.name if school else device.school, device.room or "–", seen)
    console().print(table)
    return 0


def _revoke_device(_configuration: Configuration, store: Store, device_id: str | None, language: Language) -> int:
    if not store.revoke_device(device_id or "", utc_now()):
        return _refuse("unknown_device", language, name=device_id or "–")
    print(say("device_revoked", language, id=device_id or ""))
    return 0


def run(arguments: Namespace) -> int:
    """Makes, lists or revokes an enrolment key. A new key is printed alone on standard output, this once."""
    return _with_store(arguments, {"create": _create, "list": _list, "revoke": _revoke})


def device(arguments: Namespace) -> int:
    """Lists devices, or revokes one: its token is refused from then on."""
    return _with_store(arguments, {"list": _list_devices, "revoke": _revoke_device})
