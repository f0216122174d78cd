"""One thing that `doctor` looked at, and the lines that it prints of it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Literal, NamedTuple

from agent.i18n.messages import Messages

Owner = Literal["school_it", "network", "line_provider", "login_owner", "authority", "platform"]
"""Whose it is to mend; the same six as the requirements of profiles have."""

WIDTH = 96
_INDENT = "    "


class Check(NamedTuple):
    """One thing that was looked at. `fine` is None where it can not be told. `code` and `values` make the sentence,
    which for a problem says what to do; `parts` are codes of sentences that stand in it under their names. What
    `follows` from a problem above needs no mending of its own.
    """

    fine: bool | None
    code: str
    values: Mapping[str, str | float] = {}
    parts: Mapping[str, str] = {}
    owner: Owner | None = None
    follows: bool = False

    def said(self, words: Messages) -> str:
        """The line to print."""
        verdict = words.say("doctor_follows" if self.follows else _VERDICTS[self.fine])
        parts = {name: words.say(code, **self.values) for name, code in self.parts.items()}
        whose = words.say("doctor_whose", owner=words.say(OWNERS[self.owner])) if self.owner else ""
        return f"{verdict}: {words.say(self.code, **self.values, **parts)}{whose}"

    def printed(self, words: Messages) -> str:
        """The same, broken into lines that fit a terminal; addresses and paths stay whole."""
        return textwrap.fill(
            self.said(words), WIDTH, subsequent_indent=_INDENT, break_long_words=False, break_on_hyphens=False
        )


_VERDICTS: Mapping[bool | None, str] = {True: "doctor_ok", False: "doctor_problem", None: "doctor_unknown"}

OWNERS: Mapping[Owner, str] = {
    "school_it": "doctor_owner_school_it",
    "network": "doctor_owner_network",
    "line_provider": "doctor_owner_line_provider",
    "login_owner": "doctor_owner_login_owner",
    "authority": "doctor_owner_authority",
    "platform": "doctor_owner_platform",
}
