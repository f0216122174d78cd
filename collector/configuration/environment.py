"""The settings that the environment may override: `PROVKLAR_PORT` and `PROVKLAR_DATA`. Empty is as good as unset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from collector.configuration.model import Settings
from collector.configuration.problems import ConfigurationError, problem
from collector.configuration.rules.settings import HIGHEST_PORT

PORT = "PROVKLAR_PORT"
DATA = "PROVKLAR_DATA"


def environment_errors(environ: Mapping[str, str]) -> Iterator[ConfigurationError]:
    """What is wrong with the variables that are set."""
    port, folder = environ.get(PORT, ""), environ.get(DATA, "")
    if port and not (port.isascii() and port.isdecimal() and 1 <= int(port) <= HIGHEST_PORT):
        yield ConfigurationError.of(Path(PORT), None, problem((), "config_bad_port", written=port))
    if folder and Path(folder).exists() and not Path(folder).is_dir():
        yield ConfigurationError.of(Path(DATA), None, problem((), "config_bad_data_folder", written=folder))


def overridden(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """The settings with what the environment says instead; the environment has been checked."""
    if port := environ.get(PORT):
        listen = msgspec.structs.replace(settings.listen, port=int(port))
        settings = msgspec.structs.replace(settings, listen=listen)
    if folder := environ.get(DATA):
        settings = msgspec.structs.replace(settings, data_dir=folder)
    return settings
