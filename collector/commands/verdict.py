"""`provklar verdict` and `provklar explain`: what is concluded, now or as of a day, by any profile, and from what."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import msgspec

from collector.api.sittings import sitting_answer
from collector.app import open_configuration
from collector.clock import utc_now
from collector.commands.choice import UnusableInputError, chosen_profile, chosen_sittings, refused
from collector.commands.outlook import outlook_answer, outlook_heading, outlook_table, outlooks
from collector.commands.printing import console, lines_beside, say, verdict_table
from collector.commands.replay import replaying, tell_refused
from collector.configuration.model import Configuration
from collector.configuration.problems import ConfigurationErrors
from collector.i18n.formatting import quantity
from collector.i18n.messages import Language, choose, render
from collector.judgement.drifting import with_drift
from collector.judgement.service import EvidenceStore, evidence_reader, judge_sittings
from collector.readiness.domain.model import Verdict
from collector.readiness.explanation.explain import Words, explain_lines
from collector.replay.receipts import RefusedLine
from collector.store.errors import StorageUnavailableError


@contextmanager
def _stored(arguments: Namespace) -> Iterator[tuple[Configuration, EvidenceStore, datetime]]:
    """The collector's own facts, and as of when they are wanted."""
    configuration, store = open_configuration(arguments.config, utc_now, os.environ)
    try:
        yield configuration, store, arguments.as_of or utc_now()
    finally:
        store.close()


def _judged(arguments: Namespace, configuration: Configuration, store: EvidenceStore, now: datetime) -> list[Verdict]:
    """The verdicts that the arguments ask for, judged anew from facts."""
    profile = chosen_profile(configuration, arguments.profile)
    read = evidence_reader(configuration, store, now, profile)
    sittings = chosen_sittings(configuration, arguments.sitting, now)
    judged = judge_sittings(configuration, store, now, sittings=sittings, profile=profile, evidence_of=read)
    return with_drift(configuration, store, judged, read, profile)


def run(arguments: Namespace) -> int:
    """Prints the verdicts as a table, or as the API's JSON with `--json`; by school with `--by-school`."""
    if arguments.by_school:
        return _by_school(arguments)
    try:
        with _stored(arguments) as (configuration, store, now):
            verdicts = _judged(arguments, configuration, store, now)
    except (ConfigurationErrors, StorageUnavailableError, UnusableInputError) as error:
        return refused(error, arguments.language)
    if arguments.json:
        answers = [sitting_answer(verdict, arguments.language, explained=True, beside=verdicts) for verdict in verdicts]
        print(msgspec.json.format(msgspec.json.encode(answers), indent=1).decode())
    else:
        terminal = console()
        terminal.print(verdict_table(verdicts, arguments.language, terminal.width))
        for line in lines_beside(verdicts, arguments.language):
            terminal.print(line)
    return 0


def _by_school(arguments: Namespace) -> int:
    """Prints which schools would pass, and what it would take."""
    language: Language = arguments.language
    try:
        with _stored(arguments) as (configuration, store, now):
            sittings = chosen_sittings(configuration, arguments.sitting, now)
            profile = chosen_profile(configuration, arguments.profile)
            rows = outlooks(configuration, store, now, sittings, profile)
    except (ConfigurationErrors, StorageUnavailableError, UnusableInputError) as error:
        return refused(error, language)
    if arguments.json:
        answers = [outlook_answer(row, language) for row in rows]
        print(msgspec.json.format(msgspec.json.encode(answers), indent=1).decode())
    else:
        terminal = console()
        if profile is not None:
            terminal.print(say("outlook_profile", language, title=choose(profile.title, language), id=profile.id))
        terminal.print(outlook_heading(rows, language))
        terminal.print(outlook_table(rows, language))
    return 0


def explain(arguments: Namespace) -> int:
    """Prints one sitting's verdict with every number behind it; which there are, if none is asked for. Gives 1 where
    lines of a replay were refused.
    """
    refused_lines: list[RefusedLine] = []
    try:
        if arguments.replay is None:
            with _stored(arguments) as (configuration, store, now):
                [verdict] = _judged(arguments, configuration, store, now)
        else:
            with replaying(arguments, arguments.replay, arguments.as_of) as (replay, now):
                [verdict] = _judged(arguments, replay.configuration, replay, now)
                refused_lines = replay.receipts.refused
    except (ConfigurationErrors, StorageUnavailableError, UnusableInputError) as error:
        return refused(error, arguments.language)
    language: Language = arguments.language

    words = Words(
        render=lambda text: render(text, language),
        choose=lambda text: choose(text, language),
        quantity=lambda value, unit: quantity(value, unit, language),
    )
    lines = explain_lines(verdict, words)
    print("\n".join(lines))
    if refused_lines:
        tell_refused(arguments.replay, refused_lines, language)
    return 1 if refused_lines else 0
