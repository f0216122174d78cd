"""What the agent keeps between runs, each piece in one file of `data_dir`: identity, policy, when to try again."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

from agent.i18n.errors import BAD_INPUT, AgentError
from agent.protocol.wire import Policy, UtcTime
from agent.system.files import write_durably

RETRY_AT_MOST_S = 3_600.0
"""Nobody, not even a collector's Retry-After or a clock that jumped, keeps a device silent for longer."""

PUT_OFF_AT_MOST_S = 86_400.0
"""A probe that was put off for longer was put off by a clock that was wrong."""

_BACKOFF_FIRST_S = 5.0
_BACKOFF_AT_MOST_S = 900.0
_BACKOFF_DOUBLINGS = 10
_Kept = TypeVar("_Kept", bound=msgspec.Struct)


class Identity(msgspec.Struct, frozen=True):
    """Who this device is to the collector. The token is a secret."""

    device_id: str
    token: str
    school: str

    def __repr__(self) -> str:
        return f"Identity({self.device_id})"


class KeptPolicy(msgspec.Struct, frozen=True):
    """The policy as last fetched, and when the collector last said that it still holds."""

    etag: str | None
    confirmed_at: UtcTime
    policy: Policy


class Waiting(msgspec.Struct, frozen=True):
    """The collector could not take reports: how often in a row, and when to try again."""

    failures: int
    not_before: UtcTime


class PutOff(msgspec.Struct, frozen=True):
    """Probes that wait for a moment of their own, such as for leave to fill the line, and when each is due."""

    until: dict[str, UtcTime]


class DataFolder:
    """The folder `data_dir`. Making it raises AgentError if that can't be done."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.outbox = path / "outbox"
        self.corrupt = path / "corrupt"
        self.rejected = path / "rejected"
        self.policy_file = path / "policy.json"
        self.lock_file = path / "lock"
        self.report_run_file = path / "report_run.json"
        self._identity_file = path / "identity.json"
        self._waiting_file = path / "waiting.json"
        self._put_off_file = path / "put_off.json"
        try:
            for folder in (path, self.outbox, self.corrupt, self.rejected):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise AgentError(
                "data_folder_unusable", exit_code=BAD_INPUT, folder=str(path), reason=error.strerror or str(error)
            ) from error

    def identity(self) -> Identity | None:
        """Who this device is, or None before it has enrolled (or if the file was spoilt: then it has to again)."""
        return _read(self._identity_file, Identity)

    def keep_identity(self, identity: Identity) -> None:
        """Keeps who this device is, readable by the owner only."""
        write_durably(self._identity_file, msgspec.json.encode(identity))

    def policy(self) -> KeptPolicy | None:
        """The policy as last fetched, or None."""
        return _read(self.policy_file, KeptPolicy)

    def keep_policy(self, kept: KeptPolicy) -> None:
        """Keeps a policy."""
        write_durably(self.policy_file, msgspec.json.encode(kept))

    def forget_policy(self) -> None:
        """Forgets the policy: the next collector may want something else."""
        self.policy_file.unlink(missing_ok=True)

    def waiting(self, now: datetime) -> Waiting | None:
        """The back-off that still holds at `now`, or None when a new attempt is due."""
        waiting = _read(self._waiting_file, Waiting)
        if waiting is None or not now < waiting.not_before <= now + timedelta(seconds=RETRY_AT_MOST_S):
            return None
        return waiting

    def wait_longer(self, now: datetime, retry_after_s: float | None) -> None:
        """Notes one more failed attempt: waits as long as the collector asked, else by back-off."""
        before = _read(self._waiting_file, Waiting)
        failures = before.failures + 1 if before else 1
        wait_s = backoff_s(failures, random.random()) if retry_after_s is None else retry_after_s
        until = now + timedelta(seconds=min(wait_s, RETRY_AT_MOST_S))
        write_durably(self._waiting_file, msgspec.json.encode(Waiting(failures, until)))

    def wait_no_more(self) -> None:
        """An attempt succeeded."""
        self._waiting_file.unlink(missing_ok=True)

    def put_off(self, now: datetime) -> dict[str, datetime]:
        """The probes that are put off at `now`, each with when to ask again."""
        kept = _read(self._put_off_file, PutOff)
        latest = now + timedelta(seconds=PUT_OFF_AT_MOST_S)
        return {probe: until for probe, until in (kept.until if kept else {}).items() if now < until <= latest}

    def put_off_until(self, probe: str, until: datetime, now: datetime) -> None:
        """Puts a probe off. What is over at `now` is forgotten."""
        write_durably(self._put_off_file, msgspec.json.encode(PutOff(self.put_off(now) | {probe: until})))


def backoff_s(failures: int, chance: float) -> float:
    """How long to wait after so many failures in a row: doubles each time, at most a quarter of an hour,
    and between half and all of it by `chance` (0 to 1), so that a school's machines do not come back all at once.
    """
    full = _BACKOFF_FIRST_S * 2.0 ** min(failures - 1, _BACKOFF_DOUBLINGS)
    return min(full, _BACKOFF_AT_MOST_S) * (0.5 + chance / 2)


def _read(path: Path, kind: type[_Kept]) -> _Kept | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
