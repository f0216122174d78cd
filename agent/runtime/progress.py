"""How the agent tells people what it is doing while it does it."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Protocol

from agent.i18n.messages import Messages


class Progress(Protocol):
    """Says the sentence `code` with `values`."""

    def __call__(self, code: str, /, **values: str | float) -> None: ...


def on_stderr(words: Messages, *, with_time: bool = False) -> Progress:
    """Says it on standard error; with the local time for what runs for days."""

    def tell(code: str, /, **values: str | float) -> None:
        moment = f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} " if with_time else ""
        print(moment + words.say(code, **values), file=sys.stderr, flush=True)

    return tell


def briefly(tell: Progress) -> Progress:
    """Says of each probe only what came of it, on one line that fits a terminal."""

    def brief(code: str, /, **values: str | float) -> None:
        if code == "probe_not_ok":
            tell("probe_not_ok_brief", probe=values["probe"], code=values["code"])
        elif code != "probe_started":
            tell(code, **values)

    return brief
