"""`provklar simulate`: an invented municipality, sent through the real HTTP API of a running collector."""

from __future__ import annotations

import asyncio
import os
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from collector.app import open_configuration
from collector.clock import utc_now
from collector.commands.printing import say
from collector.commands.progress_line import ProgressLine
from collector.configuration.links import own_url
from collector.configuration.model import Configuration
from collector.configuration.problems import ConfigurationErrors
from collector.simulate.client import CollectorRefusedError, CollectorUnreachableError
from collector.simulate.fleet import build_fleet
from collector.simulate.identities import Identities
from collector.simulate.model import Fleet
from collector.simulate.prepare import prepare
from collector.simulate.send import live, send
from collector.store.errors import StorageUnavailableError
from collector.store.store import Store

LIVE_EVERY_S = 900.0


def on_stderr(line: str) -> None:
    """What happens goes beside the output, as it comes."""
    print(line, file=sys.stderr, flush=True)


def fleet_of(arguments: Namespace, configuration: Configuration) -> Fleet:
    """The municipality that the arguments name: the same seed, the same fleet."""
    return build_fleet(
        arguments.seed, schools=arguments.schools, devices=arguments.devices, releases=configuration.releases
    )


def key_maker(store: Store) -> Callable[[str], str]:
    """Makes an enrolment key for a school when one is asked for."""
    return lambda school: store.create_enrolment_key(school, "simulated", utc_now())[1]


def identities_of(configuration: Configuration) -> Identities:
    """Where the simulated machines keep who they are, so that a second run does not enrol them again."""
    return Identities(Path(configuration.settings.data_dir) / "simulated.json")


async def _send_all(arguments: Namespace, configuration: Configuration, store: Store) -> None:
    url = arguments.url or own_url(configuration.settings.listen)
    fleet, identities, key_for = fleet_of(arguments, configuration), identities_of(configuration), key_maker(store)
    if arguments.days > 0:
        line = ProgressLine("simulated_by_now", arguments.language, fleet.devices_count)

        def progress(done: int, reports: int) -> None:
            line.reach(done, reports=reports)

        try:
            totals = await send(
                url, fleet, utc_now(), key_for, days=arguments.days, progress=progress, identities=identities
            )
        finally:
            line.end()
        counts = {"devices": totals.devices, "accepted": totals.accepted, "duplicate": totals.duplicate}
        print(say("simulation_sent", arguments.language, rejected=totals.rejected, **counts))
    if arguments.live:
        await live(url, fleet, key_for, every_s=LIVE_EVERY_S, report=on_stderr, identities=identities)


def run(arguments: Namespace) -> int:
    """Prepares the configuration with `--prepare`; else enrols and reports, and keeps on with `--live`."""
    try:
        configuration, store = open_configuration(arguments.config, utc_now, os.environ)
    except (ConfigurationErrors, StorageUnavailableError) as error:
        print(error, file=sys.stderr)
        return 2
    try:
        if arguments.prepare:
            for path in prepare(arguments.config, fleet_of(arguments, configuration)):
                print(say("wrote_file", arguments.language, path=str(path)))
            return 0
        asyncio.run(_send_all(arguments, configuration, store))
    except (CollectorRefusedError, CollectorUnreachableError) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        store.close()
    return 0
