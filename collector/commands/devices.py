"""`provklar device`: the devices that are enrolled, what each fails and why, and the end of one."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence

from rich.table import Table

from collector.api.device_verdicts import DeviceStandingAnswer, ShortcomingAnswer, device_standing, does_fail
from collector.app import open_configuration
from collector.clock import utc_now
from collector.commands import keys
from collector.commands.printing import COLOURS, NOTHING, console, say
from collector.configuration.model import Configuration
from collector.configuration.problems import ConfigurationErrors
from collector.i18n.formatting import quantity
from collector.i18n.messages import Language, moment
from collector.judgement.devices import judged_devices
from collector.readiness.domain.model import BROKEN
from collector.store.errors import StorageUnavailableError
from collector.store.store import Store

COLUMNS = ("device", "label", "school", "room", "role", "group", "machine", "status", "fails")
MACHINE_CHARACTERS = 8
"""So much of the hash tells machines apart on a page."""
_NOT_COUNTED = {
    "staff": "device_staff",
    "replaced": "device_replaced",
    "moved": "device_moved",
    "silent": "device_silent",
    "away": "device_away",
    "twice": "device_twice",
    "several": "device_several",
}


def run(arguments: Namespace) -> int:
    """Lists devices, by what they fail where that is asked, or revokes one."""
    if arguments.action != "list" or (arguments.fails is None and arguments.school is None):
        return keys.device(arguments)
    try:
        configuration, store = open_configuration(arguments.config, utc_now, os.environ)
    except (ConfigurationErrors, StorageUnavailableError) as error:
        print(error, file=sys.stderr)
        return 2
    try:
        return _list(configuration, store, arguments)
    finally:
        store.close()


def _list(configuration: Configuration, store: Store, arguments: Namespace) -> int:
    schools = [arguments.school] if arguments.school else list(configuration.schools)
    if arguments.school not in {None, *configuration.schools}:
        return _refused("unknown_school", arguments.school, sorted(configuration.schools), arguments.language)
    known = {one.id for profile in configuration.profiles.values() for one in profile.requirements}
    if arguments.fails not in {None, *known}:
        return _refused("unknown_requirement", arguments.fails, sorted(known), arguments.language)
    now, table = utc_now(), Table()
    for column in COLUMNS:
        table.add_column(say(f"column_{column}", arguments.language))
    for school in schools:
        for report in judged_devices(configuration, store, now, school):
            if arguments.fails is None or does_fail(report, arguments.fails):
                told = device_standing(report, arguments.language)
                table.add_row(*_cells(told, configuration, arguments.fails, arguments.language))
    console().print(table)
    return 0


def _cells(one: DeviceStandingAnswer, configuration: Configuration, fails: str | None, language: Language) -> list[str]:
    status = say(f"status_{one.status.value}", language)
    shown = [
        each for each in one.shortcomings if each.requirement == fails or (fails is None and each.status in BROKEN)
    ]
    why = [_told(each, language) for each in shown]
    if one.not_counted is not None:
        seen = moment(one.last_seen_at, language) if one.last_seen_at else say("never", language)
        successor = f"{one.successor.id}, {one.successor.school}" if one.successor else NOTHING
        why.insert(0, say(_NOT_COUNTED[one.not_counted], language, seen=seen, successor=successor))
    return [
        one.id,
        one.label or NOTHING,
        configuration.schools[one.school].name,
        one.room or NOTHING,
        one.role or NOTHING,
        one.group or NOTHING,
        (one.machine or NOTHING)[:MACHINE_CHARACTERS],
        f"[{COLOURS[one.status]}]{status}[/]",
        "\n".join(why) or NOTHING,
    ]


def _told(one: ShortcomingAnswer, language: Language) -> str:
    """What it fails, by which value, and the code of what is to be said of it. A yes or no is what the title says."""
    value = NOTHING if one.value is None else quantity(one.value, one.unit, language)
    found = one.title if isinstance(one.value, bool) else f"{one.title}: {value}"
    return f"{found} ({one.reason})" if one.reason else found


def _refused(code: str, name: str, known: Sequence[str], language: Language) -> int:
    print(say(code, language, name=name, known=", ".join([*known][:20])), file=sys.stderr)
    return 2
