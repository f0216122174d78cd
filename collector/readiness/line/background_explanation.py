"""How the background of a line is explained: what was counted, or why it was not and what to do."""

from __future__ import annotations

from collector.readiness.domain.model import ExplanationStep, Profile, Text
from collector.readiness.explanation.trail import from_profile, measured
from collector.readiness.line.background import Background, BackgroundDoubt

_SOURCE = "uplink counters: busiest minute of each five"
_DOUBTS: dict[BackgroundDoubt, str] = {
    "stale": "step_background_stale",
    "too_few": "step_background_too_few",
    "no_test_seen": "step_background_no_test_seen",
    "other_line": "step_background_other_line",
}
_ADVICE: dict[BackgroundDoubt, str] = {
    "stale": "advice_background_stale",
    "no_test_seen": "advice_background_no_test_seen",
    "other_line": "advice_background_other_line",
}


def counted_steps(profile: Profile, background: Background) -> list[ExplanationStep]:
    """What was counted of the background. Nothing where nobody was to count."""
    if background.doubt is not None:
        name = _DOUBTS.get(background.doubt)
        return [] if name is None else [measured(name, background.samples, "samples", _SOURCE, background.newest_at)]
    quantile, days = profile.capacity.background_quantile, profile.evidence.background_days
    return [
        measured("step_background_samples", background.samples, "samples", _SOURCE, background.newest_at),
        measured("step_background_counted_days", background.days, "days", _SOURCE, background.newest_at),
        *([from_profile("step_background_quantile", quantile)] if quantile is not None else []),
        *([from_profile("step_background_days", days)] if days is not None else []),
    ]


def background_advice(background: Background) -> list[Text]:
    """What makes the background known where gear was to count it and did not."""
    if background.doubt == "too_few":
        return [Text("advice_background_too_few", {"samples": background.samples, "needed": background.needed})]
    code = _ADVICE.get(background.doubt) if background.doubt is not None else None
    return [] if code is None else [Text(code)]
