"""Whether the school's line or the internet beyond it is the slow one, in words."""

from __future__ import annotations

from collector.i18n.formatting import phrase
from collector.i18n.messages import Language
from collector.readiness.domain.model import LineLimit

_PERCENT = 100


def limit_in_words(limit: LineLimit, language: Language) -> str:
    """One or two sentences: which it is and by what, or that it is not known and why."""
    code = f"line_limit_{limit.reason or limit.side}"
    share = 0 if limit.ratio is None else round(_PERCENT * limit.ratio)
    return phrase(language, code, share=share, pairs=limit.pairs)
