"""What `provklar-agent` sends and prints. It measures this machine, so of its numbers only the kinds are compared."""

from __future__ import annotations

import json
from typing import Any

from tests.support.same_bytes.commands import LANGUAGES
from tests.support.same_bytes.http_talk import Question
from tests.support.same_bytes.recorder import as_sent, passing_on, recorder, unpacked
from tests.support.same_bytes.set_aside import shape
from tests.support.same_bytes.side import Side

SCHOOL = "99000002"
"""It has not said where its networks are, so the agent may fill its line."""


def agent(side: Side) -> None:
    """Enrols an agent, lets it measure and send twice, and asks for each probe and for the doctor."""
    options = ["--collector", f"http://127.0.0.1:{side.ports.recorder}", "--school", SCHOOL, "--data", "agent"]
    side.command("provklar-agent", "--language", "sv", *options, "once")  # who is not enrolled is told so
    key = side.run(["provklar", "enrolment-key", "--config", "site/config", "create", SCHOOL]).stdout.strip()
    with recorder(side.ports.recorder, passing_on(side.ports.collector)) as heard:
        enrolling = side.run(["provklar-agent", *options, "enroll"], PROVKLAR_ENROLMENT_KEY=key)
        side.note("command", "provklar-agent enroll", f"{enrolling.returncode} {enrolling.stdout}{enrolling.stderr}")
        for language in LANGUAGES:
            for command in ("once", "doctor", "enroll"):
                side.command("provklar-agent", "--language", language, *options, command, rules=["measured"])
        for probe in _planned(heard, side):
            told = side.run(["provklar-agent", *options, "probe", probe])
            side.note("wire", f"provklar-agent probe {probe}", _shaped(told.stdout) or told.stderr, "measured")
    for number, question in enumerate(heard, start=1):
        side.note("wire", f"agent's request {number}", _without_numbers(question), "key")


def _planned(heard: list[Question], side: Side) -> list[str]:
    asked = next(question for question in heard if question.path.endswith("/policy"))
    plans = side.put(asked._replace(headers={"authorization": asked.headers["Authorization"]})).json()["plans"]
    return [*dict.fromkeys(plan["probe"] for plan in plans), "no"]


def _shaped(printed: str) -> str:
    try:
        return _laid_out(json.loads(printed))
    except ValueError:
        return ""


def _laid_out(value: Any) -> str:
    return json.dumps(shape(value), indent=1, ensure_ascii=False)


def _without_numbers(question: Question) -> str:
    """The request, with the shape of what was measured instead of the body if it carries reports."""
    if not question.path.endswith("/reports"):
        return as_sent(question)
    body = _laid_out(json.loads(unpacked(question)))
    headers = {name: value for name, value in question.headers.items() if name != "Content-Length"}
    packed = headers.pop("Content-Encoding", "nothing")
    return as_sent(question._replace(headers={**headers, "Packed by": packed}, body=body.encode()))
