"""The command `provklar-agent`: reads its arguments and prints, nothing else.

What a command needs is imported when it runs: `run` stays in memory and must not hold what the others use.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from agent.i18n.errors import BAD_INPUT, TROUBLE, AgentError
from agent.i18n.messages import Messages
from agent.protocol.command_line import LANGUAGES, argparse_in, chosen_language
from agent.runtime.data_folder import DataFolder
from agent.runtime.progress import on_stderr
from agent.runtime.settings import CONFIG_VARIABLE, OPTIONS, Settings, SettingsError, load_settings
from agent.system.relaunch import own_command

SURVEY_S, SURVEY_MAX_S = 60.0, 3_600.0
"""How long a survey listens unless told otherwise, and at most."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command. 0: done; 1: something did not work; 2: arguments, settings or enrolment must be mended."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["internet-child"]:  # what a probe starts, so not in the help
        from agent.internet import child  # noqa: PLC0415  speedtest-cli, which needs a stdout

        return child.main(arguments[1:])
    return _command(arguments)


def _command(arguments: Sequence[str]) -> int:
    words = Messages(chosen_language(arguments, os.environ))
    try:
        with argparse_in(words.language):
            asked = _parser(words).parse_args(arguments)
    except SystemExit as stop:  # argparse has printed the usage or the help
        return stop.code if isinstance(stop.code, int) else BAD_INPUT
    try:
        code = _perform(asked, words)
        sys.stdout.flush()
    except SettingsError as error:
        print(error.said(words), file=sys.stderr)
        return BAD_INPUT
    except AgentError as error:
        on_stderr(words, with_time=asked.command == "cycle")(error.code, **error.values)
        return error.exit_code
    except OSError as error:
        return _system_trouble(error, words)
    except KeyboardInterrupt:
        print(words.say("interrupted"), file=sys.stderr)
        return TROUBLE
    return code


def _system_trouble(error: OSError, words: Messages) -> int:
    if isinstance(error, BrokenPipeError):  # the reader, `head` say, has had enough: no error, and nothing to flush
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    print(words.say("system_trouble", reason=str(error)), file=sys.stderr)
    return TROUBLE


def _parser(words: Messages) -> argparse.ArgumentParser:
    options = _options(words)
    parser = argparse.ArgumentParser(prog="provklar-agent", description=words.say("help_agent"), parents=[options])
    commands = parser.add_subparsers(
        dest="command", required=True, metavar=words.say("value_command"), title=words.say("help_commands")
    )

    def command(name: str) -> argparse.ArgumentParser:
        help_ = words.say(f"help_{name}")
        return commands.add_parser(name, help=help_, description=help_, parents=[options])

    command("run")
    command("once").add_argument("--brief", action="store_true", help=words.say("help_brief"))
    command("probe").add_argument("name", metavar=words.say("value_name"), help=words.say("help_probe_name"))
    command("enroll")
    command("doctor")
    _survey_options(command("survey"), words)
    cycle = commands.add_parser("cycle", parents=[options])  # what `run` starts, so not in the help
    cycle.add_argument("--probes", default="")
    return parser


def _options(words: Messages) -> argparse.ArgumentParser:
    # Taken before and after the command; suppressed defaults, so that the second place does not undo the first.
    options = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    options.add_argument("--config", type=Path, metavar=words.say("value_file"), help=words.say("help_config"))
    for key, option in OPTIONS.items():
        options.add_argument(option, dest=key, metavar=words.say(f"value_{key}"), help=words.say(f"help_{key}"))
    options.add_argument("--language", choices=LANGUAGES, help=words.say("help_language"))
    return options


def _survey_options(survey: argparse.ArgumentParser, words: Messages) -> None:
    name = words.say("value_name")
    source = survey.add_mutually_exclusive_group(required=True)
    source.add_argument("--capture", type=Path, metavar=words.say("value_file"), help=words.say("help_capture"))
    source.add_argument("--interface", metavar=name, help=words.say("help_interface"))
    survey.add_argument(
        "--seconds", type=_seconds, default=SURVEY_S, metavar="N", help=words.say("help_seconds", most=SURVEY_MAX_S)
    )
    survey.add_argument("--ssid", nargs="+", action="extend", default=[], metavar=name, help=words.say("help_ssid"))


def _seconds(text: str) -> float:
    """How long a survey listens; argparse says what is wrong with anything else."""
    seconds = float(text)
    if not 1 <= seconds <= SURVEY_MAX_S:
        raise ValueError(text)
    return seconds


def _settings(asked: argparse.Namespace) -> Settings:
    named = getattr(asked, "config", None) or os.environ.get(CONFIG_VARIABLE)
    return load_settings(Path(named) if named else None, {key: getattr(asked, key, None) for key in OPTIONS})


def _perform(asked: argparse.Namespace, words: Messages) -> int:
    settings = _settings(asked)
    if asked.command == "run":
        return _run(asked, settings, words)
    from agent.commands import dispatch  # noqa: PLC0415  TLS, HTTP, psutil: what `run` must not hold in memory

    return dispatch.perform(asked, settings, words)


def _run(asked: argparse.Namespace, settings: Settings, words: Messages) -> int:
    from agent.runtime.daemon import Daemon  # noqa: PLC0415  the scheduler, which no other command needs

    data = DataFolder(Path(settings.data_dir).expanduser())
    if data.identity() is None:
        raise AgentError("not_enrolled", exit_code=BAD_INPUT)
    resident = Daemon(data, _cycle_command(asked, words), on_stderr(words, with_time=True))

    def stop(_signal: int, _frame: FrameType | None) -> None:
        resident.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return resident.run()


def _cycle_command(asked: argparse.Namespace, words: Messages) -> list[str]:
    """The command of a child with the same options as this process."""
    command = [*own_command(), "cycle", "--language", words.language]
    given = {"--config": getattr(asked, "config", None)}
    given.update({option: getattr(asked, key, None) for key, option in OPTIONS.items()})
    for option, value in given.items():
        if value is not None:
            command += [option, str(value)]
    return command


if __name__ == "__main__":
    sys.exit(main())
