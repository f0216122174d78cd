"""Words in number: `{count|elev|elever}` in a sentence is the first where the reader sees that value as 1.

Swedish and English count alike: one, and all else (0 pupils, 1.5 pupils). A sentence may count several things, which
gettext's plural forms can not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

CHOICE = re.compile(r"\{(\w+)\|([^|{}]*)\|([^|{}]*)\}")
"""The name of the value, the words where it is one, and the words where it is not."""


def in_number(sentence: str, shown: Mapping[str, str]) -> str:
    """The sentence with every choice made by the values as the reader sees them. KeyError where one is not there."""
    return CHOICE.sub(lambda found: found[2] if shown[found[1]] == "1" else found[3], sentence)
