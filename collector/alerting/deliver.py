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
from urllib.parse import urlsplit

import httpx
import msgspec

from collector.alerting.message import PostableAlert, firing, resolved
from collector.readiness.alerts.decide import Alert, Ended

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


class Delivery(msgspec.Struct, frozen=True):
    """What came of a round. `problem` is a sentence for the operator; None when all was taken."""

    at: datetime
    sent: int
    unsent: int
    problem: str | None = None


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
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole addresses, with any password in them
        self._endpoint = f"{url.rstrip('/')}/api/v2/alerts"
        self._shown = without_credentials(url)
        self._lasts = timedelta(seconds=max(LASTING_ROUNDS * every_s, LASTS_AT_LEAST_S))
        self._client = client or httpx.Client(timeout=TIMEOUT_S)
        self._pause = pause
        self._jitter = jitter
        self._endings: dict[str, _Ending] = {}

    def close(self) -> None:
        """Gives the connections back."""
        self._client.close()

    def deliver(self, active: Sequence[Alert], ended: Sequence[Ended], *, base: str, now: datetime) -> Delivery:
        """Says all that holds and what ended, with links below `base`. Never raises for a network's sake."""
        firing_now = [firing(alert, base=base, now=now, lasts=self._lasts) for alert in active]
        self._remember(ended, firing_now, base, now)
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

    def _remember(self, ended: Sequence[Ended], firing_now: Sequence[PostableAlert], base: str, now: datetime) -> None:
        for end in ended:
            alert = resolved(end, base=base, now=now)
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
            except httpx.HTTPError as error:
                problem = f"no answer ({type(error).__name__}); is Alertmanager running and `alertmanager_url` right?"
                continue
            if answer.is_success:
                return
            problem = f"it answered {answer.status_code}: {answer.text[:200]!r}"
            if not answer.is_server_error:
                raise _RefusedError(problem)
        raise _NoAnswerError(problem)


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
