"""What a sitting would take that nobody has measured anything for: a plan, worked out from numbers alone."""

from __future__ import annotations

import msgspec


class Plan(msgspec.Struct, frozen=True):
    """What to build or buy for a sitting, by its profile: no measurement is in it, so it makes nothing ready.

    `pupils` sit at this school at once, and `pupils_on_line` on its line. For the test alone they take `down_mbit_s`
    and `up_mbit_s`, and `start_mbit_s` down while all load it, each times the profile's `margin`. The `others` on the
    line take something beside that: from nothing to `others_down_mbit_s` and `others_up_mbit_s`, as the profile
    assumes it. `machines` are pupils and spares. `radios` are the fewest that carry the pupils, each room by itself,
    at `pupils_per_radio`; both None where the profile sets no such number.
    """

    pupils: int
    pupils_on_line: int
    down_mbit_s: float
    up_mbit_s: float
    start_mbit_s: float
    margin: float
    others: int
    others_down_mbit_s: float
    others_up_mbit_s: float
    machines: int
    radios: int | None = None
    pupils_per_radio: float | None = None

    @property
    def line_down_mbit_s(self) -> tuple[float, float]:
        """What the line must give down: the test at its start, if the others take nothing and if they take all that is
        assumed.
        """
        test = max(self.down_mbit_s, self.start_mbit_s)
        return test, test + self.others_down_mbit_s

    @property
    def line_up_mbit_s(self) -> tuple[float, float]:
        """The same up."""
        return self.up_mbit_s, self.up_mbit_s + self.others_up_mbit_s
