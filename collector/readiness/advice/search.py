"""The smallest size of a change that does what is wanted: found by trying. Pure."""

from __future__ import annotations

from collections.abc import Callable

from collector.readiness.advice.change import Change, SizedFix

MOST_TRIES = 40
"""Beyond so many tries a way is not a cheap one to find, and something else is said."""


def smallest(option: SizedFix, does: Callable[[Change], bool]) -> Change | None:
    """The smallest size that does, where what a size does all larger ones do too; None where no size does.

    It begins at the option's guess and doubles the distance until it knows a size that does and one that does not;
    where the largest does not, none is looked for.
    """
    tried: dict[int, Change | None] = {}

    def holds(size: int) -> bool:
        if size not in tried:
            change = option.of_size(size)
            tried[size] = change if change is not None and does(change) else None
        return tried[size] is not None

    low, high = _bracket(option, holds)
    while high is not None and high - low > 1 and len(tried) < MOST_TRIES:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return None if high is None else tried[high]


def _bracket(option: SizedFix, holds: Callable[[int], bool]) -> tuple[int, int | None]:
    """A size that does not (or the one below the least), and one that does; None where none was found."""
    size, step = min(max(option.guess, option.least), option.most), 1
    if option.most < option.least:
        return option.least - 1, None
    if holds(size):
        while size > option.least and holds(lower := max(option.least, size - step)):
            size, step = lower, 2 * step
        return (option.least - 1 if size == option.least else max(option.least, size - step)), size
    if option.larger_helps_more and size < option.most and not holds(option.most):
        return option.most, None
    while size < option.most:
        higher = min(option.most, size + step)
        if holds(higher):
            return size, higher
        size, step = higher, 2 * step
    return size, None
