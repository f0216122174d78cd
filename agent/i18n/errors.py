"""What can go wrong in the agent, as a code and values: `agent.i18n.messages` makes a sentence of it."""

from __future__ import annotations

from typing import ClassVar

BAD_INPUT = 2
TROUBLE = 1


class AgentError(Exception):
    """Something that a person has to know. `code` names a sentence of `agent.i18n.messages`, `values` fill it in.

    `exit_code` is what the command ends with: 2 for input or settings that must be mended, 1 for the rest.
    """

    def __init__(self, code: str, /, *, exit_code: int = TROUBLE, **values: str | float) -> None:
        super().__init__(f"{code} {values}" if values else code)
        self.code = code
        self.values = values
        self.exit_code = exit_code


class OutboxFullError(AgentError):
    """There is no room on the disk for one more report. What was there before is untouched."""


class CollectorAwayError(AgentError):
    """No answer, or an answer that says "later". The reports stay in the outbox.

    `retry_after_s` is what the collector asked for, if it asked.
    """

    def __init__(self, code: str, /, *, retry_after_s: float | None = None, **values: str | float) -> None:
        super().__init__(code, exit_code=TROUBLE, **values)
        self.retry_after_s = retry_after_s


class TokenRefusedError(AgentError):
    """The collector does not know this device (any more): somebody has to enrol it again."""


class BodyTooLargeError(AgentError):
    """The collector takes smaller bodies than the one that was sent."""


class RefusedError(AgentError):
    """The collector understood and said no. Trying the same again will not help."""


class LeaseRefusedError(AgentError):
    """The collector gives no leave to fill the line now. `refusal` is its code, `retry_after_s` when to ask again."""

    SENTENCES: ClassVar = {
        "line_busy": "lease_line_busy",
        "enough_for_now": "lease_enough_for_now",
        "tried_lately": "lease_tried_lately",
        "outside_school_day": "lease_outside_school_day",
        "quiet_hours": "lease_quiet_hours",
        "sitting_in_progress": "lease_sitting_in_progress",
        "not_at_school": "lease_not_at_school",
    }
    """The refusals that this version has words for; others are told in the collector's."""

    def __init__(self, refusal: str, reason: str, retry_after_s: float | None) -> None:
        super().__init__(self.SENTENCES.get(refusal, "lease_refused"), reason=reason)
        self.refusal = refusal
        self.retry_after_s = retry_after_s
