"""What a small inline script writes into the page, read without running it."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

_STRING = r"\"([^\"\\\n]{0,400})\"|'([^'\\\n]{0,400})'"
_VARIABLE = re.compile(rf"\b([A-Za-z_$][\w$]{{0,40}})\s{{0,5}}=\s{{0,5}}(?:{_STRING})\s{{0,5}}[;,\n]")
_WRITE = re.compile(r"document\.write(?:ln)?\s{0,5}\(([^()\n]{1,600})\)")
_TERM = re.compile(rf"{_STRING}|([A-Za-z_$][\w$]{{0,40}})")
_TAG = re.compile(r"<[^<>]{0,300}>")
_LONGEST = 4000


def written_text(script: str) -> str:
    """The text that ``document.write`` puts on the page: its string literals and variables set to literals.

    Conditions are not judged, so a script that may write one thing or another (``else``) counts as writing nothing;
    calls are not made, tags are dropped, and a script longer than 4,000 characters is a program.
    """
    return _written(script) if len(script) <= _LONGEST else ""


@lru_cache(maxsize=256)  # the pages of a portal share their scripts
def _written(script: str) -> str:
    variables = {name: double or single for name, double, single in _VARIABLE.findall(script)}
    written: list[str] = []
    for argument in _WRITE.findall(script):
        terms = _TERM.findall(argument)
        written.append(
            "".join(variables.get(name, "") if name else double or single for double, single, name in terms)
        )
    said = [text for text in (unescape(_TAG.sub("", text)) for text in written) if text.strip()]
    return "" if len(said) > 1 and "else" in script else "".join(said)
