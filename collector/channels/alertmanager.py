"""Tells Alertmanager: posts all that holds again at every round, and ends a few times over.

Alertmanager forgets nothing by itself: an alert holds until `endsAt`, so each round moves that ahead. A round that
fails loses nothing, as the next one says everything that still holds; ends are kept until they were taken several
times, or Alertmanager would have dropped the alert by itself anyway.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import msgspec

from collector.channels import ChannelKind, Links
from collector.i18n.warnings import description, ending, in_both, remedy, summary
from collector.readiness.alerts.decide import Alert, AlertRecord, Decision, Ended
from collector.readiness.alerts.delivery import Delivery
from collector.readiness.alerts.names import ALERTNAMES, SEVERITIES

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)

LASTING_ROUNDS = 10
LASTS_AT_LEAST_S = 900.0
"""How long an alert outlives a silent collector: a restart must not look like a mended school."""

ENDINGS_REPEATED = 3
"""How many accepted rounds carry an end, should Alertmanager restart without having kept it."""

ALERTS_PER_POST = 500
ATTEMPTS = 3
FIRST_PAUSE_S = 0.5
TIMEOUT_S = 5.0


class AlertmanagerSettings(msgspec.Struct, frozen=True):
    """What an operator writes of Alertmanager."""

    alertmanager_url: Annotated[
        str | None,
        msgspec.Meta(
            description="Address of Prometheus Alertmanager; "
            "without it, warnings are decided, shown and logged but go nowhere"
        ),
    ] = None


class PostableAlert(msgspec.Struct, frozen=True):
    """One alert as `POST /api/v2/alerts` takes it. Equal `labels` are the same alert."""

    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: datetime = msgspec.field(name="startsAt")
    ends_at: datetime = msgspec.field(name="endsAt")
    generator_url: str = msgspec.field(name="generatorURL")


class _RefusedError(Exception):
    """Alertmanager understood and said no: the same again would meet the same answer."""


class _NoAnswerError(Exception):
    """No answer, or one that says "later": what follows would meet the same."""


class _Ending(msgspec.Struct, frozen=True):
    alert: PostableAlert
    until: datetime
    rounds_left: int = ENDINGS_REPEATED


class Alertmanager:
    """One Alertmanager (or a balancer before several). Not thread-safe: one round at a time."""

    def __init__(
        self,
        url: str,
        *,
        every_s: float,
        client: httpx.Client | None = None,
        pause: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`url` is Alertmanager's base address; `every_s` is how often a round comes. `pause` waits seconds and
        `jitter` gives a share of the pause, 0 to 1.
        """
        import httpx  # noqa: PLC0415 - whoever only reads settings would load it too: 0.1 s and 14 MiB

        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole addresses, with any password in them
        self._endpoint = f"{url.rstrip('/')}/api/v2/alerts"
        self._shown = without_credentials(url)
        self._lasts = timedelta(seconds=max(LASTING_ROUNDS * every_s, LASTS_AT_LEAST_S))
        self._client = client or httpx.Client(timeout=TIMEOUT_S)
        self._no_answer = httpx.HTTPError
        self._pause = pause
        self._jitter = jitter
        self._endings: dict[str, _Ending] = {}

    def close(self) -> None:
        """Gives the connections back."""
        self._client.close()

    def deliver(self, decision: Decision, links: Links, now: datetime) -> Delivery:
        """Says all that holds and what ended. Never raises for a network's sake."""
        firing_now = [firing(alert, links=links, now=now, lasts=self._lasts) for alert in decision.active]
        self._remember(decision.ended, firing_now, links, now)
        together = sorted([*firing_now, *(e.alert for e in self._endings.values())], key=_by_sitting)
        sent, problem = self._send(together)
        if problem:
            log.warning("warnings not delivered to %s: %s; tried again next round", self._shown, problem)
        return Delivery(at=now, sent=sent, unsent=len(together) - sent, problem=problem)

    def _send(self, alerts: Sequence[PostableAlert]) -> tuple[int, str | None]:
        """How many were taken, and what stopped the others. One refused part does not hold back the next."""
        sent, problem = 0, None
        for part in _parts(alerts):
            try:
                self._post(part)
            except _RefusedError as refusal:
                problem = str(refusal)
            except _NoAnswerError as failure:
                return sent, str(failure)
            else:
                sent += len(part)
                self._taken(part)
        return sent, problem

    def _remember(
        self, ended: Sequence[Ended], firing_now: Sequence[PostableAlert], links: Links, now: datetime
    ) -> None:
        for end in ended:
            alert = resolved(end, links=links, now=now)
            self._endings[_identity(alert)] = _Ending(alert, until=now + self._lasts)
        holding = {_identity(alert) for alert in firing_now}
        self._endings = {
            key: ending for key, ending in self._endings.items() if key not in holding and ending.until > now
        }

    def _taken(self, part: Sequence[PostableAlert]) -> None:
        for key in {_identity(alert) for alert in part} & self._endings.keys():
            ending = self._endings.pop(key)
            if ending.rounds_left > 1:
                self._endings[key] = msgspec.structs.replace(ending, rounds_left=ending.rounds_left - 1)

    def _post(self, alerts: Sequence[PostableAlert]) -> None:
        """Posts, with a few tries while there is hope."""
        body = msgspec.json.encode(alerts)
        problem = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                self._pause(FIRST_PAUSE_S * 2 ** (attempt - 1) * (0.5 + self._jitter()))
            try:
                answer = self._client.post(self._endpoint, content=body, headers={"content-type": "application/json"})
            except self._no_answer as error:
                problem = f"no answer ({type(error).__name__}); is Alertmanager running and `alertmanager_url` right?"
                continue
            if answer.is_success:
                return
            problem = f"it answered {answer.status_code}: {answer.text[:200]!r}"
            if not answer.is_server_error:
                raise _RefusedError(problem)
        raise _NoAnswerError(problem)


def _opened(settings: AlertmanagerSettings, every_s: float) -> Alertmanager | None:
    url = settings.alertmanager_url
    return Alertmanager(url, every_s=every_s) if url else None


CHANNEL = ChannelKind(AlertmanagerSettings, _opened)


def firing(alert: Alert, *, links: Links, now: datetime, lasts: timedelta) -> PostableAlert:
    """`alert` as it is to be told; it ends by itself when nobody has repeated it for `lasts`."""
    said = alert.said
    return _postable(
        said,
        {
            "summary": in_both(" / ", lambda language: summary(alert, language)),
            "description": in_both("\n\n", lambda language: description(alert, language)),
            "remedy": in_both(" / ", lambda language: remedy(alert, language)),
        },
        links=links,
        ends_at=now + lasts,
    )


def resolved(ended: Ended, *, links: Links, now: datetime) -> PostableAlert:
    """The end of an alert, with the reason: an end alone does not say that anything is mended."""
    text = in_both(" / ", lambda language: ending(ended, language))
    return _postable(
        ended.said, {"summary": text, "description": text, "ended": ended.reason}, links=links, ends_at=now
    )


def labels(said: AlertRecord) -> dict[str, str]:
    """What identifies the alert. `days_before` is the stage: a new stage is a new alert in the same group, so that
    Alertmanager tells it again.
    """
    return {
        "alertname": ALERTNAMES[said.status],
        "severity": SEVERITIES[said.status],
        "school": said.school,
        "sitting": said.sitting,
        "cause": said.cause,
        "days_before": str(said.stage),
        "simulated": "true" if said.simulated else "false",
    }


def _postable(said: AlertRecord, annotations: dict[str, str], *, links: Links, ends_at: datetime) -> PostableAlert:
    page = links.sitting(said.sitting)
    return PostableAlert(
        labels=labels(said),
        annotations={
            **annotations,
            "school_name": said.school_name,
            "link": page,
            "runbook_url": links.runbook(ALERTNAMES[said.status]),
        },
        starts_at=said.said_at or said.since,
        ends_at=ends_at,
        generator_url=page,
    )


def without_credentials(url: str) -> str:
    """The address as it may stand in a log: scheme, host and port only."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}"


def _identity(alert: PostableAlert) -> str:
    return msgspec.json.encode(sorted(alert.labels.items())).decode()


def _by_sitting(alert: PostableAlert) -> tuple[str, str, str]:
    """A group's alerts side by side, so that an end and what replaces it arrive in the same post."""
    return alert.labels["school"], alert.labels["sitting"], alert.labels["cause"]


def _parts(alerts: Sequence[PostableAlert]) -> Iterator[Sequence[PostableAlert]]:
    for first in range(0, len(alerts), ALERTS_PER_POST):
        yield alerts[first : first + ALERTS_PER_POST]
