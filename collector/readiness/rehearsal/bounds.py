"""What several rehearsals say together of one number: the newest first. Pure."""

from __future__ import annotations

from math import inf
from typing import NamedTuple


class RehearsedBounds(NamedTuple):
    """The number is `least` for certain and `most` at most."""

    least: float = 0.0
    most: float = inf

    def then(self, newer: RehearsedBounds) -> RehearsedBounds:
        """What stands after a newer one: an older good one never overrules a newer bad one, and a bad one stands until
        a newer one certainly comes to more.
        """
        is_mended = newer.least > self.most
        return RehearsedBounds(
            max(newer.least, min(self.least, newer.most)), newer.most if is_mended else min(self.most, newer.most)
        )
