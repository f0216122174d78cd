"""`provklar local` (`make run`, `make demo`): the whole chain on this machine."""

from __future__ import annotations

import os
import shutil
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from collector.app import open_configuration
from collector.clock import utc_now
from collector.commands import simulate
from collector.commands.printing import console, say, verdict_table
from collector.commands.progress_line import ProgressLine
from collector.configuration.model import Configuration
from collector.configuration.problems import ConfigurationErrors
from collector.i18n.messages import Language
from collector.judgement.service import judge_sittings, still_to_come
from collector.local import chain
from collector.local.processes import LocalRunError, finish
from collector.local.workplace import Workplace, copy_config, workplace
from collector.readiness.domain.model import Sitting
from collector.readiness.domain.sittings import starts_at
from collector.simulate.prepare import prepare
from collector.store.errors import StorageUnavailableError
from collector.store.store import Store

SHOWN_AT_MOST = 30
"""Rows of the table: a municipality of 220 schools would push this machine's own verdict off any screen."""


def _opened(arguments: Namespace) -> tuple[Configuration, Store]:
    configuration, store = open_configuration(arguments.config, utc_now, os.environ)
    if not arguments.demo:
        return configuration, store
    store.close()
    copy = copy_config(arguments.config, Path(configuration.settings.data_dir) / "demo-config")
    prepare(copy, simulate.fleet_of(arguments, configuration))
    return open_configuration(copy, utc_now, os.environ)


class _Run:
    """What the chain needs of us: to print, to make keys, to show verdicts, to simulate."""

    def __init__(self, arguments: Namespace, configuration: Configuration, store: Store) -> None:
        self._arguments = arguments
        self._configuration = configuration
        self._store = store
        self._language: Language = arguments.language
        self._to_judge = ProgressLine("judged_by_now", self._language, len(self._to_come()))

    def _to_come(self) -> list[Sitting]:
        now = utc_now()
        return [sitting for sitting in self._configuration.sittings if still_to_come(sitting, now)]

    def say(self, code: str, **values: str) -> None:
        self._to_judge.end()
        print(say(code, self._language, **values), file=sys.stderr, flush=True)

    def key_for(self, school: str) -> str:
        return self._store.create_enrolment_key(school, "local", utc_now())[1]

    def judged(self, done: int) -> None:
        self._to_judge.reach(done)

    def show(self, place: Workplace) -> None:
        self._to_judge.end()
        now, sittings, breaks = utc_now(), self._to_come(), self._configuration.breaks
        sittings.sort(key=lambda s: (s.school != place.school.code, starts_at(s, now, breaks)))
        own = [sitting for sitting in sittings if sitting.school == place.school.code]
        shown = sittings[: max(SHOWN_AT_MOST, len(own))] if self._arguments.demo else own
        verdicts = judge_sittings(self._configuration, self._store, now, sittings=shown)
        terminal = console()
        terminal.print(verdict_table(verdicts, self._language, terminal.width))
        if len(shown) < len(sittings):
            self.say("other_sittings", count=str(len(sittings) - len(shown)))

    def running(self, place: Workplace) -> None:
        self.say("running_until_stopped", url=place.url)
        if shutil.which("provklar") is None:
            self.say("commands_in_make_shell")
        if self._arguments.demo:
            self.say("commands_about_the_demo", config=str(place.config))

    def simulate(self, place: Workplace) -> Sequence[str] | None:
        asked = self._arguments
        if not asked.demo:
            return None
        fleet = [f"--schools={asked.schools}", f"--devices={asked.devices}", f"--seed={asked.seed}"]
        finish(place.collector("simulate", *fleet), "simulation_failed")
        return place.collector("simulate", *fleet, "--days=0", "--live")


def run(arguments: Namespace) -> int:
    """Until Ctrl-C; 1 when some part of the chain could not do its work, 2 when the input cannot be used."""
    try:
        configuration, store = _opened(arguments)
    except ConfigurationErrors as errors:
        print(errors.render(arguments.language), file=sys.stderr)
        return 2
    except StorageUnavailableError as error:
        print(error, file=sys.stderr)
        return 2
    this = _Run(arguments, configuration, store)
    try:
        chain.run(workplace(configuration, arguments.language), this, utc_now, verbose=arguments.verbose)
    except LocalRunError as error:
        this.say(error.code, **error.values)
        return 1
    except KeyboardInterrupt:
        this.say("stopped")
        return 0
    finally:
        store.close()
    return 0
