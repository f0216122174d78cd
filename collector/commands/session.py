"""`provklar session`: opens a supervised session, in which what browsers measure counts; lists and closes them."""

from __future__ import annotations

import io
import os
import sys
from argparse import Namespace
from datetime import timedelta
from pathlib import Path

import segno
from rich.table import Table

from collector.app import open_configuration
from collector.clock import utc_now
from collector.commands.printing import console, say
from collector.configuration.links import base_url, session_page
from collector.configuration.model import Configuration
from collector.configuration.problems import ConfigurationErrors
from collector.i18n.messages import Language, moment
from collector.readiness.domain.model import Room, School
from collector.readiness.domain.room_names import room_of
from collector.readiness.domain.sessions import SupervisedSession
from collector.store.errors import StorageUnavailableError
from collector.store.store import Store

EX_USAGE = 2
LONGEST_MINUTES = 600
LISTED = 20
"""As many rooms, schools or sessions are named at a time."""


def run(arguments: Namespace) -> int:
    """Opens, lists or closes; exit code 2 for what there is not. A new session's code is printed alone on standard
    output, what people need beside it on standard error.
    """
    try:
        configuration, store = open_configuration(arguments.config, utc_now, os.environ)
    except (ConfigurationErrors, StorageUnavailableError) as error:
        print(error, file=sys.stderr)
        return EX_USAGE
    try:
        return {"open": _open, "list": _list, "close": _close}[arguments.action](configuration, store, arguments)
    finally:
        store.close()


def _open(configuration: Configuration, store: Store, arguments: Namespace) -> int:
    language: Language = arguments.language
    school = configuration.schools.get(arguments.subject or "")
    if school is None:
        known = ", ".join(sorted(configuration.schools)[:LISTED])
        return _refuse("unknown_school", language, name=arguments.subject or "–", known=known)
    room = room_of(school, arguments.room or "")
    if room is None:
        known = ", ".join(one.id for one in school.rooms[:LISTED]) or "–"
        return _refuse("unknown_room", language, school=school.name, name=arguments.room or "–", known=known)
    if not 1 <= arguments.minutes <= LONGEST_MINUTES:
        return _refuse("session_minutes", language, most=LONGEST_MINUTES)
    length = timedelta(minutes=arguments.minutes)
    session = store.open_session(school.code, room.id, utc_now(), length, without_agents=arguments.without_agents)
    link = session_page(base_url(configuration.settings), session.code)
    if not _drawn(link, arguments.svg, language):
        return EX_USAGE
    _tell(session, school, room, link, language)
    return 0


def _drawn(link: str, svg: Path | None, language: Language) -> bool:
    """The QR code that leads there: into a file where one is named, else on the terminal."""
    code = segno.make(link, error="m", micro=False)
    if svg is None:
        drawing = io.StringIO()
        code.terminal(drawing, compact=True)
        print(drawing.getvalue(), file=sys.stderr)
        return True
    try:
        code.save(str(svg), kind="svg", scale=8, border=4, light="#fff")
    except OSError as error:
        _refuse("file_unwritable", language, file=str(svg), reason=error.strerror or str(error))
        return False
    return True


def _tell(session: SupervisedSession, school: School, room: Room, link: str, language: Language) -> None:
    ends = moment(session.ends_at, language)
    told = say("session_opened", language, school=school.name, room=room.name or room.id, ends=ends, link=link)
    print(told, file=sys.stderr)
    if session.without_agents:
        print(say("session_without_agents", language), file=sys.stderr)
    print(session.code)


def _list(configuration: Configuration, store: Store, arguments: Namespace) -> int:
    language: Language = arguments.language
    table = Table()
    for column in ("session", "school", "room", "opened", "ends", "browsers", "without_agents"):
        table.add_column(say(f"column_{column}", language))
    for session, browsers in store.sessions()[:LISTED]:
        school = configuration.schools.get(session.school)
        ends = moment(session.ends_at, language)
        table.add_row(
            session.code,
            school.name if school else session.school,
            session.room,
            moment(session.opened_at, language),
            ends if session.ends_at > utc_now() else say("session_over", language, ends=ends),
            str(browsers),
            "✓" if session.without_agents else "–",
        )
    console().print(table)
    return 0


def _close(_configuration: Configuration, store: Store, arguments: Namespace) -> int:
    code = arguments.subject or ""
    if not store.close_session(code, utc_now()):
        return _refuse("unknown_session", arguments.language, name=code or "–")
    print(say("session_closed", arguments.language, name=code))
    return 0


def _refuse(code: str, language: Language, **values: str | float) -> int:
    print(say(code, language, **values), file=sys.stderr)
    return EX_USAGE
