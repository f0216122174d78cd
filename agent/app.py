"""Wiring: the commands of the agent as functions of an object that tests can build."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from agent.i18n.errors import BAD_INPUT, TROUBLE, AgentError, CollectorAwayError, OutboxFullError, TokenRefusedError
from agent.measuring.contract import Probe, task_of
from agent.probes import discovered
from agent.protocol.wire import SCHEMA, Enrolment, Policy, ProbeResult, Report
from agent.runtime.collector_client import CollectorClient
from agent.runtime.data_folder import DataFolder, Identity, KeptPolicy, backoff_s
from agent.runtime.lease import PATIENCE_S, SchoolLine
from agent.runtime.outbox import Outbox
from agent.runtime.progress import Progress
from agent.runtime.report_ids import next_report_id
from agent.runtime.runner import run_probe, run_probes, under_lease
from agent.runtime.settings import Settings, enrolment_key
from agent.runtime.upload import Delivered, drain, refresh_policy
from agent.system.files import LockedError, exclusively
from agent.system.machine import System
from agent.version import agent_version

LOCK_PATIENCE_S = 120.0
PROBE_DEADLINE_S = 60.0
"""For probes that no policy gives a deadline."""

_OUTBOX_MAX_REPORTS = 2_000
_SEND_ATTEMPTS = 3
_SEND_WAIT_MAX_S = 30.0


class OnceResult(NamedTuple):
    """What `once` did: the results, and what became of the outbox."""

    results: list[ProbeResult]
    delivered: Delivered


class App:
    """The agent of one data folder. The collector is first called when a command needs it."""

    def __init__(self, settings: Settings, system: System, tell: Progress) -> None:
        self.settings = settings
        self.system = system
        self.tell = tell
        self.data = DataFolder(Path(settings.data_dir).expanduser())
        self.uplink = CollectorClient(settings)

    def probes(self) -> dict[str, Probe]:
        """Every probe by name."""
        return discovered()

    def outbox(self, policy: Policy | None) -> Outbox:
        """The queue, with the bound that the policy gives."""
        return Outbox(self.data, policy.outbox_max_reports if policy else _OUTBOX_MAX_REPORTS)

    def identity(self) -> Identity:
        """Who this device is; AgentError if it has not enrolled for the school of the settings."""
        identity = self.data.identity()
        if identity is None:
            raise AgentError("not_enrolled", exit_code=BAD_INPUT)
        if identity.school != self.settings.school:
            raise AgentError("other_school", exit_code=BAD_INPUT, enrolled=identity.school, school=self.settings.school)
        return identity

    # --- enroll

    def enrol(self, environ: Mapping[str, str]) -> tuple[Identity, bool]:
        """Who this device is, and whether it enrolled just now. A device that the collector still knows stays it."""
        known = self.data.identity()
        if known and known.school == self.settings.school:
            try:
                refresh_policy(self.data, self.uplink, known, self.system.now())
            except TokenRefusedError:
                self.tell("enrolling_anew", device=known.device_id)
            else:
                return known, False
        enrolled = self.uplink.enrol(
            Enrolment(
                school=self.settings.school, key=self._key(environ), room=self.settings.room, label=self.settings.label
            )
        )
        identity = Identity(enrolled.device_id, enrolled.token, self.settings.school)
        self.data.keep_identity(identity)
        self.data.forget_policy()
        self.data.wait_no_more()
        return identity, True

    def _key(self, environ: Mapping[str, str]) -> str:
        try:
            key = enrolment_key(self.settings, environ)
        except (OSError, UnicodeDecodeError) as error:
            raise AgentError(
                "key_unreadable", exit_code=BAD_INPUT, file=str(self.settings.key_file), reason=str(error)
            ) from error
        if key is None:
            raise AgentError("no_key", exit_code=BAD_INPUT)
        return key

    # --- cycle and once

    def cycle(self, names: Sequence[str]) -> int:
        """What the resident process lets a child do: measure, store, fetch policy, send. The exit code."""
        identity = self.identity()
        with self._alone():
            kept = self.data.policy()
            stored = self._measure_if_known(identity, names, kept)
            if self.data.waiting(self.system.now()):
                return TROUBLE
            try:
                self._exchange(identity)
            except AgentError as error:
                self.data.wait_longer(
                    self.system.now(), error.retry_after_s if isinstance(error, CollectorAwayError) else None
                )
                raise
            self.data.wait_no_more()
        return 0 if stored else TROUBLE

    def _measure_if_known(self, identity: Identity, names: Sequence[str], kept: KeptPolicy | None) -> bool:
        """Measures by the kept policy. False if the disk is full: sending what is there may make room."""
        if names and kept:
            try:
                self._measure(identity, names, kept.policy, patience_s=0.0)
                self._look_again(names)
            except OutboxFullError as error:
                self.tell(error.code, **error.values)
                return False
        return True

    def _look_again(self, names: Sequence[str]) -> None:
        """What a probe found may be looked at again soon, not only by the plan."""
        probes = self.probes()
        for name in names:
            wait_s = probes[name].again_s(self.data.path, random.random()) if name in probes else None
            if wait_s is not None:
                now = self.system.now()
                with suppress(OSError):  # on a full disk it is looked at by the plan
                    self.data.put_off_until(name, now + timedelta(seconds=wait_s), now)

    def once(self) -> OnceResult:
        """Measures all that the policy asks for, stores it, and sends what is in the outbox."""
        identity = self.identity()
        with self._alone():
            kept = self._policy_or_kept(identity)
            planned = [plan.probe for plan in kept.policy.plans]
            results = self._measure(identity, planned, kept.policy, patience_s=PATIENCE_S)
            delivered = self._deliver_patiently(identity, kept.policy)
            self.data.wait_no_more()
        return OnceResult(results, delivered)

    def send(self) -> Delivered:
        """Sends what is in the outbox, trying once. Raises AgentError; then it stays there."""
        identity = self.identity()
        with self._alone():
            kept = self._policy_or_kept(identity)
            return drain(self.outbox(kept.policy), self.uplink, identity, self.system, self.tell)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two processes that measured at once would measure each other."""
        try:
            with exclusively(self.data.lock_file, LOCK_PATIENCE_S):
                yield
        except LockedError as error:
            raise AgentError("another_measures", folder=str(self.data.path)) from error

    def _policy_or_kept(self, identity: Identity) -> KeptPolicy:
        """The newest policy; with the collector away the last known one, if there is any."""
        try:
            return refresh_policy(self.data, self.uplink, identity, self.system.now())
        except CollectorAwayError as error:
            kept = self.data.policy()
            if kept is None:
                raise
            self.tell(error.code, **error.values)
            self.tell("measuring_by_kept_policy")
            return kept

    def _measure(
        self, identity: Identity, names: Sequence[str], policy: Policy, *, patience_s: float
    ) -> list[ProbeResult]:
        """Measures and stores; no report if all that was asked for is put off."""
        results = self._results(identity, names, policy, patience_s)
        if not results:
            return results
        report = Report(
            schema=SCHEMA,
            report_id=next_report_id(self.data.report_run_file, self.system.now(), self.system.monotonic_s()),
            device_id=identity.device_id,
            sent_at=self.system.now(),
            agent_version=agent_version(),
            school=self.settings.school,
            room=self.settings.room,
            results=results,
        )
        dropped = self.outbox(policy).put(report)
        if dropped:
            self.tell("outbox_dropped", dropped=dropped, limit=policy.outbox_max_reports)
        return results

    def _results(
        self, identity: Identity, names: Sequence[str], policy: Policy, patience_s: float
    ) -> list[ProbeResult]:
        deadlines = {plan.probe: plan.deadline_s for plan in policy.plans}
        return run_probes(
            names,
            self.probes(),
            self.system,
            lambda name: task_of(policy, identity.token, deadlines.get(name, PROBE_DEADLINE_S), self.data.path),
            fill=self._line(identity, patience_s).fill,
            started=lambda name: self.tell("probe_started", probe=name),
            finished=self._finished,
        )

    def _line(self, identity: Identity, patience_s: float) -> SchoolLine:
        return SchoolLine(self.data, self.uplink, identity, self.system, self.tell, patience_s=patience_s)

    def _finished(self, result: ProbeResult) -> None:
        if result.error is None:
            self.tell("probe_ok", probe=result.probe, seconds=result.duration_s)
        else:
            self.tell("probe_not_ok", probe=result.probe, code=result.error.code, detail=result.error.message)

    def _exchange(self, identity: Identity) -> None:
        # Sending first: a full disk, which can't keep a new policy, gets room by it.
        kept = self.data.policy()
        delivered = drain(self.outbox(kept.policy if kept else None), self.uplink, identity, self.system, self.tell)
        if sum(delivered):
            self.tell("delivered", **delivered._asdict())
        refresh_policy(self.data, self.uplink, identity, self.system.now())

    def _deliver_patiently(self, identity: Identity, policy: Policy) -> Delivered:
        """Sends, trying again a few times: somebody is waiting in front of the screen."""
        attempt = 1
        while True:
            try:
                return drain(self.outbox(policy), self.uplink, identity, self.system, self.tell)
            except CollectorAwayError as error:
                if attempt == _SEND_ATTEMPTS:
                    raise
                wait_s = min(error.retry_after_s or backoff_s(attempt, 1.0) / 2, _SEND_WAIT_MAX_S)
                self.tell(error.code, **error.values)
                self.tell("trying_again", seconds=wait_s)
                self.system.sleep(wait_s)
                attempt += 1

    # --- probe

    def probe(self, name: str) -> ProbeResult:
        """The result of one probe, kept nowhere. AgentError if there is no such probe, or it may not fill the line."""
        probes = self.probes()
        if name not in probes:
            raise AgentError("no_such_probe", exit_code=BAD_INPUT, probe=name, probes=", ".join(probes))
        identity, kept = self.data.identity(), self.data.policy()
        policy = kept.policy if kept else None
        if probes[name].needs_policy and identity and policy is None:
            policy = refresh_policy(self.data, self.uplink, identity, self.system.now()).policy
        plans = {plan.probe: plan for plan in policy.plans} if policy else {}
        deadline_s = plans[name].deadline_s if name in plans else PROBE_DEADLINE_S
        token = identity.token if identity else None
        task = task_of(policy, token, deadline_s, self.data.path)
        if not (probes[name].loads_line and identity and policy):
            return run_probe(probes[name], self.system, task)
        line = self._line(identity, PATIENCE_S)
        return line.use(line.ask(name), lambda leave: run_probe(probes[name], self.system, under_lease(task, leave)))
