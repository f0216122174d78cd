"""The command `provklar-agent survey`: a capture, or what is heard right now, becomes a report in the outbox, a line of
the sheet and a picture.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from agent.app import LOCK_PATIENCE_S, App
from agent.i18n.errors import BAD_INPUT, AgentError, CollectorAwayError
from agent.i18n.messages import Messages
from agent.protocol.wire import SCHEMA, ProbeResult, Report
from agent.runtime.data_folder import Identity
from agent.survey.air import listening, until_ctrl_c
from agent.survey.capture import NoCaptureError
from agent.survey.csv_table import Sheet, SheetError
from agent.survey.facts import results
from agent.survey.progress_bar import ProgressBar
from agent.survey.read import Survey, Surveying, survey_of
from agent.survey.svg_heatmap import picture
from agent.system.files import LockedError, exclusively, write_durably
from agent.version import agent_version

SHEET, PICTURE = "survey.csv", "survey.svg"
"""Both are in the folder `survey` of the agent's data."""


class Surveyed(NamedTuple):
    """What came of a survey, and where it can be looked at."""

    survey: Survey
    results: list[ProbeResult]
    sheet: Path
    picture: Path


def conduct(app: App, capture: Path, ssids: Sequence[str], words: Messages) -> Surveyed:
    """Surveys the room of the settings from a file. Raises AgentError; then nothing has been written."""
    room, identity = _ready(app)
    survey, file_time = _read(capture, ssids)
    return _kept(app, room, identity, survey, file_time, own_named=bool(ssids), words=words)


def listen(app: App, interface: str, seconds: float, ssids: Sequence[str], words: Messages) -> Surveyed:
    """Surveys the room of the settings by ear, for so many seconds or until Ctrl-C. Raises AgentError; then nothing has
    been written.
    """
    room, identity = _ready(app)
    began = app.system.now()
    survey, lost = _heard(app, interface, seconds, ssids)
    if lost:
        app.tell("survey_live_lost", lost=lost, frames=survey.frames)
    if not survey.frames:
        raise AgentError("survey_live_silence", exit_code=BAD_INPUT, interface=interface)
    return _kept(app, room, identity, survey, began, own_named=bool(ssids), words=words)


def send(app: App) -> None:
    """Sends the report at once; with the collector away it waits in the outbox."""
    try:
        app.send()
    except CollectorAwayError as error:
        app.tell(error.code, **error.values)
        app.tell("survey_kept")


def _ready(app: App) -> tuple[str, Identity]:
    """The room and who measures it, before anything is read."""
    room, identity = _room(app), app.identity()
    if find_spec("scapy") is None:
        raise AgentError("survey_needs_scapy", exit_code=BAD_INPUT)
    return room, identity


def _heard(app: App, interface: str, seconds: float, ssids: Sequence[str]) -> tuple[Survey, int]:
    """What came until the time was up or somebody pressed Ctrl-C, and how many frames the kernel lost."""
    surveying = Surveying([ssid.encode() for ssid in ssids])
    with listening(interface, seconds, lambda: app.system.now().timestamp()) as ear, until_ctrl_c(ear.stop):
        app.tell("survey_live_listening", interface=interface, seconds=seconds)
        for frame in ear.frames():
            surveying.add(frame)
        return surveying.survey(cut_short=False), ear.lost()


def _kept(
    app: App, room: str, identity: Identity, survey: Survey, began: datetime, *, own_named: bool, words: Messages
) -> Surveyed:
    """Puts the report into the outbox and the room into the sheet."""
    found = results(survey, own_named=own_named, file_time=began, now=app.system.now())
    report = Report(
        schema=SCHEMA,
        report_id=uuid.uuid4().hex,
        device_id=identity.device_id,
        sent_at=app.system.now(),
        agent_version=agent_version(),
        school=app.settings.school,
        room=room,
        results=found,
    )
    folder = app.data.path / "survey"
    try:
        with exclusively(app.data.lock_file, LOCK_PATIENCE_S):
            sheet = _sheet(folder / SHEET)
            sheet.put(room, found[0].started_at, survey.gathered.own)
            kept = app.data.policy()
            app.outbox(kept.policy if kept else None).put(report)
            _write(sheet, folder, words)
    except LockedError as error:
        raise AgentError("another_measures", folder=str(app.data.path)) from error
    return Surveyed(survey, found, folder / SHEET, folder / PICTURE)


def tell(app: App, surveyed: Surveyed) -> None:
    """Says what was found, and all that makes it less than it seems."""
    survey, facts = surveyed.survey, surveyed.results[0].facts
    reason = surveyed.results[0].missing.get("signal_p10_dbm")
    if reason == "ssid_not_given":
        app.tell("survey_ssid_not_given")
    elif reason == "no_own_network_heard":
        app.tell("survey_no_own_heard")
    else:
        signal = facts["signal_p10_dbm"]
        app.tell(
            "survey_own",
            count=len(survey.gathered.own),
            signal="?" if signal is None else signal,
            foreign="?" if facts["foreign_access_points"] is None else facts["foreign_access_points"],
        )
    if survey.malformed:
        app.tell("survey_malformed", malformed=survey.malformed, frames=survey.frames)
    if survey.cut_short:
        app.tell("survey_cut_short")
    if survey.overflowed:
        app.tell("survey_overflowed")
    app.tell("survey_written", sheet=str(surveyed.sheet), picture=str(surveyed.picture))


def _room(app: App) -> str:
    if app.settings.room is None:
        raise AgentError("survey_no_room", exit_code=BAD_INPUT)
    return app.settings.room


def _read(capture: Path, ssids: Sequence[str]) -> tuple[Survey, datetime]:
    """What the capture holds, and when its file was last written."""
    try:
        status = capture.stat()
        progress = ProgressBar(sys.stderr, status.st_size)
        survey = survey_of(capture, [ssid.encode() for ssid in ssids], progress)
        progress.end()
    except NoCaptureError:
        raise AgentError("survey_no_capture", exit_code=BAD_INPUT, file=str(capture)) from None
    except OSError as error:
        raise AgentError("survey_unreadable", exit_code=BAD_INPUT, file=str(capture), reason=str(error)) from error
    if survey.without_radiotap == survey.frames:
        raise AgentError("survey_not_monitored", exit_code=BAD_INPUT, file=str(capture))
    return survey, datetime.fromtimestamp(status.st_mtime, UTC)


def _sheet(file: Path) -> Sheet:
    try:
        sheet = Sheet(file.read_text(encoding="utf-8") if file.exists() else "")
        sheet.heard()
    except (SheetError, UnicodeDecodeError) as error:
        raise AgentError("survey_sheet_spoilt", exit_code=BAD_INPUT, file=str(file)) from error
    return sheet


def _write(sheet: Sheet, folder: Path, words: Messages) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    write_durably(folder / SHEET, sheet.text().encode())
    drawn = picture(words.say("survey_title"), words.say("survey_legend"), sheet.rooms(), sheet.heard())
    write_durably(folder / PICTURE, drawn.encode())
