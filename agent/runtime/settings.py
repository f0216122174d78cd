"""`agent.yaml`, read strictly: every problem is found, with its line and what to do about it.

Every setting is written once, as a field of `Settings`. Options on the command line override the file. The collector's
reader does far more (references, two languages, whole folders) and is no part of an agent.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
import yaml

from agent.i18n.messages import Messages

KEY_VARIABLE = "PROVKLAR_ENROLMENT_KEY"
CONFIG_VARIABLE = "PROVKLAR_AGENT_CONFIG"
DEFAULT_FILE = Path("config/agent.yaml")

OPTIONS = {
    "collector_url": "--collector",
    "school": "--school",
    "room": "--room",
    "data_dir": "--data",
    "key_file": "--key-file",
}
"""The settings that an option of the command line overrides."""

_SCHOOL = re.compile(r"[0-9]{8}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LABEL_MAX = 64


_TEXT_TAGS = frozenset(("tag:yaml.org,2002:str", "tag:yaml.org,2002:int"))
"""An int is taken as it was typed: a school code without quotes keeps its leading zero."""


class Settings(msgspec.Struct, frozen=True):
    """What a person decides about this machine; all the rest comes from the collector as policy.

    Relative paths are relative to the folder that the agent is started in.
    """

    collector_url: str
    school: str
    room: str | None = None
    data_dir: str = "var/agent"
    key_file: str | None = None
    label: str | None = None
    ca_file: str | None = None
    proxy: str | None = None


REQUIRED = tuple(field.name for field in msgspec.structs.fields(Settings) if field.required)
KEYS = tuple(field.name for field in msgspec.structs.fields(Settings))


class SettingProblem(NamedTuple):
    """One thing that is wrong: where, a code of `agent.i18n.messages`, and what to put into that sentence."""

    file: str
    line: int | None
    code: str
    values: Mapping[str, str]

    def said(self, words: Messages) -> str:
        """The problem as `config/agent.yaml:3: what. what to do`."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {words.say(self.code, **self.values)}"


class SettingsError(Exception):
    """The settings can't be used. `problems` holds every reason, not only the first."""

    def __init__(self, problems: list[SettingProblem]) -> None:
        super().__init__("; ".join(f"{problem.line}: {problem.code}" for problem in problems))
        self.problems = problems

    def said(self, words: Messages) -> str:
        """All problems, one per line."""
        return "\n".join(problem.said(words) for problem in self.problems)


class _Entry(NamedTuple):
    value: str
    file: str
    line: int | None


def load_settings(file: Path | None, overrides: Mapping[str, str | None]) -> Settings:
    """The settings from `file` (None: `config/agent.yaml` if it is there) with the overrides that are not None.

    Raises SettingsError.
    """
    chosen = file or DEFAULT_FILE
    problems: list[SettingProblem] = []
    try:
        entries = _read(chosen.read_text(encoding="utf-8"), str(chosen), problems)
    except FileNotFoundError:
        entries = {}
        given = {key for key, value in overrides.items() if value is not None}
        if file is not None or not given.issuperset(REQUIRED):
            raise SettingsError([SettingProblem(str(chosen), None, "settings_no_file", {})]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            [SettingProblem(str(chosen), None, "settings_unreadable", {"reason": str(error)})]
        ) from None
    for key, value in overrides.items():
        if value is not None:
            entries[key] = _Entry(value, OPTIONS[key], None)
    problems += _invalid(entries)
    if not problems:
        problems += [
            SettingProblem(str(chosen), None, "settings_missing_key", {"key": key})
            for key in REQUIRED
            if key not in entries
        ]
    if problems:
        raise SettingsError(problems)
    return msgspec.convert({key: entry.value for key, entry in entries.items()}, Settings)


def _read(text: str, file: str, problems: list[SettingProblem]) -> dict[str, _Entry]:
    """The entries of a YAML text; what is wrong with them is added to `problems`."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise SettingsError(
            [SettingProblem(file, line, "settings_not_yaml", {"reason": getattr(error, "problem", None) or str(error)})]
        ) from None
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise SettingsError([SettingProblem(file, root.start_mark.line + 1, "settings_not_mapping", {})])
    entries: dict[str, _Entry] = {}
    for key_node, value_node in root.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        problem = _wrong_entry(key, value_node, key in entries)
        if problem:
            problems.append(SettingProblem(file, line, *problem))
        elif value_node.tag != "tag:yaml.org,2002:null":
            entries[key] = _Entry(value_node.value, file, line)
    return entries


def _wrong_entry(key: str, value: Any, seen: bool) -> tuple[str, dict[str, str]] | None:  # noqa: ANN401  a YAML node
    if key not in KEYS:
        meant = difflib.get_close_matches(key, KEYS, n=1)
        if meant:
            return "settings_unknown_key_meant", {"key": key, "meant": meant[0]}
        return "settings_unknown_key", {"key": key, "keys": ", ".join(KEYS)}
    if seen:
        return "settings_twice", {"key": key}
    if value.tag == "tag:yaml.org,2002:null" and key not in REQUIRED:
        return None
    if value.tag not in _TEXT_TAGS:
        return "settings_not_text", {"key": key}
    return None


def _invalid(entries: Mapping[str, _Entry]) -> list[SettingProblem]:
    checks: dict[str, tuple[str, Callable[[str], object]]] = {
        "collector_url": ("settings_bad_url", _is_url),
        "proxy": ("settings_bad_url", _is_url),
        "school": ("settings_bad_school", _SCHOOL.fullmatch),
        "room": ("settings_bad_room", _IDENTIFIER.fullmatch),
        "label": ("settings_bad_label", lambda value: 0 < len(value) <= _LABEL_MAX),
        "ca_file": ("settings_no_ca_file", lambda value: Path(value).is_file()),
        "data_dir": ("settings_empty", bool),
        "key_file": ("settings_empty", bool),
    }
    return [
        SettingProblem(entry.file, entry.line, checks[key][0], {"key": key, "value": entry.value})
        for key, entry in entries.items()
        if not checks[key][1](entry.value)
    ]


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def enrolment_key(settings: Settings, environ: Mapping[str, str]) -> str | None:
    """The enrolment key from the environment, else from `key_file`; None if there is neither. Never logged.

    Raises OSError if the file that the settings name can't be read.
    """
    given = environ.get(KEY_VARIABLE, "").strip()
    if given or settings.key_file is None:
        return given or None
    return Path(settings.key_file).read_text(encoding="utf-8").strip() or None
