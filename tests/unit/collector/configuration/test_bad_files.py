"""One bad file per rule, with the exact message in both languages: `tests/config/`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from collector.i18n.messages import LANGUAGES, Language, sentences
from tests.unit.collector.configuration.folders import CASES, PARTS, errors_in, good_folder, said

BAD_FILES = sorted((CASES / "bad").glob("*/*.*"))
TOLD_BY_FOLDERS = {
    "config_bad_data_folder",
    "config_duplicate_profile",
    "config_empty_file",
    "config_missing_file",
    "config_no_profiles",
    "config_not_utf8",
    "config_unreadable_file",
    "config_yml",
}
"""Messages that no single file can bring about; `test_bad_folders.py` does."""


def expected(bad: Path, language: Language) -> list[str]:
    """The messages that the file's first lines promise."""
    return re.findall(rf"^# {language}: (.+)$", bad.read_text(encoding="utf-8"), flags=re.MULTILINE)


def with_bad_file(bad: Path, parent: Path) -> Path:
    """The good configuration with one part replaced."""
    folder = good_folder(parent)
    (folder / PARTS[bad.parent.name]).write_bytes(bad.read_bytes())
    return folder


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_message_is_exactly_the_one_in_the_file(bad: Path, language: Language, tmp_path: Path) -> None:
    """File, line, what is wrong and what to do; no more and no fewer messages."""
    promised = expected(bad, language)
    assert promised
    assert said(with_bad_file(bad, tmp_path), language) == promised


@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_file_breaks_the_rule_that_it_is_named_after(bad: Path, tmp_path: Path) -> None:
    """`wrong_unit_of_requirement.yaml` may vary `wrong_unit`; a file named after another rule would hide a gap."""
    errors = errors_in(with_bad_file(bad, tmp_path))
    assert errors is not None
    codes = [error.message.code.removeprefix("config_") for error in errors]
    renamed = {"several_at_once": "missing_key", "unknown_operator": "unknown_choice_near"}
    wanted = renamed.get(bad.stem, bad.stem)
    assert any(wanted.startswith(code) for code in codes), codes


def test_every_message_has_a_bad_file(tmp_path: Path) -> None:
    """A rule that nothing breaks may well do nothing."""
    seen = set(TOLD_BY_FOLDERS)
    for index, bad in enumerate(BAD_FILES):
        parent = tmp_path / str(index)
        parent.mkdir()
        errors = errors_in(with_bad_file(bad, parent))
        assert errors is not None
        seen |= {error.message.code for error in errors}
    known = {code for code in sentences("sv") if code.startswith("config_") and not code.endswith("_remedy")}
    assert seen == known


def test_the_good_folder_is_good(tmp_path: Path) -> None:
    """Otherwise every bad file would prove nothing."""
    assert said(good_folder(tmp_path)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_comes_with_a_remedy(language: Language) -> None:
    """Telling what is wrong without what to do is half a message."""
    codes = {code for code in sentences(language) if code.startswith("config_")}
    messages = {code for code in codes if not code.endswith("_remedy")}
    assert codes == messages | {f"{code}_remedy" for code in messages}
    assert all(sentences(language)[code].endswith((".", "?")) for code in codes)
