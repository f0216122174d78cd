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
from collector.i18n.formatting import phrase
from collector.i18n.messages import Language, sentences
from collector.readiness.domain.model import Room, School
from collector.version import PRODUCT_VERSION
from collector.web.views.layout import Link, PageFrame, address, frame

PROBE_FILES = Path(__file__).parent / "static"
SAID_BY_THE_PAGE = "probe_say_"
"""Message ids of the sentences that the page itself puts in, in the browser."""

_IMPORT = re.compile(r"^import [^;]* from \"\./([a-z_]+\.js)\";", re.MULTILINE)
Fault = Literal["closed", "school", "room"]


class ScriptSettings(msgspec.Struct, frozen=True):
    """What the page's script needs to know. `words` are its sentences by what follows `probe_say_`."""

    school: str
    room: str
    language: Language
    version: str
    words: dict[str, str]


class ProbePage(msgspec.Struct, frozen=True):
    """The page. Without a school and a room it asks for them; `fault` is what was wrong with those that were given.

    `told` is for the script, as JSON; `files` is the folder that its `modules` lie in.
    """

    frame: PageFrame
    heading: str
    place: str
    fault: Fault | None
    school: str
    room: str
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
    room: Room | None,
    *,
    files: str,
    modules: Sequence[str],
) -> ProbePage:
    """The page for the school and room that the link named: `asked` as written, `room` if there is such a one."""
    code, written = asked.get("school", ""), asked.get("room", "")
    school = configuration.schools.get(code)
    fault = _fault(configuration, school, room, code, written)
    heading = phrase(language, "probe_heading")
    ready = school is not None and room is not None and fault is None
    place = _place(school, room, language) if school and room and ready else ""
    told = (
        ScriptSettings(code, room.id, language, f"web/{PRODUCT_VERSION}", said_by_the_page(language))
        if ready and room
        else None
    )
    return ProbePage(
        frame=_bare(language, heading, PROBE, {"skola": code or None, "sal": written or None}, configuration),
        heading=heading,
        place=place,
        fault=fault,
        school=code,
        room=written,
        told=msgspec.json.encode(told).decode() if told else "",
        files=files,
        modules=list(modules),
    )


def _fault(
    configuration: Configuration, school: School | None, room: Room | None, code: str, written: str
) -> Fault | None:
    if not configuration.settings.web_probe.enabled:
        return "closed"
    if code and school is None:
        return "school"
    return "room" if school and written and room is None else None


def _place(school: School, room: Room, language: Language) -> str:
    if room.name:
        return phrase(language, "probe_place_named", school=school.name, room=room.name)
    return phrase(language, "probe_place", school=school.name, room=room.id)


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
