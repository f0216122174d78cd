"""Every sentence that pages use exists in both languages, with the same values to put in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import get_args

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from collector.i18n.messages import LANGUAGES, ROOMS, Language, catalogue_files
from collector.readiness.domain.inventory import Role
from collector.readiness.domain.model import Owner, Status, Trust
from collector.readiness.domain.share_names import SHARES
from collector.readiness.evidence import index
from collector.readiness.evidence.compliance import NOT_CONCERNED
from collector.web.pages import navigation, pages
from collector.web.rendering import TEMPLATES
from collector.web.views.error import EXPLAINED
from collector.web_probe import pages as probe_pages
from collector.web_probe.views import SAID_BY_THE_PAGE, script_files

TEMPLATE_FOLDERS = (TEMPLATES, probe_pages.TEMPLATES)
SPEAKING_ROOMS = ("web", "web_probe", "i18n", "judgement")
"""Those whose code names sentences of pages."""
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
STEP_COLUMNS = ("name", "value", "origin", "source", "trust", "at")
NOTICES = ("simulated", "partly_simulated", "stopped", "configuration")
EMPTY = ("filter", "calendar", "waiting", "past", "devices", "school", "rooms")
ROOM_FIGURES = ("signal", "snr", "busy", "evidence", "newest")
RADIO_REASONS = ("radio_unclear", "radio_down", "radio_stale", "radio_out_of_hours", "radio_not_told")
PARTS = {path.stem for path in catalogue_files("sv")} & {"pages", "probe", *pages()}
"""What all pages say, what the web probe's page says, and what each page says in a catalogue of its own name."""

CHECKS = ("machine", "network", "line", "keyboard", "sound", "sent")
REFUSALS = (
    *("web_probe_closed", "too_many_web_devices", "too_many_requests", "unknown_school", "unknown_room"),
    *("no_such_session", "not_of_the_session"),
    "other",
)
"""The codes by which a browser is refused that have a sentence of their own."""
NOT_KNOWN = (
    *(index.NEVER_MEASURED, index.STALE, index.PROBE_FAILED, index.NOT_TOLD, index.NOT_COMPARABLE),
    *(index.NOT_INSTALLED, index.RELEASES_AGING, index.RELEASES_TOO_OLD, NOT_CONCERNED, "other"),
)
"""The codes of why a value is not known that come from judging; the rest come from the page."""
PUT_TOGETHER_BY_THE_PAGE = ("state_", "figure_", "value_", "measuring_")


def catalogue(language: Language) -> dict[str, str]:
    """The sentences of the pages' catalogues."""
    found: dict[str, str] = {}
    for path in [path for path in catalogue_files(language) if path.stem in PARTS]:
        with path.open("rb") as stream:
            found |= {str(message.id): str(message.string) for message in read_po(stream) if message.id}
    return found


def in_templates() -> Iterator[str | tuple[str, ...]]:
    """What every `t(...)` in every template asks for: a message id, or the fixed start of one that is put together; and
    what the columns of every table are called.
    """
    for path in [path for folder in TEMPLATE_FOLDERS for path in sorted(folder.glob("*.html"))]:
        tree = Environment(autoescape=True).parse(path.read_text("utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "t":
                yield from _ids(call.args[0])
            if isinstance(call.node, nodes.Name) and call.node.name == "columns":
                yield from (f"page_column_{column}" for column in call.args[0].as_const())


def _ids(asked: nodes.Expr) -> Iterator[str | tuple[str, ...]]:
    if isinstance(asked, nodes.Const):
        yield str(asked.value)
    elif isinstance(asked, nodes.CondExpr):
        yield from _ids(asked.expr1)
        assert asked.expr2 is not None
        yield from _ids(asked.expr2)
    else:
        assert isinstance(asked, nodes.Concat), asked
        start = asked.nodes[0]
        assert isinstance(start, nodes.Const)
        yield (str(start.value),)


def in_code() -> set[str]:
    """Every constant string in the code of pages that looks like one of their message ids."""
    found: set[str] = set()
    for path in [path for room in SPEAKING_ROOMS for path in (ROOMS / room).rglob("*.py")]:
        tree = ast.parse(path.read_text("utf-8"))
        formatted = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        found |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.fullmatch(r"(page|probe)_[a-z_]+", node.value)
            and id(node) not in formatted
        }
    return found


def put_together() -> set[str]:
    """The message ids that are put together from a start and a known name."""
    return {
        *(f"page_status_{status.value}" for status in Status),
        *(f"page_binds_{status.value}" for status in Status),
        *(f"page_sentence_{status.value}_{count}" for status in Status for count in ("one", "many")),
        *(f"page_trust_{trust.value}" for trust in Trust),
        *(f"page_owner_{owner}" for owner in get_args(Owner)),
        *(f"page_role_{role}" for role in get_args(Role)),
        *(f"page_origin_{origin}" for origin in ("measured", "configured", "profile", "computed")),
        *(f"page_share_of_{name}" for name in SHARES.values()),
        *(f"page_nav_{name}" for name in navigation()),
        *(f"page_notice_{kind}_{part}" for kind in NOTICES for part in ("title", "text")),
        *(f"page_empty_{reason}_{part}" for reason in EMPTY for part in ("title", "text")),
        *(f"page_error_{status}_{part}" for status in EXPLAINED for part in ("title", "text")),
        *(f"page_detail_{name}" for name in ("when", "who", "rooms", "profile")),
        *(f"page_step_{column}" for column in STEP_COLUMNS),
        *(f"page_room_{name}" for name in (*ROOM_FIGURES, *RADIO_REASONS)),
        *(f"probe_headline_{status.value}" for status in Status),
        *(f"probe_check_{check}" for check in CHECKS),
        *(f"page_device_{kind}{part}" for kind in ("web", "web_once") for part in ("", "_hint")),
        *(f"probe_reason_{code}" for code in NOT_KNOWN),
        *(f"probe_say_refused_{code}" for code in REFUSALS),
    }


def in_scripts() -> set[str]:
    """The message ids that the web probe's scripts name: sentences of their own, and why a value is not known."""
    written = "\n".join(path.read_text("utf-8") for path in script_files() if path.suffix == ".js")
    named = set(re.findall(r'"([a-z_]+)"', written))
    built = {f"{start}{name}" for start in ("", *PUT_TOGETHER_BY_THE_PAGE) for name in named}
    known = catalogue("sv").keys()
    asked = {f"probe_say_{code}" for code in re.findall(r'(?:sentence|say)\("([a-z_]+)"', written)}
    asked |= {f"probe_say_state_{code}" for code in re.findall(r'check\("[a-z]+", "([a-z_]+)"', written)}
    return asked | ({f"probe_say_{code}" for code in built} | {f"probe_reason_{code}" for code in named}) & known


def used() -> set[str]:
    """Every message id that a page can ask for; one that counts is there as `_one` and `_many`."""
    known = catalogue("sv")
    plain = (
        {asked for asked in in_templates() if isinstance(asked, str)} | (in_code() - {SAID_BY_THE_PAGE}) | in_scripts()
    )
    counted = {code for code in plain if f"{code}_one" in known and f"{code}_many" in known}
    uncounted = (plain - counted) | {code for code in counted if code in known}
    return uncounted | {f"{code}_{count}" for code in counted for count in ("one", "many")} | put_together()


def test_both_languages_have_the_same_sentences() -> None:
    """No sentence is forgotten in one of them, and none is empty."""
    swedish, english = catalogue("sv"), catalogue("en")
    assert swedish.keys() == english.keys()
    assert not [code for code in swedish if not swedish[code] or not english[code]]


@pytest.mark.parametrize("code", sorted(catalogue("sv")))
def test_both_languages_put_in_the_same_values(code: str) -> None:
    """A placeholder that only one language has would fail for the readers of the other."""
    swedish, english = catalogue("sv")[code], catalogue("en")[code]
    assert sorted(PLACEHOLDER.findall(swedish)) == sorted(PLACEHOLDER.findall(english))


def test_every_sentence_that_is_used_exists() -> None:
    """In templates, in code, and those that are put together."""
    assert used() - catalogue("sv").keys() == set()


def test_every_sentence_is_used() -> None:
    """Units are looked up by the unit's own name, so they are not counted."""
    assert {code for code in catalogue("sv") if not code.startswith("page_unit_")} - used() == set()


def test_ids_put_together_in_templates_have_a_known_start() -> None:
    """Templates put together names of columns, of checks, of kinds and of statuses, nothing else."""
    starts = {("page_step_",), ("page_column_",), ("page_status_",), ("probe_check_",), ("page_device_",)}
    assert {asked for asked in in_templates() if isinstance(asked, tuple)} == starts


def test_catalogues_are_in_the_folder_of_their_language() -> None:
    """Each says which language it is, in whatever room it lies."""
    rooms = {
        language: {path.relative_to(ROOMS).parts[0] for path in catalogue_files(language)} for language in LANGUAGES
    }
    assert rooms["sv"] == rooms["en"] >= {"i18n", "web_probe"}
    for language in LANGUAGES:
        for path in catalogue_files(language):
            assert f'"Language: {language}\\n"' in path.read_text("utf-8"), path
