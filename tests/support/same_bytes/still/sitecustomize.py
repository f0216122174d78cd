"""Makes chance the same in every Python program that finds this file: the n-th draw of a size is what it was before.

Draws are counted by their size, not all together: device ids, tokens and keys differ in size, so that one drawn more or
earlier of one kind does not change the others. `SAME_BYTES_STEP` tells programs apart that run one after the other.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import Counter

_drawn: Counter[int] = Counter()
_lock = threading.Lock()
_step = os.environ.get("SAME_BYTES_STEP", "")


def _urandom(size: int, /) -> bytes:
    with _lock:
        _drawn[size] += 1
        number = _drawn[size]
    return hashlib.shake_256(f"{_step}/{size}/{number}".encode()).digest(size)


os.urandom = _urandom

import random  # noqa: E402  takes os.urandom over when it is imported

random.seed(0)
random.random = lambda: 0.5  # its order among threads is not the same twice, so it may not matter
