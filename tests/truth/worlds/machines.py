"""Machines: what each is, where it stands, when it is on, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tests.truth.worlds.line import Rates

Awake = Callable[[datetime], bool]
UNBOUND: Rates = (900.0, 900.0)
LOGIN_VALID_S = 120.0
"""Whoever is off by more is turned away by the login, which is valid for minutes."""
AT_SCHOOL, AWAY = "10.0.0.7", "203.0.113.7"


def before(end: datetime) -> Awake:
    """On until then."""
    return lambda moment: moment < end


def never(_: datetime) -> bool:
    """Always off."""
    return False


def whenever(_: datetime) -> bool:
    """Always on."""
    return True


@dataclass
class Machine:
    """A device as the collector knows it: `id` is of the installation, `hardware` of the machine itself, which a new
    system does not change. It stands on seat `seat` of a room, or moves where `room` is None.

    `sits` says whether a pupil can have it at the sitting; `group` is its cart. It came at `enrolled_at`, or in the
    world's first morning. `ceiling` is what its own link lets through. A browser that says it has measured the line
    says what it `claims`, whatever is true; one that `comes_to_session` is heard there only.
    """

    id: str
    school: str
    room: str | None
    seat: int
    hardware: str
    kind: str = "agent"
    system: str = "windows"
    role: str | None = None
    label: str | None = None
    group: str | None = None
    old_browser: bool = False
    small_screen: bool = False
    measures: bool = True
    sits: bool = True
    ceiling: Rates = UNBOUND
    claims: Rates | None = None
    address: str = AT_SCHOOL
    clock_ahead_s: float = 0.0
    awake: Awake = whenever
    tells_machine: bool = True
    enrolled_at: datetime | None = None
    revoked_at: datetime | None = None
    comes_to_session: bool = False

    @property
    def is_fit(self) -> bool:
        """Whether a pupil can sit a test at it."""
        in_time = abs(self.clock_ahead_s) < LOGIN_VALID_S
        return self.sits and in_time and not self.old_browser and not self.small_screen
