"""`provklar replay`: every verdict that a collector would have come to by what a file says that it received."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from collector.api.sittings import SittingAnswer, sitting_answer
from collector.clock import utc_now
from collector.commands.choice import UnusableInputError, chosen_profile, refused
from collector.commands.printing import console, say, verdict_table
from collector.configuration.problems import ConfigurationErrors
from collector.i18n.messages import Language, render
from collector.readiness.domain.model import Text
from collector.replay.files import configuration_for, lines_of
from collector.replay.receipts import RefusedLine
from collector.replay.replay import EmptyReplayError, Replay, Replayed

ANSWER_VERSION = 1
SHOWN_REFUSED = 20
"""So many refused lines are told in words; `--json` has all."""


class RefusedAnswer(msgspec.Struct, frozen=True):
    """A line that was not taken, and why."""

    line: int
    kind: str | None
    code: str
    place: str | None
    message: str


class ReplayAnswer(msgspec.Struct, frozen=True):
    """What `--json` prints. `taken` counts lines by kind, `remarks` what is to be said of reports that were taken."""

    version: int
    at: datetime
    taken: dict[str, int]
    remarks: dict[str, int]
    refused: list[RefusedAnswer]
    verdicts: list[SittingAnswer]


@contextmanager
def replaying(arguments: Namespace, path: Path, at: datetime | None) -> Iterator[tuple[Replay, datetime]]:
    """A replay of the file as it was at `at`, or when its last line was received; and that time.

    Raises ConfigurationErrors and UnusableInputError.
    """
    try:
        configuration = configuration_for(arguments.config, path, utc_now(), os.environ)
        replay = Replay(configuration)
        try:
            replay.feed(lines_of(path))
            when = at or replay.take_all()
            replay.live_until(when)
            yield replay, when
        finally:
            replay.close()
    except OSError as error:
        raise UnusableInputError(Text("replay_no_file", {"file": str(path), "fault": error.strerror or ""})) from error
    except EmptyReplayError:
        raise UnusableInputError(Text("replay_empty", {"file": str(path)})) from None


def run(arguments: Namespace) -> int:
    """0 when all lines were taken, 1 when some were refused, 2 when nothing can be judged."""
    language: Language = arguments.language
    try:
        with replaying(arguments, arguments.file, arguments.at) as (replay, at):
            profile = chosen_profile(replay.configuration, arguments.profile)
            done = Replayed(at, replay.verdicts(at, profile=profile), replay.receipts)
    except (ConfigurationErrors, UnusableInputError) as error:
        return refused(error, language)
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(_answer(done, language)), indent=1).decode())
    else:
        terminal = console()
        terminal.print(verdict_table(done.verdicts, language, terminal.width))
        print(_summary(done, language))
    tell_refused(arguments.file, done.receipts.refused, language)
    return 1 if done.receipts.refused else 0


def tell_refused(path: Path, lines: list[RefusedLine], language: Language) -> None:
    """Says on the error output which lines were not taken: `file:12: why (place)`."""
    for line in lines[:SHOWN_REFUSED]:
        place = "" if line.place is None else f" ({line.place})"
        print(f"{path}:{line.line}: {render(line.why, language)}{place}", file=sys.stderr)
    if len(lines) > SHOWN_REFUSED:
        print(say("replay_more_refused", language, count=len(lines) - SHOWN_REFUSED), file=sys.stderr)


def _summary(done: Replayed, language: Language) -> str:
    told = [f"{count} {kind}" for kind, count in sorted(done.receipts.taken.items())]
    told += [f"{count} {remark}" for remark, count in sorted(done.receipts.remarks.items())]
    refused_count = len(done.receipts.refused)
    text = Text("replay_summary", {"at": done.at, "taken": ", ".join(told) or "0", "refused": refused_count})
    return render(text, language)


def _answer(done: Replayed, language: Language) -> ReplayAnswer:
    return ReplayAnswer(
        version=ANSWER_VERSION,
        at=done.at,
        taken=dict(sorted(done.receipts.taken.items())),
        remarks=dict(sorted(done.receipts.remarks.items())),
        refused=[_refused_answer(line, language) for line in done.receipts.refused],
        verdicts=[sitting_answer(verdict, language, explained=True, beside=done.verdicts) for verdict in done.verdicts],
    )


def _refused_answer(line: RefusedLine, language: Language) -> RefusedAnswer:
    code = str(line.why.values["code"]) if line.why.code == "replay_report_refused" else line.why.code
    return RefusedAnswer(line.line, line.kind, code.removeprefix("replay_"), line.place, render(line.why, language))
