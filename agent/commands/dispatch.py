"""The commands that measure or talk to the collector: each calls the app and prints what came of it."""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Callable

import msgspec

from agent.app import App
from agent.commands.doctor import examine
from agent.i18n.errors import TROUBLE
from agent.i18n.messages import Messages
from agent.runtime.progress import briefly, on_stderr
from agent.runtime.settings import Settings
from agent.system.machine import System


def perform(asked: argparse.Namespace, settings: Settings, words: Messages) -> int:
    """Performs the command that `asked` names; the exit code. Raises AgentError."""
    tell = on_stderr(words, with_time=asked.command == "cycle")
    if getattr(asked, "brief", False):
        tell = briefly(tell)
    return _COMMANDS[asked.command](asked, App(settings, System(settings.ca_file, settings.proxy), tell), words)


def _cycle(asked: argparse.Namespace, app: App, words: Messages) -> int:
    """What `run` starts whenever something is due."""
    del words
    # Ctrl-C reaches the whole group of processes: the resident process says goodbye for both.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return app.cycle([name for name in asked.probes.split(",") if name])


def _once(asked: argparse.Namespace, app: App, words: Messages) -> int:
    measured = app.once()
    for result in [] if asked.brief else measured.results:
        print(words.say("once_probe", probe=result.probe, status=words.say(f"status_{result.status}")))
        for name, value in result.facts.items():
            shown = words.say("fact_missing", reason=result.missing.get(name, "?")) if value is None else value
            print(f"    {name}: {words.shown(shown)}")
    print(words.say("delivered", **measured.delivered._asdict()))
    return TROUBLE if measured.delivered.rejected else 0


def _probe(asked: argparse.Namespace, app: App, words: Messages) -> int:
    del words
    result = app.probe(asked.name)
    print(msgspec.json.format(msgspec.json.encode(result), indent=2).decode())
    return TROUBLE if result.status in {"failed", "timeout"} else 0


def _enroll(asked: argparse.Namespace, app: App, words: Messages) -> int:
    del asked
    identity, new = app.enrol(os.environ)
    print(words.say("enrolled" if new else "enrolled_before", device=identity.device_id, school=identity.school))
    return 0


def _doctor(asked: argparse.Namespace, app: App, words: Messages) -> int:
    del asked
    to_mend = 0
    for check in examine(app):
        print(check.printed(words), flush=True)
        to_mend += check.fine is False
    print(words.say("doctor_not_fine", count=to_mend) if to_mend else words.say("doctor_all_fine"))
    return TROUBLE if to_mend else 0


def _survey(asked: argparse.Namespace, app: App, words: Messages) -> int:
    from agent.commands import survey  # noqa: PLC0415  what no other command needs

    if asked.capture is not None:
        survey.tell(app, survey.conduct(app, asked.capture, asked.ssid, words))
        return 0
    survey.tell(app, survey.listen(app, asked.interface, asked.seconds, asked.ssid, words))
    survey.send(app)
    return 0


_COMMANDS: dict[str, Callable[[argparse.Namespace, App, Messages], int]] = {
    "cycle": _cycle,
    "once": _once,
    "probe": _probe,
    "enroll": _enroll,
    "doctor": _doctor,
    "survey": _survey,
}
