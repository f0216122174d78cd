"""The agent's sentences, Swedish first. A table of its own and no Babel: the agent must stay small in memory.

Each language is a file of its own, so that a running agent holds only the one that it speaks.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from agent.protocol.command_line import DEFAULT, Language
from agent.protocol.plurals import in_number

FOLDER = Path(__file__).parent / "sentences"


class Messages:
    """Says things in one language."""

    def __init__(self, language: Language = DEFAULT) -> None:
        self.language = language
        self._sentences: dict[str, str] = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))

    def say(self, code: str, /, **values: str | float) -> str:
        """The sentence of `code` with `values` put in. An unknown code is a defect: KeyError."""
        shown = {name: self.shown(value) for name, value in values.items()}
        return in_number(self._sentences[code], shown) % shown

    def shown(self, value: str | float) -> str:
        """A value as this language writes it: floats with three digits that matter."""
        if isinstance(value, float):
            shown = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
            return shown.replace(".", ",") if self.language == "sv" else shown
        return str(value)
