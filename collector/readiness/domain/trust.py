"""How far a number can be trusted, and whose rule it is."""

from __future__ import annotations

from enum import StrEnum


class Trust(StrEnum):
    """Who says so: the body that sets the rule here, one that sets it elsewhere and decides nothing here, somebody who
    quotes it, or this project.
    """

    PUBLISHED = "published"
    PUBLISHED_ELSEWHERE = "published_elsewhere"
    SECOND_HAND = "second_hand"
    ASSUMED = "assumed"
