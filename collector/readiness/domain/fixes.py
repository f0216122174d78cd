"""What would mend a sitting: one way out, in numbers."""

from __future__ import annotations

import msgspec

from collector.readiness.domain.status import Status
from collector.readiness.domain.texts import Text


class Fix(msgspec.Struct, frozen=True):
    """One way out, proved: with it the sitting was judged again. `kind` is how it mends (a file in
    `readiness/advice/fixes`), `what` says it in numbers, `mends` are the requirements that hold then and do not now,
    and `devices` the machines that it is about. `becomes` is what the whole verdict comes to then.
    """

    kind: str
    what: Text
    mends: list[str]
    becomes: Status
    devices: list[str] = []
