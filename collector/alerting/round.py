"""One round of warning: reads the newest snapshot, decides, keeps what was said, delivers. Run on a schedule."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Protocol

from collector.channels import Channel, Links
from collector.clock import Clock
from collector.configuration.links import base_url, runbook_page, sitting_page
from collector.judgement.snapshot import ReadSnapshot
from collector.readiness.alerts.decide import Alert, AlertRecord, Decision, decide
from collector.readiness.alerts.delivery import Delivery, together

log = logging.getLogger(__name__)


class SaidStore(Protocol):
    """What a round needs of the store."""

    def alerts_said(self) -> list[AlertRecord]: ...
    def save_said(self, said: list[AlertRecord]) -> None: ...


class AlertRound:
    """Remembers between rounds what holds (`active`) and how the last delivery went (`delivery`)."""

    def __init__(
        self, read_snapshot: ReadSnapshot, store: SaidStore, channels: Mapping[str, Channel], clock: Clock
    ) -> None:
        """`channels` by name. Without one warnings are decided, shown and logged, and go nowhere."""
        self._read_snapshot = read_snapshot
        self._store = store
        self._channels = channels
        self._clock = clock
        self.active: list[Alert] = []
        self.delivery: Delivery | None = None

    def run(self) -> None:
        """Does one round. What is said is kept before it is sent, so that a crash between says it again, not never.

        Does nothing until something has been judged: an empty start must not end what was said before it.
        """
        snapshot = self._read_snapshot()
        if snapshot.judged_at is None:
            return
        now, configuration = self._clock(), snapshot.configuration
        decision = decide(
            now,
            snapshot.verdicts,
            self._store.alerts_said(),
            days_before=configuration.settings.alerting.days_before,
            calendar=configuration.sittings,
            profiles=configuration.profiles,
        )
        try:
            if decision.changed:
                self._store.save_said(decision.changed)
        finally:  # a full disk must not silence warnings: said again without a memory, they are the same alerts
            self._tell(decision, base_url(configuration.settings), now)

    def _tell(self, decision: Decision, base: str, now: datetime) -> None:
        self.active = decision.active
        for alert in decision.active:
            if alert.said.said_at == now:
                log.info("warning: %s is %s at stage %s", alert.said.key, alert.said.status.value, alert.said.stage)
        for end in decision.ended:
            log.info("warning over: %s (%s)", end.said.key, end.reason)
        links = Links(sitting=partial(sitting_page, base), runbook=partial(runbook_page, base))
        self.delivery = together(
            {name: _through(name, channel, decision, links, now) for name, channel in self._channels.items()}
        )


def _through(name: str, channel: Channel, decision: Decision, links: Links, now: datetime) -> Delivery:
    try:
        return channel.deliver(decision, links, now)
    except Exception as error:  # a defect in one channel must not silence the others
        log.exception("the channel %s failed", name)
        unsent = len(decision.active) + len(decision.ended)
        return Delivery(at=now, sent=0, unsent=unsent, problem=f"a defect ({type(error).__name__}); see the log")
