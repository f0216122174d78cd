"""The command line of the collector: parses, and hands over to one file of `collector.commands` per command."""

from __future__ import annotations

import importlib
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from agent.protocol.command_line import LANGUAGES, Language, argparse_in, chosen_language
from collector.commands.cli_dates import as_moment
from collector.i18n.messages import sentences
from collector.version import PRODUCT_VERSION

INTERRUPTED = 130


def parser(language: Language = "sv") -> ArgumentParser:
    """All commands and options, in one language."""
    with argparse_in(language):
        return _CommandLine(language).top


class _CommandLine:
    """Makes the parsers; one method adds one command."""

    def __init__(self, language: Language) -> None:
        self._language = language
        words = self._words
        self.top = ArgumentParser(prog="provklar", description=words("help_provklar"))
        self.top.add_argument(
            "--version", action="version", version=f"provklar {PRODUCT_VERSION}", help=words("help_version")
        )
        self._language_option(self.top)
        self._commands = self.top.add_subparsers(
            dest="command", required=True, metavar=words("value_command"), title=words("help_commands")
        )
        self._operator_commands()
        self._judging_commands()
        self._profiles()
        self._simulation()
        self._device_commands()
        self._measurement_point()
        self._local()

    def _words(self, code: str) -> str:
        return sentences(self._language)[code]

    def _language_option(self, parser: ArgumentParser) -> None:
        parser.add_argument("--language", choices=LANGUAGES, default=self._language, help=self._words("help_language"))

    def _command(self, name: str, run: str) -> ArgumentParser:
        """A subcommand that runs `module:function` of `collector.commands`, imported only when it is asked for."""
        help_ = self._words(f"help_{name}")
        parser = self._commands.add_parser(name, help=help_, description=help_)
        parser.set_defaults(run=run)
        parser.add_argument(
            "--config",
            type=Path,
            default=Path("config"),
            metavar=self._words("value_folder"),
            help=self._words("help_config"),
        )
        self._language_option(parser)
        return parser

    def _operator_commands(self) -> None:
        words = self._words
        self._command("serve", "serve:run")
        check = self._command("check-config", "check_config:run")
        check.add_argument(
            "folder", nargs="?", type=Path, metavar=words("value_folder"), help=words("help_check_folder")
        )
        init = self._command("init", "init:run")
        init.add_argument("folder", type=Path, metavar=words("value_folder"), help=words("help_init_folder"))
        releases = self._command("releases", "releases:run")
        releases.add_argument("action", choices=("show", "refresh"), help=words("help_action"))
        releases.add_argument(
            "--from", dest="sources", action="append", metavar=words("value_source"), help=words("help_from")
        )

    def _judging_commands(self) -> None:
        words = self._words
        verdict = self._command("verdict", "verdict:run")
        verdict.add_argument("--sitting", metavar=words("value_sitting"), help=words("help_only_sitting"))
        verdict.add_argument("--by-school", action="store_true", help=words("help_by_school"))
        verdict.add_argument("--json", action="store_true", help=words("help_json"))
        explain = self._command("explain", "verdict:explain")
        explain.add_argument(
            "sitting", nargs="?", default="", metavar=words("value_sitting"), help=words("help_sitting")
        )
        for parser in (verdict, explain):
            parser.add_argument("--profile", metavar=words("value_profile"), help=words("help_profile"))
            parser.add_argument("--as-of", type=as_moment, metavar=words("value_date"), help=words("help_as_of"))
        explain.add_argument("--replay", type=Path, metavar=words("value_file"), help=words("help_replay_instead"))
        replay = self._command("replay", "replay:run")
        replay.add_argument("file", type=Path, metavar=words("value_file"), help=words("help_replay_file"))
        replay.add_argument("--at", type=as_moment, metavar=words("value_date"), help=words("help_replay_at"))
        replay.add_argument("--profile", metavar=words("value_profile"), help=words("help_profile"))
        replay.add_argument("--json", action="store_true", help=words("help_replay_json"))

    def _profiles(self) -> None:
        words = self._words
        profiles = self._command("profiles", "profiles:run")
        profiles.add_argument("action", choices=("check", "diff"), help=words("help_action"))
        profiles.add_argument("profiles", nargs="*", metavar=words("value_profile"), help=words("help_profiles_named"))
        profiles.add_argument("--json", action="store_true", help=words("help_profiles_json"))

    def _simulation(self) -> None:
        words = self._words
        simulate = self._command("simulate", "simulate:run")
        simulate.add_argument("--url", metavar=words("value_address"), help=words("help_url"))
        simulate.add_argument("--prepare", action="store_true", help=words("help_prepare"))
        simulate.add_argument("--days", type=int, default=30, metavar="D", help=words("help_days"))
        simulate.add_argument("--live", action="store_true", help=words("help_live"))
        self._fleet_options(simulate)

    def _fleet_options(self, parser: ArgumentParser) -> None:
        for option, default, metavar in (("schools", 12, "N"), ("devices", 360, "M"), ("seed", 2023, "S")):
            parser.add_argument(
                f"--{option}", type=int, default=default, metavar=metavar, help=self._words(f"help_{option}")
            )

    def _device_commands(self) -> None:
        words = self._words
        for name, run, actions, subject in (
            ("enrolment-key", "keys:run", ("create", "list", "revoke"), "key_subject"),
            ("device", "devices:run", ("list", "revoke"), "device"),
        ):
            command = self._command(name, run)
            command.add_argument("action", choices=actions, help=words("help_action"))
            command.add_argument(
                "subject", nargs="?", metavar=words(f"value_{subject}"), help=words(f"help_{name}_subject")
            )
            if name == "device":
                command.add_argument("--fails", metavar=words("value_requirement"), help=words("help_device_fails"))
                command.add_argument("--school", metavar=words("value_school"), help=words("help_device_school"))
        session = self._command("session", "session:run")
        session.add_argument("action", choices=("open", "list", "close"), help=words("help_action"))
        session.add_argument(
            "subject", nargs="?", metavar=words("value_session_subject"), help=words("help_session_subject")
        )
        session.add_argument("room", nargs="?", metavar=words("value_room"), help=words("help_session_room"))
        session.add_argument("--minutes", type=int, default=60, metavar="N", help=words("help_minutes"))
        session.add_argument("--without-agents", action="store_true", help=words("help_without_agents"))
        session.add_argument("--svg", type=Path, metavar=words("value_file"), help=words("help_svg"))
        poll = self._command("poll", "poll:run")
        poll.add_argument("device", nargs="?", metavar=words("value_device"), help=words("help_poll_device"))
        poll.add_argument("--ports", action="store_true", help=words("help_ports"))
        poll.add_argument("--once", action="store_true", help=words("help_poll_once"))

    def _measurement_point(self) -> None:
        words = self._words
        add = self._command("measurement-point", "measurement_point:run").add_argument
        add("--host", default="127.0.0.1", metavar=words("value_host"), help=words("help_host"))
        add("--port", type=int, default=8090, metavar="N", help=words("help_port"))
        add("--secret-file", type=Path, metavar=words("value_file"), help=words("help_secret_file"))
        add("--certificate", metavar=words("value_file"), help=words("help_certificate"))
        add("--key", metavar=words("value_file"), help=words("help_key"))
        add("--allowed-origins", nargs="+", metavar=words("value_address"), help=words("help_allowed_origins"))
        for name, metavar in (
            ("connections", "N"),
            ("connections-per-device", "N"),
            ("bytes-per-ticket", "N"),
            ("request-seconds", "S"),
        ):
            help_ = words(f"help_{name.replace('-', '_')}")
            add(f"--{name}", type=float if metavar == "S" else int, metavar=metavar, help=help_)

    def _local(self) -> None:
        local = self._command("local", "local:run")
        local.add_argument("--demo", action="store_true", help=self._words("help_demo"))
        local.add_argument("--verbose", action="store_true", help=self._words("help_verbose"))
        self._fleet_options(local)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; gives its exit code: 0 done, 1 it failed, 2 the input cannot be used, 130 interrupted."""
    given = sys.argv[1:] if arguments is None else arguments
    language = chosen_language(given, os.environ)
    with argparse_in(language):
        chosen: Namespace = parser(language).parse_args(given)
    module, _, function = str(chosen.run).partition(":")
    try:
        code = int(getattr(importlib.import_module(f"collector.commands.{module}"), function)(chosen))
        sys.stdout.flush()  # what is still to be written meets a closed pipe here, and not at exit
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader, `head` say, has had enough; nothing may be flushed to it at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


if __name__ == "__main__":
    raise SystemExit(main())
