"""The web probe's page, and the sheet of QR codes that lead to it: one per room of a school."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec
import segno

from collector.configuration.links import PROBE, PROBE_SIGNS, base_url
from collector.configuration.model import Configuration
from collector.i18n.formatting import clock_time, phrase
from collector.i18n.messages import Language, sentences
from collector.readiness.domain.model import Room, School
from collector.readiness.domain.sessions import SupervisedSession
from collector.version import PRODUCT_VERSION
from collector.web.views.layout import Link, PageFrame, address, frame

PROBE_FILES = Path(__file__).parent / "static"
SAID_BY_THE_PAGE = "probe_say_"
"""Message ids of the sentences that the page itself puts in, in the browser."""

_IMPORT = re.compile(r"^import [^;]* from \"\./([a-z_]+\.js)\";", re.MULTILINE)
Fault = Literal["closed", "school", "room", "session"]


class ProbePlace(msgspec.Struct, frozen=True):
    """Where a link leads, as far as there is such a school, room or supervised session."""

    school: School | None
    room: Room | None
    session: SupervisedSession | None = None


class ScriptSettings(msgspec.Struct, frozen=True):
    """What the page's script needs to know. `words` are its sentences by what follows `probe_say_`; `session` is the
    code of the supervised session that it is opened in.
    """

    school: str
    room: str
    session: str | None
    language: Language
    version: str
    words: dict[str, str]


class ProbePage(msgspec.Struct, frozen=True):
    """The page. Without a school and a room it asks for them; `fault` is what was wrong with those that were given.
    `counting` says whether and how long what it finds counts.

    `told` is for the script, as JSON; `files` is the folder that its `modules` lie in.
    """

    frame: PageFrame
    heading: str
    place: str
    counting: str
    fault: Fault | None
    school: str
    room: str
    session: str
    told: str
    files: str
    modules: list[str]


class RoomSign(msgspec.Struct, frozen=True):
    """One room: the address that its code leads to, the code as SVG, and what to write where there is no camera."""

    room: str
    codes: str
    link: str
    code: str


class SheetPage(msgspec.Struct, frozen=True):
    """All rooms of a school, to print. `only_here` says that the addresses lead to this machine alone, `open` that
    browsers may join.
    """

    frame: PageFrame
    heading: str
    signs: list[RoomSign]
    back: Link
    files: str
    only_here: bool
    open: bool


def probe_page(
    configuration: Configuration,
    language: Language,
    asked: Mapping[str, str],
    place: ProbePlace,
    *,
    files: str,
    modules: Sequence[str],
) -> ProbePage:
    """The page for the place that the link led to, `asked` as written."""
    written = {name: asked.get(name, "") for name in ("school", "room", "session")}
    fault = _fault(configuration, place, written)
    heading = phrase(language, "probe_heading")
    told = None if fault else _told(place, language)
    query: dict[str, str | int | None] = {
        "skola": written["school"] or None,
        "sal": written["room"] or None,
        "pass": written["session"] or None,
    }
    return ProbePage(
        frame=_bare(language, heading, PROBE, query, configuration),
        heading=heading,
        place=_place(place, language) if told else "",
        counting=_counting(place, language),
        fault=fault,
        told=msgspec.json.encode(told).decode() if told else "",
        files=files,
        modules=list(modules),
        **written,
    )


def _told(place: ProbePlace, language: Language) -> ScriptSettings | None:
    """What the script is told, once there is a room to measure in."""
    if place.school is None or place.room is None:
        return None
    code = place.session.code if place.session else None
    words = said_by_the_page(language)
    return ScriptSettings(place.school.code, place.room.id, code, language, f"web/{PRODUCT_VERSION}", words)


def _fault(configuration: Configuration, place: ProbePlace, written: Mapping[str, str]) -> Fault | None:
    if not configuration.settings.web_probe.enabled:
        return "closed"
    if written["session"]:
        return None if place.session and place.room else "session"
    if written["school"] and place.school is None:
        return "school"
    return "room" if place.school and written["room"] and place.room is None else None


def _place(place: ProbePlace, language: Language) -> str:
    assert place.school is not None
    assert place.room is not None
    if place.room.name:
        return phrase(language, "probe_place_named", school=place.school.name, room=place.room.name)
    return phrase(language, "probe_place", school=place.school.name, room=place.room.id)


def _counting(place: ProbePlace, language: Language) -> str:
    """Whether the school is judged by what is found: only under somebody's eyes."""
    if place.session is None:
        return phrase(language, "probe_only_hint")
    counts = phrase(language, "probe_in_session", until=clock_time(place.session.ends_at, language))
    if not place.session.without_agents:
        return counts
    return f"{counts} {phrase(language, 'probe_without_agents')}"


def said_by_the_page(language: Language) -> dict[str, str]:
    """The sentences of the page's script."""
    return {
        code.removeprefix(SAID_BY_THE_PAGE): sentence
        for code, sentence in sentences(language).items()
        if code.startswith(SAID_BY_THE_PAGE)
    }


def _bare(
    language: Language, title: str, page: str, query: dict[str, str | int | None], configuration: Configuration
) -> PageFrame:
    """A frame for pupils: no way into the pages of those who run the tests."""
    whole = frame(language, title, page=page, query=query, authority=configuration.settings.authority)
    return msgspec.structs.replace(whole, navigation=[])


def sheet_page(configuration: Configuration, school: School, language: Language, files: str) -> SheetPage:
    """A QR code for each room of the school; `files` is where the style sheet lies."""
    base = base_url(configuration.settings)
    heading = phrase(language, "probe_sheet_heading", school=school.name)
    return SheetPage(
        frame=frame(
            language,
            heading,
            page=PROBE_SIGNS,
            query={"skola": school.code},
            authority=configuration.settings.authority,
        ),
        heading=heading,
        signs=[_sign(school, room, language, base) for room in school.rooms],
        back=Link(address(language, "devices", school=school.code), phrase(language, "probe_sheet_back")),
        files=files,
        only_here=configuration.settings.public_url is None,
        open=configuration.settings.web_probe.enabled,
    )


def _sign(school: School, room: Room, language: Language, base: str) -> RoomSign:
    link = base + address(language, PROBE, skola=school.code, sal=room.id)
    codes = phrase(language, "probe_sheet_codes", school=school.code, room=room.id)
    return RoomSign(room.name or room.id, codes, link, qr_svg(link))


def qr_svg(text: str) -> str:
    """The QR code of `text`, dark on white whatever the page's colours are, with room for scratches."""
    code = segno.make(text, error="m", micro=False)
    return str(
        code.svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None)
    )


def loaded_first(folder: Path = PROBE_FILES, first: str = "page.js") -> list[str]:
    """The modules that the page needs before anything is measured: all that `first` imports, straight or by others. So
    that a browser can ask for them at once and not one after the other.
    """
    found: dict[str, None] = {}
    left = [first]
    while left:
        name = left.pop()
        found[name] = None
        imported = _IMPORT.findall((folder / name).read_text("utf-8"))
        left += [other for other in imported if other not in found]
    return sorted(found)


def script_files(folder: Path = PROBE_FILES) -> list[Path]:
    """The page's modules and its style sheet, in order of name."""
    return sorted(path for path in folder.iterdir() if path.suffix in {".js", ".css"})
