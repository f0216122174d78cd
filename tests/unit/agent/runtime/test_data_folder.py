"""What the agent keeps between runs."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.i18n.errors import AgentError
from agent.runtime.data_folder import DataFolder, Identity, KeptPolicy, backoff_s
from tests.support.stub_collector import policy

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_identity_is_kept_for_the_owner_only_and_not_shown(tmp_path: Path) -> None:
    """The token is a secret."""
    data = DataFolder(tmp_path / "agent")
    assert data.identity() is None
    data.keep_identity(Identity("device-1", "secret", "99000001"))
    assert data.identity() == Identity("device-1", "secret", "99000001")
    assert stat.S_IMODE((tmp_path / "agent" / "identity.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "agent").stat().st_mode) == 0o700
    assert "secret" not in repr(data.identity())


def test_a_spoilt_file_is_as_none(tmp_path: Path) -> None:
    """The device enrols again; it does not crash."""
    data = DataFolder(tmp_path)
    (tmp_path / "identity.json").write_bytes(b'{"device_id": "d')
    (tmp_path / "policy.json").write_bytes(b"[]")
    assert (data.identity(), data.policy()) == (None, None)


def test_policy_is_kept_until_forgotten(tmp_path: Path) -> None:
    """With its ETag."""
    data = DataFolder(tmp_path)
    kept = KeptPolicy('"1"', NOW, policy("http://c/measure/v1", "device"))
    data.keep_policy(kept)
    assert data.policy() == kept
    data.forget_policy()
    data.forget_policy()
    assert data.policy() is None


def test_failures_in_a_row_wait_longer_and_longer(tmp_path: Path) -> None:
    """Until one succeeds."""
    data = DataFolder(tmp_path)
    assert data.waiting(NOW) is None
    waits = []
    for _ in range(4):
        data.wait_longer(NOW, None)
        waiting = data.waiting(NOW)
        assert waiting is not None
        waits.append((waiting.not_before - NOW).total_seconds())
    assert all(full / 2 <= wait <= full for wait, full in zip(waits, (5, 10, 20, 40), strict=True))
    assert data.waiting(NOW + timedelta(seconds=41)) is None
    data.wait_no_more()
    data.wait_longer(NOW, None)
    waiting = data.waiting(NOW)
    assert waiting is not None
    assert waiting.failures == 1


@pytest.mark.parametrize(("asked_s", "wait_s"), [(30.0, 30), (86_400.0, 3_600), (0.5, 0.5)])
def test_the_collector_may_say_how_long(asked_s: float, wait_s: float, tmp_path: Path) -> None:
    """But at most an hour."""
    data = DataFolder(tmp_path)
    data.wait_longer(NOW, asked_s)
    waiting = data.waiting(NOW)
    assert waiting is not None
    assert waiting.not_before == NOW + timedelta(seconds=wait_s)


def test_a_clock_that_was_set_back_does_not_silence_the_device(tmp_path: Path) -> None:
    """A wait that ends in a year is no wait."""
    data = DataFolder(tmp_path)
    data.wait_longer(NOW + timedelta(days=365), None)
    assert data.waiting(NOW) is None


def test_backoff_has_a_ceiling_and_jitter() -> None:
    """A quarter of an hour at most; half of it at least."""
    assert [backoff_s(failures, 1.0) for failures in (1, 2, 5, 9, 1_000)] == [5, 10, 80, 900, 900]
    assert backoff_s(3, 0.0) == 10.0


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """Said with exit code 2."""
    (tmp_path / "file").touch()
    with pytest.raises(AgentError) as refused:
        DataFolder(tmp_path / "file" / "agent")
    assert (refused.value.code, refused.value.exit_code) == ("data_folder_unusable", 2)
