"""What the command lines print, in both languages: help, verdicts, explanations, and faults of a configuration."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import yaml

from tests.support.same_bytes.reading import sittings
from tests.support.same_bytes.side import Side

CONFIG = ("--config", "site/config")
LANGUAGES = ("sv", "en")
JUDGED = (
    (),
    ("--json",),
    ("--json", "--profile", "skolverket-dnp-2024"),
    ("--as-of", "2026-11-20"),
    ("--sitting", "no"),
    ("--profile", "no"),
)
EXPLAINED_IN_ENGLISH = 5
_COMMAND = re.compile(r"^ {4}([a-z][a-z-]+)(?: |$)", re.MULTILINE)

AGENT = "spoilt/agent.yaml"

Spoil = Callable[[Any], Any]


def helps(side: Side) -> None:
    """Every `--help`, the versions, and what is said to a command that there is not."""
    for program in (["provklar"], *(["provklar-agent", "--language", language] for language in LANGUAGES)):
        named = dict.fromkeys(_COMMAND.findall(side.command(*program, "--help", kind="help")))
        side.commands([[*program, command, "--help"] for command in named], kind="help")
        side.commands([[*program, "no"], program], kind="help")
    side.command("provklar", "--version", kind="help")


def verdicts(side: Side) -> None:
    """The verdicts as a table and as JSON, now and before, by another profile, and every number behind each."""
    for language in LANGUAGES:
        judged = ["provklar", "verdict", *CONFIG, "--language", language]
        side.commands([[*judged, *options] for options in JUDGED])
        asked = sittings(side)[: None if language == "sv" else EXPLAINED_IN_ENGLISH]
        side.commands(["provklar", "explain", *CONFIG, "--language", language, sitting] for sitting in asked)


def keys_and_devices(side: Side) -> None:
    """Makes, lists and revokes; asks about what there is not."""
    made = ("provklar", "enrolment-key", *CONFIG)
    side.command(*made, "create", "99000002")
    side.command(*made, "create", "00000000")
    key_id = side.run([*made, "create", "99000003"]).stderr
    for language in LANGUAGES:
        side.command(*made, "--language", language, "list")
        side.command(*made, "--language", language, "revoke", "no")
        side.command("provklar", "device", *CONFIG, "--language", language, "list")
        side.command("provklar", "device", *CONFIG, "--language", language, "revoke", "no")
    named = re.findall(r"\b[0-9a-f]{8}\b", key_id)
    side.command(*made, "revoke", named[0] if named else "none was named")
    side.command(*made, "list")


def gear_and_releases(side: Side) -> None:
    """What is printed of network gear and of the list of browser releases."""
    for language in LANGUAGES:
        side.command("provklar", "poll", *CONFIG, "--language", language, "--once")
        side.command("provklar", "poll", *CONFIG, "--language", language, "--ports")
        side.command("provklar", "poll", *CONFIG, "--language", language, "no")
        side.command("provklar", "releases", *CONFIG, "--language", language, "show")
    side.command("provklar", "serve", *CONFIG)  # the port is taken
    side.command("provklar", "init", "site")  # it is there already


def wrong_configurations(side: Side) -> None:
    """All that the readers of settings have to say, by spoiling all files in one way after the other."""
    for name, spoil in SPOILT.items():
        _spoilt(side, spoil)
        checks = [["provklar", "check-config", "--language", language, "spoilt"] for language in LANGUAGES]
        agents = [["provklar-agent", "--language", language, "--config", AGENT, "once"] for language in LANGUAGES]
        side.commands([*checks, *agents], name)


def _spoilt(side: Side, spoil: Spoil) -> None:
    folder = side.world / "spoilt"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(side.world / "site/config", folder)
    for path in sorted(folder.rglob("*.yaml")):
        content = spoil(yaml.load(path.read_text("utf-8"), _Loader))
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")


class _Loader(yaml.SafeLoader):
    """Leaves times of day and dates as they are written."""

    yaml_implicit_resolvers: ClassVar = {  # type: ignore[misc]
        first: [(tag, pattern) for tag, pattern in known if tag.rpartition(":")[2] not in {"int", "timestamp"}]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?(0|[1-9][0-9]*)$"), list("-0123456789"))


def _each_key(change: Callable[[dict[Any, Any]], dict[Any, Any]], depth: int) -> Spoil:
    def spoil(value: Any, level: int = 0) -> Any:
        if isinstance(value, list):
            return [spoil(part, level) for part in value]
        if not isinstance(value, dict):
            return value
        inner = {key: spoil(part, level + 1) for key, part in value.items()}
        return change(inner) if level == depth else inner

    return spoil


def _each_leaf(change: Callable[[Any], Any]) -> Spoil:
    def spoil(value: Any) -> Any:
        if isinstance(value, list):
            return [spoil(part) for part in value]
        return {key: spoil(part) for key, part in value.items()} if isinstance(value, dict) else change(value)

    return spoil


def _more(keys: dict[Any, Any]) -> dict[Any, Any]:
    return {**keys, "nmae": 1, "school_": "x"}


def _fewer(keys: dict[Any, Any]) -> dict[Any, Any]:
    return dict(list(keys.items())[1:])


def _numbers(value: Any) -> Any:
    return -value if isinstance(value, int | float) and not isinstance(value, bool) else value


def _spoils() -> Iterator[tuple[str, Spoil]]:
    yield "nothing", lambda value: value
    yield "empty files", lambda _: None
    yield "lists for files", lambda value: [value]
    for depth in range(4):
        yield f"more keys at {depth}", _each_key(_more, depth)
        yield f"the first key missing at {depth}", _each_key(_fewer, depth)
    yield "lists for values", _each_leaf(lambda value: [value])
    yield "nothing for values", _each_leaf(lambda _: None)
    yield "negative numbers", _each_leaf(_numbers)
    yield "texts for numbers", _each_leaf(str)
    yield "huge numbers", _each_leaf(lambda value: 10**12 if isinstance(value, int) else value)
    yield "other texts", _each_leaf(lambda value: f"{value}/" if isinstance(value, str) else value)
    yield (
        "everything twice",
        lambda value: {key: part * 2 if isinstance(part, list) else part for key, part in value.items()},
    )


SPOILT = dict(_spoils())
