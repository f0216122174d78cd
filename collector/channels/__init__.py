"""Where warnings go: one file, one channel; the folder is the list. Every module here has a `CHANNEL`.

Whoever reads the settings loads all of them, so a channel loads a heavy library when it opens, not before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol

import msgspec

from collector.readiness.alerts.decide import Decision
from collector.readiness.alerts.delivery import Delivery


class Links(msgspec.Struct, frozen=True):
    """Addresses of this collector's pages for whoever reads a warning: of a sitting by its id, of a runbook by the
    alert's name.
    """

    sitting: Callable[[str], str]
    runbook: Callable[[str], str]


class Channel(Protocol):
    """An open way to tell. One round at a time; a network that fails is told in the delivery, never raised."""

    def deliver(self, decision: Decision, links: Links, now: datetime) -> Delivery:
        """Tells all that holds, told before or not, and what ended in this round."""
        ...

    def close(self) -> None:
        """Gives back what it holds."""
        ...


class ChannelKind(msgspec.Struct, frozen=True):
    """What a file here declares: `settings` are keys of `alerting` in `collector.yaml`, each with a default and a
    description for `docs/settings.md`; one that ends in `_url` must be a web address. `opened` gives the channel that
    they and the seconds between two rounds ask for, or None where they ask for none.
    """

    settings: type[msgspec.Struct]
    opened: Callable[[Any, float], Channel | None]


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, ChannelKind]:
    """Every kind of channel by the name of its file."""
    return {found.name: import_module(f"{__name__}.{found.name}").CHANNEL for found in iter_modules(__path__)}


def settings_fields() -> list[tuple[str, Any, Any]]:
    """The keys of all channels with types and defaults, as `msgspec.defstruct` takes them."""
    declared = [field for kind in kinds().values() for field in msgspec.structs.fields(kind.settings)]
    return [(field.name, field.type, msgspec.field(default=field.default)) for field in declared]


def open_channels(alerting: msgspec.Struct, every_s: float) -> dict[str, Channel]:
    """The channels that the settings in `alerting` ask for, by name."""
    found = {}
    for name, kind in kinds().items():
        chosen = {key: getattr(alerting, key) for key in kind.settings.__struct_fields__}
        channel = kind.opened(kind.settings(**chosen), every_s)
        if channel is not None:
            found[name] = channel
    return found
