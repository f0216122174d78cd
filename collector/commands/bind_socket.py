"""The socket that a command serves on, and why it could not be had."""

from __future__ import annotations

import errno
import socket

from collector.commands.printing import say
from collector.configuration.model import Listen
from collector.i18n.messages import Language


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
