"""What operations for reading do alike: which language and school are asked for, and answers that nobody may keep."""

from __future__ import annotations

from collections.abc import Collection

from starlette.requests import Request
from starlette.responses import Response

from collector.api.operation import Parameter
from collector.configuration.model import Configuration
from collector.http.headers import ANSWER_HEADERS
from collector.http.requests import RefusedError, json_response
from collector.i18n.messages import LANGUAGES, Language

SCHOOL = Parameter("school", "query", "Only this school (8-digit skolenhetskod).")
LANGUAGE = Parameter(
    "lang",
    "query",
    "Language of the sentences; Swedish unless told otherwise.",
    {"type": "string", "enum": [*LANGUAGES]},
)


def told(answer: object, *, status: int = 200) -> Response:
    """The answer as JSON, which must not come out of a cache."""
    return json_response(answer, status, ANSWER_HEADERS)


def asked_language(request: Request) -> Language:
    """The language of `lang`. Raises RefusedError (400)."""
    return "en" if one_of(request, "lang", LANGUAGES) == "en" else "sv"


def asked_school(request: Request, configuration: Configuration) -> str | None:
    """The code of the school in `school`, if any is asked for. Raises RefusedError (400)."""
    asked = request.query_params.get("school")
    if asked is not None and asked not in configuration.schools:
        raise RefusedError(
            400, "unknown_school", f"No school has the code {asked!r}: see schools.yaml.", place="school"
        )
    return asked


def one_of(request: Request, name: str, known: Collection[str]) -> str | None:
    """What the query says for `name`, if anything. Raises RefusedError (400) where it is none of `known`."""
    asked = request.query_params.get(name)
    if asked is not None and asked not in known:
        raise RefusedError(400, f"unknown_{name}", f"{name} is one of {', '.join(known)}, not {asked!r}.", place=name)
    return asked
