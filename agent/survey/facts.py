"""The facts of a survey, declared as a probe declares them, and the results that go into a report."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from agent.protocol.facts import Declaration, FactSpec
from agent.protocol.wire import Facts, ProbeResult
from agent.survey.aggregate import ChannelAir, OwnAccessPoint
from agent.survey.read import Survey

VERSION = 1
_ROWS_MAX = 500
_DURATION_MAX_S = 86_400.0
_OWN = (
    "signal_p10_dbm",
    "signal_median_dbm",
    "signal_spread_db",
    "channel",
    "band",
    "stations_max",
    "utilisation_median_percent",
    "utilisation_max_percent",
)
"""Facts of the strongest own access point."""

_FOREIGN = ("foreign_access_points", "foreign_same_channel", "foreign_same_channel_dbm")

SURVEY_FACTS = (
    FactSpec("own_access_points", "int", "", "own access points heard in the room", 0, 10_000),
    FactSpec("signal_p10_dbm", "int", "dBm", "signal of the strongest own access point, tenth percentile", -120, 0),
    FactSpec("signal_median_dbm", "int", "dBm", "signal of the strongest own access point, median", -120, 0),
    FactSpec("signal_spread_db", "int", "dB", "its ninetieth less its tenth percentile", 0, 120),
    FactSpec("channel", "int", "", "its primary channel", 1, 300),
    FactSpec("band", "str", "", "its band in GHz: 2.4, 5 or 6"),
    FactSpec("stations_max", "int", "", "most clients that it said it has", 0, 65_535),
    FactSpec("utilisation_median_percent", "float", "%", "how busy it said its channel is, median", 0, 100),
    FactSpec("utilisation_max_percent", "float", "%", "how busy it said its channel is, at most", 0, 100),
    FactSpec("foreign_access_points", "int", "", "others' access points heard, on all channels", 0, 10_000),
    FactSpec("foreign_same_channel", "int", "", "others' access points on the same channel", 0, 10_000),
    FactSpec("foreign_same_channel_dbm", "int", "dBm", "the strongest of those, median", -120, 0),
    FactSpec("frames", "int", "", "frames in the capture", 0),
    FactSpec("announcements", "int", "", "beacons and probe responses among them", 0),
    FactSpec("malformed_frames", "int", "", "frames that were damaged or incomplete", 0),
    FactSpec("cut_short", "bool", "", "the capture broke off or held what can't be read"),
    FactSpec("captured_s", "float", "s", "time from the first frame to the last", 0),
)
CHANNEL_FACTS = (FactSpec("channels", "int", "", "channels on which an access point was heard", 0, 300),)
SURVEYS = {
    "survey": Declaration(version=VERSION, about="network", counts_late=True, shows_room="air", facts=SURVEY_FACTS),
    "survey_channels": Declaration(version=VERSION, about="network", counts_late=True, facts=CHANNEL_FACTS),
}
"""What a survey declares, as a probe does; it is read from a capture, whenever that is."""


def results(survey: Survey, *, own_named: bool, file_time: datetime, now: datetime) -> list[ProbeResult]:
    """Two results: `survey` with the own access points as rows, `survey_channels` with one row per channel.

    They are dated when the air was captured; `file_time` stands in where the capture has no times.
    """
    captured_at = datetime.fromtimestamp(survey.first_s, UTC) if survey.first_s else file_time
    facts, missing = _facts(survey, own_named=own_named)
    own: list[Facts] = [msgspec.structs.asdict(one) for one in survey.gathered.own[:_ROWS_MAX]]
    channels: list[Facts] = [msgspec.structs.asdict(one) for one in survey.gathered.channels[:_ROWS_MAX]]
    seconds = min(_captured_s(survey) or 0.0, _DURATION_MAX_S)
    counts: Facts = {"channels": len(survey.gathered.channels)}
    return [
        ProbeResult("survey", VERSION, "ok", min(captured_at, now), seconds, facts, missing, own),
        ProbeResult("survey_channels", VERSION, "ok", min(captured_at, now), seconds, counts, {}, channels),
    ]


def _captured_s(survey: Survey) -> float | None:
    if survey.first_s is None or survey.last_s is None:
        return None
    return round(survey.last_s - survey.first_s, 3)


def _facts(survey: Survey, *, own_named: bool) -> tuple[Facts, dict[str, str]]:
    own = survey.gathered.own
    best = own[0] if own else None
    facts: Facts = {
        "own_access_points": len(own) if own_named else None,
        **(dict.fromkeys(_OWN) if best is None else _best_facts(best)),
        **_foreign_facts(survey, best),
        "frames": survey.frames,
        "announcements": survey.announcements,
        "malformed_frames": survey.malformed,
        "cut_short": survey.cut_short,
        "captured_s": _captured_s(survey),
    }
    ordered = {spec.name: facts[spec.name] for spec in SURVEY_FACTS}
    return ordered, {name: _reason(name, survey, own_named=own_named) for name in ordered if ordered[name] is None}


def _reason(name: str, survey: Survey, *, own_named: bool) -> str:
    if name == "captured_s":
        return "not_stated"
    if not own_named:
        return "ssid_not_given"
    if name in _FOREIGN and survey.overflowed:
        return "too_many_heard"
    if not survey.gathered.own:
        return "no_own_network_heard"
    return "none_heard" if name == "foreign_same_channel_dbm" else "not_stated"


def _best_facts(best: OwnAccessPoint) -> Facts:
    low, high = best.signal_p10_dbm, best.signal_p90_dbm
    facts: Facts = {name: getattr(best, name) for name in _OWN if name != "signal_spread_db"}
    facts["signal_spread_db"] = None if low is None or high is None else high - low
    return facts


def _foreign_facts(survey: Survey, best: OwnAccessPoint | None) -> Facts:
    counted = [one.foreign_access_points for one in survey.gathered.channels if one.foreign_access_points is not None]
    if survey.overflowed or not counted:
        # With names given every channel is counted; so nothing was heard at all, or nobody said what is own.
        return dict.fromkeys(_FOREIGN)
    same = _channel_of(survey.gathered.channels, best)
    return {
        "foreign_access_points": sum(counted),
        "foreign_same_channel": same.foreign_access_points if same else None,
        "foreign_same_channel_dbm": same.foreign_strongest_dbm if same else None,
    }


def _channel_of(channels: list[ChannelAir], best: OwnAccessPoint | None) -> ChannelAir | None:
    if best is None or best.channel is None:
        return None
    return next((one for one in channels if (one.band, one.channel) == (best.band, best.channel)), None)
