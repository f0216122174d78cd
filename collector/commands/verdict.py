"""`provklar verdict` and `provklar explain`: what is concluded, now or as of a day, by any profile, and from what."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from datetime import datetime

import msgspec

from agent.protocol.wire import FactValue
from collector.api.sittings import sitting_answer
from collector.app import open_configuration
from collector.clock import utc_now
from collector.commands.printing import console, say, verdict_table
from collector.configuration.model import Configuration
from collector.configuration.problems import ConfigurationErrors
from collector.i18n.formatting import quantity, unit_in_words
from collector.i18n.messages import Language, choose, number, render
from collector.judgement.service import judge_sittings, still_to_come
from collector.readiness.domain.model import Profile, Sitting, Verdict
from collector.readiness.explanation.explain import explain_lines
from collector.store.errors import StorageUnavailableError


class UnknownNameError(LookupError):
    """A sitting or profile that is not in the configuration; `known` are those that are."""

    def __init__(self, code: str, name: str, known: list[str]) -> None:
        super().__init__(name)
        self.code, self.name, self.known = code, name, known


def _chosen_sittings(configuration: Configuration, wanted: str | None, now: datetime) -> list[Sitting]:
    if wanted is None:
        return [sitting for sitting in configuration.sittings if still_to_come(sitting, now)]
    if not wanted:
        to_come = [s.id for s in configuration.sittings if still_to_come(s, now)]
        raise UnknownNameError("which_sitting", wanted, to_come)
    found = [sitting for sitting in configuration.sittings if sitting.id == wanted]
    if not found:
        raise UnknownNameError("unknown_sitting", wanted, [s.id for s in configuration.sittings])
    return found


def _chosen_profile(configuration: Configuration, wanted: str | None) -> Profile | None:
    if wanted is None or wanted in configuration.profiles:
        return configuration.profiles.get(wanted or "")
    raise UnknownNameError("unknown_profile", wanted, sorted(configuration.profiles))


def judged(arguments: Namespace) -> list[Verdict]:
    """The verdicts that the arguments ask for, judged anew from the stored facts."""
    configuration, store = open_configuration(arguments.config, utc_now, os.environ)
    try:
        now = arguments.as_of or utc_now()
        return judge_sittings(
            configuration,
            store,
            now,
            sittings=_chosen_sittings(configuration, arguments.sitting, now),
            profile=_chosen_profile(configuration, arguments.profile),
        )
    finally:
        store.close()


def _refused(error: Exception, language: Language) -> int:
    if isinstance(error, UnknownNameError):
        print(say(error.code, language, name=error.name, known=", ".join(error.known[:20]) or "–"), file=sys.stderr)
    else:
        print(error, file=sys.stderr)
    return 2


def run(arguments: Namespace) -> int:
    """Prints the verdicts as a table, or as the API's JSON with `--json`."""
    try:
        verdicts = judged(arguments)
    except (ConfigurationErrors, StorageUnavailableError, UnknownNameError) as error:
        return _refused(error, arguments.language)
    if arguments.json:
        answers = [sitting_answer(verdict, arguments.language, explained=True) for verdict in verdicts]
        print(msgspec.json.format(msgspec.json.encode(answers), indent=1).decode())
    else:
        terminal = console()
        terminal.print(verdict_table(verdicts, arguments.language, terminal.width))
    return 0


def explain(arguments: Namespace) -> int:
    """Prints one sitting's verdict with every number behind it; which there are, if none is asked for."""
    try:
        [verdict] = judged(arguments)
    except (ConfigurationErrors, StorageUnavailableError, UnknownNameError) as error:
        return _refused(error, arguments.language)
    language: Language = arguments.language

    def show(value: FactValue) -> str:
        if isinstance(value, bool):
            return quantity(value, "", language)
        return number(value, language, 2) if isinstance(value, int | float) else str(value)

    lines = explain_lines(
        verdict,
        lambda text: render(text, language),
        lambda text: choose(text, language),
        show,
        lambda unit: unit_in_words(unit, language),
    )
    print("\n".join(lines))
    return 0
