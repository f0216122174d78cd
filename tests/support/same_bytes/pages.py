"""Every page in both languages, every file that they load, and the runbooks: found by following links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import quote, urljoin, urlsplit

from tests.support.same_bytes.http_talk import Answer, Question
from tests.support.same_bytes.municipality import schools
from tests.support.same_bytes.set_aside import Name
from tests.support.same_bytes.side import Side

STATUSES = ("ready", "at_risk", "not_ready", "unknown")
LINKING = frozenset({"href", "src", "action", "data-files", "data-base"})
_IMPORTED = re.compile(r'(?:from|import)\s*\(?\s*"(\.[^"]+)"|url\("?([^")]+)"?\)')


def crawled(side: Side, *, with_files: bool = True) -> None:
    """Records the pages that can be reached from the first ones; their files and /prob too unless told otherwise."""
    waiting = [*_first(side), *(_of_the_probe(side) if with_files else [])]
    seen = set(waiting)
    while waiting:
        target = waiting.pop(0)
        answer = _shown(side, target)
        for link in dict.fromkeys(_links(target, answer)):
            if link not in seen and (with_files or not _is_file(link)):
                seen.add(link)
                waiting.append(link)


def _is_file(target: str) -> bool:
    return "/static/" in target or "/prob" in target


def _shown(side: Side, target: str) -> Answer:
    rules: list[Name] = ["file times"] if target.startswith("/static/") else []
    return side.ask(Question("GET", target), kind="page", rules=rules)


def _first(side: Side) -> Iterator[str]:
    """Where a reader may begin, with what forms would ask for."""
    codes = [school["code"] for school in schools(side)]
    yield from ("/", "/en", "/en/", "/favicon.ico", "/rooms", "/devices", "/en/rooms", "/en/devices")
    for start in ("/", "/en/"):
        queries = [f"status={status}" for status in STATUSES]
        queries += ["page=2", "page=999", "page=x", "status=no", "school=no", f"status=unknown&school={codes[0]}"]
        for place, query in [("", query) for query in queries] + [("rooms", "school=no"), ("devices", "school=no")]:
            yield f"{start}{place}?{query}"
        for code in codes:
            yield from (f"{start}{place}?school={code}" for place in ("", "rooms", "devices"))
        yield f"{start}sittings/no"
        yield f"{start}no/such"


def _of_the_probe(side: Side) -> Iterator[str]:
    yield from ("/prob", "/probe", "/probe?skola=1", "/en/prob", "/prob?skola=00000000&sal=x", "/runbooks/no")
    for school in schools(side):
        asked = {room["id"] for room in school["rooms"][:2]} | {"no"}
        for start, names in (("/prob", ("skola", "sal")), ("/en/prob", ("school", "room"))):
            yield f"{start}/ark?{names[0]}={school['code']}"
            for room in sorted(asked):
                yield f"{start}?{names[0]}={school['code']}&{names[1]}={quote(room)}"


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, _tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attributes if name in LINKING and value]


def _links(target: str, answer: Answer) -> Iterator[str]:
    """What the answer leads to on this server, as it is asked for."""
    found = [answer.header("location")] if answer.header("location") else []
    text = answer.body.decode("utf-8", "replace")
    if answer.header("content-type").startswith("text/html"):
        parser = _Links()
        parser.feed(text)
        found += parser.found
    elif target.endswith((".js", ".css")):
        found += [one or other for one, other in _IMPORTED.findall(text)]
    elif target.startswith("/runbooks/"):
        found += [f"/runbooks/{name}" for name in text.splitlines()[1:]] if answer.status == 404 else []
    for link in found:
        parts = urlsplit(urljoin(f"http://here{target}", link))
        if parts.scheme == "http" and parts.netloc in {"here", "127.0.0.1"}:
            yield quote(parts.path, safe="/%") + (f"?{quote(parts.query, safe='=&%+')}" if parts.query else "")
