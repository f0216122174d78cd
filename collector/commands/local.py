"""`provklar local` (`make run`, `make demo`): the whole chain on this machine."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from collector.app import open_configuration
from collector.clock import utc_now
from collector.commands import simulate
from collector.commands.printing import console, say, verdict_table
from collector.configuration.model import Configuration
from collector.configuration.problems import ConfigurationErrors
from collector.i18n.messages import Language
from collector.judgement.service import judge_sittings, still_to_come
from collector.local import processes
from collector.simulate.prepare import prepare
from collector.store.errors import StorageUnavailableError
from collector.store.store import Store


def _opened(arguments: Namespace) -> tuple[Configuration, Store]:
    configuration, store = open_configuration(arguments.config, utc_now, os.environ)
    if not arguments.demo:
        return configuration, store
    store.close()
    copy = processes.copy_config(arguments.config, Path(configuration.settings.data_dir) / "demo-config")
    prepare(copy, simulate.fleet_of(arguments, configuration))
    return open_configuration(copy, utc_now, os.environ)


class _Chain:
    """What the run needs of us: to print, to make keys, to show verdicts, to simulate."""

    def __init__(self, arguments: Namespace, configuration: Configuration, store: Store) -> None:
        self._arguments = arguments
        self._configuration = configuration
        self._store = store
        self._language: Language = arguments.language

    def say(self, code: str, **values: str) -> None:
        print(say(code, self._language, **values), file=sys.stderr, flush=True)

    def key_for(self, school: str) -> str:
        return self._store.create_enrolment_key(school, "local", utc_now())[1]

    def show(self, place: processes.Workplace) -> None:
        now = utc_now()
        sittings = [s for s in self._configuration.sittings if still_to_come(s, now)]
        verdicts = judge_sittings(self._configuration, self._store, now, sittings=sittings)
        verdicts.sort(key=lambda v: (v.school.code != place.school.code, v.starts_at))
        shown = verdicts if self._arguments.demo else [v for v in verdicts if v.school.code == place.school.code]
        console().print(verdict_table(shown, self._language))
        if len(shown) < len(verdicts):
            self.say("other_sittings", count=str(len(verdicts) - len(shown)))

    def simulate(self) -> Sequence[str] | None:
        if not self._arguments.demo:
            return None
        fleet = [f"--schools={self._arguments.schools}", f"--devices={self._arguments.devices}"]
        common = [*processes.program("provklar"), "simulate", "--config", str(self._configuration.folder), *fleet]
        common.append(f"--seed={self._arguments.seed}")
        processes.finish(common, "simulation_failed")
        return [*common, "--days=0", "--live"]


def run(arguments: Namespace) -> int:
    """Until Ctrl-C; 1 when some part of the chain could not do its work, 2 when the input cannot be used."""
    try:
        configuration, store = _opened(arguments)
    except (ConfigurationErrors, StorageUnavailableError) as error:
        print(error, file=sys.stderr)
        return 2
    chain = _Chain(arguments, configuration, store)
    try:
        processes.run(
            processes.workplace(configuration),
            chain.say,
            key_for=chain.key_for,
            show=chain.show,
            now=utc_now,
            simulate=chain.simulate,
        )
    except processes.LocalRunError as error:
        chain.say(error.code, **error.values)
        return 1
    except KeyboardInterrupt:
        chain.say("stopped")
        return 0
    finally:
        store.close()
    return 0
