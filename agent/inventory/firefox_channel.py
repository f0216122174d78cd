"""Which channel a Firefox is of. An extended support release (ESR) gets its updates under a number that looks old."""

from __future__ import annotations

import re

from agent.system.machine import System

DESCRIPTION = "application.ini"
_ESR = re.compile(r"^(?:RemotingName=firefox-esr|SourceRepository=\S*/mozilla-esr\d*)\s*$", re.MULTILINE)


def with_channel(system: System, version: str | None, description: str) -> str | None:
    """The version as Firefox itself writes it: that of an ESR ends in `esr`. `description` is the path of the file in
    which the program says where it comes from; other programs have none.
    """
    if version is None:
        return None
    try:
        said = system.read_text(description) or ""
    except OSError:
        return version
    return f"{version}esr" if _ESR.search(said) else version
