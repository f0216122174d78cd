"""The command line of the collector: parses, and hands over to one file of `collector.commands` per command."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from collector.commands.cli_dates import as_moment
from collector.i18n.messages import LANGUAGES

INTERRUPTED = 130


def _command(commands: argparse._SubParsersAction[ArgumentParser], name: str, run: str, help_: str) -> ArgumentParser:
    """A subcommand that runs `module:function` of `collector.commands`, imported only when it is asked for."""
    parser = commands.add_parser(name, help=help_, description=help_)
    parser.set_defaults(run=run)
    parser.add_argument(
        "--config", type=Path, default=Path("config"), metavar="DIR", help="the configuration folder (default: config)"
    )
    parser.add_argument(
        "--language",
        choices=LANGUAGES,
        default=os.environ.get("PROVKLAR_LANGUAGE", "sv"),
        help="the language of what is printed (default: sv, or PROVKLAR_LANGUAGE)",
    )
    return parser


def _judging_options(parser: ArgumentParser) -> None:
    parser.add_argument("--profile", metavar="ID", help="judge by this profile instead of the sitting's own")
    parser.add_argument(
        "--as-of", type=as_moment, metavar="DATE", help="judge as things stood at the end of this day, or at this time"
    )


def _fleet_options(parser: ArgumentParser) -> None:
    parser.add_argument("--schools", type=int, default=12, metavar="N", help="simulated schools (default: 12)")
    parser.add_argument("--devices", type=int, default=360, metavar="M", help="simulated devices in all (default: 360)")
    parser.add_argument("--seed", type=int, default=2023, metavar="S", help="the same seed gives the same municipality")


def _measurement_point_options(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on; :: lets other machines in (default: 127.0.0.1)")
    add("--port", type=int, default=8090, help="TCP port (default: 8090)")
    add("--secret-file", type=Path, metavar="FILE", help="the collector's measurement.secret, or a copy of it")
    add("--certificate", metavar="FILE", help="serve over TLS with this certificate chain (PEM)")
    add("--key", metavar="FILE", help="the certificate's private key (PEM), if it is not in the same file")
    add("--allowed-origins", nargs="+", metavar="URL", help="collectors whose pages may measure from a browser")
    for name, metavar, help_ in (
        ("--connections", "N", "connections at once, in all"),
        ("--connections-per-device", "N", "connections at once per device"),
        ("--bytes-per-ticket", "N", "bytes that one ticket may send and receive"),
        ("--request-seconds", "S", "longest time of one download or upload"),
    ):
        add(name, type=float if metavar == "S" else int, metavar=metavar, help=help_)


def parser() -> ArgumentParser:
    """All commands and options."""
    top = ArgumentParser(
        prog="provklar", description="Can a whole year group take a digital national test at the same time?"
    )
    top.add_argument("--version", action="version", version=f"provklar {version('provklar')}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    _command(commands, "serve", "serve:run", "run the collector until Ctrl-C")
    check = _command(commands, "check-config", "check_config:run", "say whether the configuration can be used")
    check.add_argument("folder", nargs="?", type=Path, help="the configuration folder (instead of --config)")

    init = _command(commands, "init", "init:run", "write out the sample configuration and the dashboards")
    init.add_argument("folder", type=Path, metavar="DIR", help="where to; nothing that is there is overwritten")

    verdict = _command(commands, "verdict", "verdict:run", "judge all sittings to come, or one, from what is stored")
    verdict.add_argument("--sitting", metavar="ID", help="only this sitting")
    verdict.add_argument("--json", action="store_true", help="print what the API answers")
    _judging_options(verdict)

    explain = _command(commands, "explain", "verdict:explain", "print every number behind one sitting's verdict")
    explain.add_argument("sitting", metavar="SITTING", help="the sitting's id")
    _judging_options(explain)

    simulate = _command(commands, "simulate", "simulate:run", "send a simulated municipality to a running collector")
    simulate.add_argument("--url", metavar="URL", help="the collector (default: the configuration's own address)")
    simulate.add_argument(
        "--prepare", action="store_true", help="only write its schools and sittings into the configuration folder"
    )
    simulate.add_argument("--days", type=int, default=30, metavar="D", help="days of history (default: 30)")
    simulate.add_argument("--live", action="store_true", help="after the history, keep reporting until Ctrl-C")
    _fleet_options(simulate)

    releases = _command(
        commands, "releases", "releases:run", "show how old the list of browser releases is, or renew it"
    )
    releases.add_argument("action", choices=("show", "refresh"))
    releases.add_argument(
        "--from",
        dest="sources",
        action="append",
        metavar="FILE|URL",
        help="where to look, instead of the publishers' own lists; may be given several times",
    )

    keys = _command(
        commands, "enrolment-key", "keys:run", "make, list and revoke the keys that schools enrol devices with"
    )
    keys.add_argument("action", choices=("create", "list", "revoke"))
    keys.add_argument(
        "subject", nargs="?", metavar="SCHOOL|KEY", help="a school code to create for, a key id to revoke"
    )

    device = _command(commands, "device", "keys:device", "list devices; revoke the token of one")
    device.add_argument("action", choices=("list", "revoke"))
    device.add_argument("subject", nargs="?", metavar="DEVICE", help="the device id to revoke")

    _measurement_point_options(
        _command(commands, "measurement-point", "measurement_point:run", "run only a measurement point until Ctrl-C")
    )

    poll = _command(commands, "poll", "poll:run", "ask network gear now and say what was found")
    poll.add_argument("device", nargs="?", metavar="DEVICE", help="only this one of network.yaml")
    poll.add_argument("--ports", action="store_true", help="list every port: which one does the line hang on?")
    poll.add_argument("--once", action="store_true", help="read ports once: quicker, and says nothing of the load")

    local = _command(
        commands, "local", "local:run", "run a collector and an agent on this machine and show the verdict"
    )
    local.add_argument("--demo", action="store_true", help="with a simulated municipality beside this machine")
    _fleet_options(local)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; gives its exit code: 0 done, 1 it failed, 2 the input cannot be used, 130 interrupted."""
    chosen: Namespace = parser().parse_args(arguments)
    module, _, function = str(chosen.run).partition(":")
    try:
        return int(getattr(importlib.import_module(f"collector.commands.{module}"), function)(chosen))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader, `head` say, has had enough; nothing may be flushed to it at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
