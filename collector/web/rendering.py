"""Lays view models out as HTML: one Jinja environment per language, escaping everything, refusing unknown names."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from collector.i18n.formatting import phrase
from collector.i18n.messages import Language

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"


def render_page(template: str, view: msgspec.Struct, language: Language, *folders: Path) -> str:
    """The HTML of `view` laid out by `template`, which lies in one of `folders` or among the site's own."""
    return environment(language, *folders).get_template(template).render(view=view)


@lru_cache
def environment(language: Language, *folders: Path) -> Environment:
    """Templates see `view`, `t(code, **values)` for sentences and `static(name)` for the address of a file. Those in
    `folders`, of rooms that bring their own, build on the site's.
    """
    made = Environment(
        loader=FileSystemLoader([*folders, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def sentence(code: str, **values: str) -> str:
        return phrase(language, code, **values)

    made.globals["t"] = sentence
    made.globals["static"] = static_address
    return made


@lru_cache
def static_address(name: str) -> str:
    """The address of a static file, with a hash of its content, so that a kept copy is never an old one."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"
