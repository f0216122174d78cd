"""What is assumed of the air of rooms where nobody measured it: numbers that a profile need not repeat."""

from __future__ import annotations

from datetime import date

from collector.readiness.domain.figures import Figure
from collector.readiness.domain.trust import Trust

_ON = date(2026, 11, 26)

PACKET_OVERHEAD = Figure(
    100,
    "µs",
    "This project, from the times of IEEE 802.11n and newer (about 200 µs for a frame beside its bits, half as much "
    "for TCP's answer): three packets in a frame, or twelve; it comes to what is quoted, 20 to 70 % of the rate",
    _ON,
    Trust.ASSUMED,
    kind=15,
)
"""How long a packet of 1 500 bytes takes of the air beside its bits, on links of 802.11n and newer."""

OLD_PACKET_OVERHEAD = Figure(
    300,
    "µs",
    "This project, from the times of IEEE 802.11a and g: each packet by itself, and TCP's answer to every other; a "
    "third to a half of the rate is left, as is quoted",
    _ON,
    Trust.ASSUMED,
    kind=150,
)
"""The same on links of 802.11a and g."""

OLDEST_PACKET_OVERHEAD = Figure(
    1_300,
    "µs",
    "This project, from the times of IEEE 802.11b with its long preamble, and TCP's answer to every other packet; with "
    "the short one and no answers it is less than half",
    _ON,
    Trust.ASSUMED,
    kind=570,
)
"""The same at the rates of 802.11b."""

CONTENTION = Figure(
    0.8,
    "ratio",
    "This project: of what twenty stations send at once about a fifth collides, by the usual model of 802.11 (Bianchi, "
    "2000); where few send at once, nothing does",
    _ON,
    Trust.ASSUMED,
    kind=1,
)
"""The share of the air's time that is left where a class sends at once."""

REPEATS_UNTOLD = Figure(
    0.2,
    "ratio",
    "This project: a fifth of all frames is what Cisco's design guide for voice over Wi-Fi (7925G) just calls good",
    _ON,
    Trust.ASSUMED,
    kind=0,
)
"""The share of frames that are sent again, where a machine does not tell."""

UNTOLD_RATE_SHARE = Figure(
    0.5,
    "ratio",
    "This project: one stream where the others have two",
    _ON,
    Trust.ASSUMED,
    kind=1,
)
"""What a machine that tells no rate talks at, at a place that is good, as a share of what the slowest talks at that
does; at the kind end, of the fastest.
"""

UNTOLD_RATE = Figure(
    78,
    "Mbit/s",
    "This project: two streams of 802.11ac on 20 MHz at the edge of what network designers plan for (-67 dBm)",
    _ON,
    Trust.ASSUMED,
    kind=600,
)
"""The same where no machine in the room tells."""

UNMET_RATE = Figure(
    12,
    "Mbit/s",
    "This project: access points are mostly set to talk no slower, as is quoted, and nobody met a slower one there",
    _ON,
    Trust.ASSUMED,
)
"""What a machine talks at, at one of the few places that may be worse than all that were met; where one of those is
slower, as that one.
"""

BUSY_2_4 = Figure(
    50,
    "%",
    "Cisco Meraki, ten thousand radios (SIGCOMM 2015): the busiest tenth of the channels at 2.4 GHz is above that",
    _ON,
    Trust.PUBLISHED_ELSEWHERE,
    kind=0,
    whose="Cisco Meraki",
)
"""How busy others make a channel at 2.4 GHz that nobody reads."""

BUSY_5 = Figure(
    30,
    "%",
    "This project: there are more channels at 5 and 6 GHz than at 2.4, and walls keep more of them in; nobody was "
    "found to give the busiest tenth",
    _ON,
    Trust.ASSUMED,
    kind=0,
)
"""The same at 5 and 6 GHz."""

OLD_RADIO_CLIENTS = Figure(
    0.5,
    "ratio",
    "This project: 802.11a, b and g, and 802.11n at 2.4 GHz, talk at half the rate of a usual radio at best",
    _ON,
    Trust.ASSUMED,
)
"""What an old radio takes of the clients that the profile allows a usual one: 802.11n or ac at 5 GHz."""

NEW_RADIO_CLIENTS = Figure(
    1.6,
    "ratio",
    "This project: 802.11ax and be serve several at once; vendors say twice as many and more, and this is less",
    _ON,
    Trust.ASSUMED,
)
"""The same of a new one: 802.11ax or be at 5 or 6 GHz."""

BUSY_SHARE = Figure(
    1,
    "ratio",
    "This project: what is kept is the busiest of a fortnight's lessons, some of it made by those who will sit; half "
    "of it may be left in another",
    _ON,
    Trust.ASSUMED,
    kind=0.5,
)
"""What of the most that was read of a channel others take while pupils sit."""
