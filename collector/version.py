"""The version of this program, written once: in CHANGELOG.md, from where the package carries it."""

from __future__ import annotations

from importlib.metadata import version

PRODUCT_VERSION = version("provklar")
