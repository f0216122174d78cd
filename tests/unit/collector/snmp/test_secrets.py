"""Secrets from files, and what is told of those that will not do."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.snmp.secrets import LEAST_PASSWORD_LENGTH, SecretError, read_secret


@pytest.mark.parametrize("written", ["hemligt-ord", "hemligt-ord\n", "  hemligt-ord \r\nen anteckning\n"])
def test_the_first_line_counts(tmp_path: Path, written: str) -> None:
    file = tmp_path / "community"
    file.write_text(written)
    assert read_secret(file) == "hemligt-ord"


@pytest.mark.parametrize(
    ("written", "code"),
    [(b"", "empty"), (b" \n\n", "empty"), (b"kort\n", "too_short"), (b"\xff\xfehemligt", "unreadable")],
)
def test_what_will_not_do(tmp_path: Path, written: bytes, code: str) -> None:
    file = tmp_path / "password"
    file.write_bytes(written)
    with pytest.raises(SecretError) as refused:
        read_secret(file, LEAST_PASSWORD_LENGTH)
    assert refused.value.code == code
    assert str(refused.value) == f"{file}: {code}"
    assert refused.value.__cause__ is None


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="missing"):
        read_secret(tmp_path / "nothing")
    with pytest.raises(SecretError, match="unreadable"):
        read_secret(tmp_path)
