"""`provklar measurement-point`: a measurement point as a process of its own, until it is told to stop.

It reads no configuration folder: it may stand where there is none, on the far side of a school's line.
"""

from __future__ import annotations

import ssl
import sys
from argparse import Namespace
from pathlib import Path

import msgspec

from collector.clock import utc_now
from collector.commands.bind_socket import listening_socket, port_refused
from collector.commands.printing import say
from collector.configuration.model import Listen, Measurement
from collector.measurement.gate import Gate
from collector.measurement.origins import Origins
from collector.measurement.server import allow_open_files, serve, tls_context
from collector.measurement.tickets import SecretUnusableError, read_secret

EX_USAGE = 2
SECRET = Path("var/measurement.secret")


def _bounds(arguments: Namespace) -> Measurement:
    """The bounds as asked for, else the defaults. Raises msgspec.ValidationError, and ValueError for a bad address."""
    given = {name: getattr(arguments, name, None) for name in Measurement.__struct_fields__ if name != "secret_file"}
    bounds = msgspec.convert({name: value for name, value in given.items() if value is not None}, Measurement)
    Origins(bounds.allowed_origins)
    return bounds


def run(arguments: Namespace) -> int:
    """Serves until SIGINT or SIGTERM; exit code 2 when secret, certificate, bounds or port can not be used."""
    language = arguments.language
    try:
        secret = read_secret(arguments.secret_file or SECRET)
        bounds = _bounds(arguments)
        listen = msgspec.convert({"host": arguments.host, "port": arguments.port}, Listen)
        tls = tls_context(arguments.certificate, arguments.key) if arguments.certificate else None
    except (SecretUnusableError, ValueError) as error:
        return _refused(say("measurement_refused", language, reason=str(error)))
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror or str(error)
        return _refused(say("certificate_unusable", language, file=arguments.certificate, reason=reason))
    try:
        listener = listening_socket(listen)
    except OSError as error:
        return _refused(port_refused(error, listen, language))
    allow_open_files(bounds.connections)
    scheme = "https" if tls else "http"
    host = f"[{listen.host}]" if ":" in listen.host else listen.host
    url = f"{scheme}://{host}:{listen.port}/measure/v1"
    serve(
        Gate(secret, bounds, utc_now), listener, tls, lambda: print(say("measures_at", language, url=url), flush=True)
    )
    print(say("measurement_point_stopped", language), flush=True)
    return 0


def _refused(message: str) -> int:
    print(message, file=sys.stderr)
    return EX_USAGE
