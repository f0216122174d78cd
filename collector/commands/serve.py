"""`provklar serve`: the collector, until it is told to stop."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import sys
from argparse import Namespace
from types import FrameType

import uvicorn

from collector.app import build, utc_now
from collector.commands.printing import say
from collector.configuration.model import Listen
from collector.configuration.problems import ConfigurationErrors
from collector.store.errors import StorageUnavailableError
from collector.web.words import Language

EX_USAGE = 2
SHUTDOWN_S = 10


def listening_socket(listen: Listen) -> socket.socket:
    """Binds before anything else is said or done, so that a taken port is told plainly and nothing half starts."""
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((listen.host, listen.port))
    except OSError:
        listener.close()
        raise
    return listener


def port_refused(error: OSError, listen: Listen, language: Language) -> str:
    """Why the port could not be had, and what to do."""
    code = {errno.EADDRINUSE: "port_taken", errno.EACCES: "port_forbidden"}.get(error.errno or 0, "port_unusable")
    return say(code, language, port=str(listen.port), host=listen.host, reason=error.strerror or str(error))


def _leave(_signum: int, _frame: FrameType | None) -> None:
    """Uvicorn stops in order on the first signal and raises it again; then there is nothing left to do but leave."""
    raise SystemExit(0)


def run(arguments: Namespace) -> int:
    """Serves until SIGINT or SIGTERM; exit code 2 when the configuration or the port cannot be used."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    try:
        collector = build(arguments.config, utc_now, os.environ)
    except (ConfigurationErrors, StorageUnavailableError) as error:
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
            collector.asgi, log_level="warning", access_log=False, timeout_graceful_shutdown=SHUTDOWN_S, lifespan="on"
        )
    )
    server.run(sockets=[listener])
    return 0
