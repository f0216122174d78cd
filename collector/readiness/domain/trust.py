"""How far a number can be trusted."""

from __future__ import annotations

from enum import StrEnum


class Trust(StrEnum):
    """Who says so: the body that sets the rule, somebody who quotes it, or this project."""

    PUBLISHED = "published"
    SECOND_HAND = "second_hand"
    ASSUMED = "assumed"
