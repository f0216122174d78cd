"""What may differ between two runs of one program, by name: each rule says why, and puts a word in its place. Pure.

The clock stands still and chance is the same in both, so this is all that is set aside.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any, Literal, NamedTuple

Name = Literal["checkout", "date", "file times", "monotonic", "rate limit", "key", "measured"]


class Rule(NamedTuple):
    """What is replaced, and why it may differ."""

    why: str
    pattern: re.Pattern[str]
    put: str


RULES: dict[Name, Rule] = {
    "date": Rule(
        "the header Date is stamped by the server's own timer",
        re.compile(r"^date: .*$", re.MULTILINE),
        "date: <date>",
    ),
    "file times": Rule(
        "Last-Modified and ETag of files that are served tell when the checkout was made",
        re.compile(r"^(last-modified|etag): .*$", re.MULTILINE),
        r"\1: <of the file>",
    ),
    "monotonic": Rule(
        "a measurement point counts uploads by a clock that can not stand still",
        re.compile(r'(?<=content-length: )\d+(?=\n[^{]*\{"bytes":)|(?<="started_s":).*(?=\}$)'),
        "<seconds>",
    ),
    "rate limit": Rule(
        "after how many seconds one may ask again depends on how fast was asked before",
        re.compile(r"(?<=^retry-after: )\d+|(?<=[Tt]ry again in )\d+|(?<=Wait )\d+", re.MULTILINE),
        "<seconds>",
    ),
    "key": Rule(
        "simulated machines enrol side by side, so which of the keys each gets is left to chance",
        re.compile(r'(?<="key":")[^"]*'),
        "<key>",
    ),
    "measured": Rule(
        "an agent measures this machine, which is never twice the same: its numbers, as text",
        re.compile(r"(?<!\w)\d+(?:[.,:]\d+)*(?!\w)"),
        "<number>",
    ),
}


class SettingAside:
    """Applies rules, and counts what each has replaced."""

    def __init__(self, checkout: str) -> None:
        """`checkout` is where the program lies, which is another folder on each side."""
        self._checkout = checkout
        self.counts: Counter[Name] = Counter()

    def apply(self, text: str, *names: Name) -> str:
        """The text without what these rules name, and without the folder of the checkout."""
        for name in names:
            rule = RULES[name]
            text, times = rule.pattern.subn(rule.put, text)
            self.counts[name] += times
        self.counts["checkout"] += text.count(self._checkout)
        return text.replace(self._checkout, "<checkout>")

    def told(self) -> list[str]:
        """A line for each rule: how often it was needed, and why there is one."""
        why: dict[Name, str] = {name: rule.why for name, rule in RULES.items()}
        why["checkout"] = "the folder of the checkout, where a program names its own files"
        return [f"{name:10} {times:6} times: {why[name]}" for name, times in sorted(self.counts.items()) if times]


def shape(value: Any) -> Any:
    """A measured JSON value without its numbers: their kinds stay, and of records that are alike one."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return list({json.dumps(part): part for part in map(shape, value)}.values())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return f"<{type(value).__name__}>"
