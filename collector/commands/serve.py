"""`provklar serve`: the collector, until it is told to stop."""

from __future__ import annotations

import logging
import os
import signal
import sys
from argparse import Namespace
from types import FrameType

import uvicorn

from collector.app import build
from collector.clock import utc_now
from collector.commands.bind_socket import listening_socket, port_refused
from collector.configuration.problems import ConfigurationErrors
from collector.measurement.tickets import SecretUnusableError
from collector.store.errors import StorageUnavailableError

EX_USAGE = 2
SHUTDOWN_S = 10


def _leave(_signum: int, _frame: FrameType | None) -> None:
    """Uvicorn stops in order on the first signal and raises it again; then there is nothing left to do but leave."""
    raise SystemExit(0)


def run(arguments: Namespace) -> int:
    """Serves until SIGINT or SIGTERM; exit code 2 when the configuration or the port cannot be used."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for chatty in ("alembic", "apscheduler"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        collector = build(arguments.config, utc_now, os.environ)
    except (ConfigurationErrors, StorageUnavailableError, SecretUnusableError) as error:
        print(error, file=sys.stderr)
        return EX_USAGE
    listen = collector.configuration.settings.listen
    try:
        listener = listening_socket(listen)
    except OSError as error:
        collector.close()
        print(port_refused(error, listen, arguments.language), file=sys.stderr)
        return EX_USAGE
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, _leave)
    server = uvicorn.Server(
        uvicorn.Config(
            collector.asgi,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=SHUTDOWN_S,
            lifespan="on",
            forwarded_allow_ips=listen.trusted_proxies,
        )
    )
    server.run(sockets=[listener])
    return 0
