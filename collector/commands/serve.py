"""`provklar serve`: the collector, until it is told to stop."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from argparse import Namespace
from types import FrameType

import uvicorn

from collector.app import build
from collector.clock import utc_now
from collector.commands.bind_socket import listening_socket, port_refused
from collector.commands.printing import say
from collector.configuration.links import EVERY_ADDRESS, own_url
from collector.configuration.model import Listen
from collector.configuration.problems import ConfigurationErrors
from collector.i18n.messages import Language
from collector.measurement.tickets import SecretUnusableError
from collector.store.errors import StorageUnavailableError

EX_USAGE = 2
SHUTDOWN_S = 10


def _leave(_signum: int, _frame: FrameType | None) -> None:
    """Uvicorn stops in order on the first signal and raises it again; then there is nothing left to do but leave."""
    raise SystemExit(0)


class _Server(uvicorn.Server):
    """Says that it listens as soon as it does: whoever follows what it says may then go there."""

    def __init__(self, config: uvicorn.Config, said: str) -> None:
        super().__init__(config)
        self._said = said

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts, and says so."""
        await super().startup(sockets)
        if self.started:
            print(self._said, file=sys.stderr, flush=True)


def where(listen: Listen, language: Language) -> str:
    """Tells where to find a collector that listens there."""
    code = "serves_everywhere" if listen.host in EVERY_ADDRESS else "serves_at"
    return say(code, language, url=own_url(listen), port=str(listen.port))


def run(arguments: Namespace) -> int:
    """Serves until SIGINT or SIGTERM; exit code 2 when the configuration or the port cannot be used."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for chatty in ("alembic", "apscheduler"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        collector = build(arguments.config, utc_now, os.environ)
    except ConfigurationErrors as errors:
        print(errors.render(arguments.language), file=sys.stderr)
        return EX_USAGE
    except (StorageUnavailableError, SecretUnusableError) as error:
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
    server = _Server(
        uvicorn.Config(
            collector.asgi,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=SHUTDOWN_S,
            lifespan="on",
            forwarded_allow_ips=listen.trusted_proxies,
        ),
        where(listen, arguments.language),
    )
    server.run(sockets=[listener])
    return 0
