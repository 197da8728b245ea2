"""A page's text without its comments: HTML's own and those of its scripts, which browsers do not run."""

from __future__ import annotations

import re

_OPENING = re.compile(r"<!--|<script\b[^<>]{0,2000}>", re.IGNORECASE)
_HTML_END = re.compile(r"--!?>")
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
# Strings stay, so that a "//" in an address is no comment; one that is not closed ends with its line.
_TOKEN = re.compile(
    r"""\\.|"(?:[^"\\\n]|\\.)*|'(?:[^'\\\n]|\\.)*|`(?:[^`\\]|\\.)*|(/\*)|(//|<!--)""", re.DOTALL
)
_LINE_END = re.compile(r"[\r\n\u2028\u2029]")


def without_comments(text: str) -> str:
    """``text`` (HTML) with a space in the place of each comment; one that is never closed goes to the end.

    Outside scripts ``<!-- … -->``; inside them ``/* … */``, and ``//`` or ``<!--`` to the end of the line, so that
    the old ``<script><!--`` hides nothing below it. Linear in the length of the text.
    """
    parts: list[str] = []
    at = 0
    while opening := _OPENING.search(text, at):
        if opening.group() == "<!--":
            parts += (text[at : opening.start()], " ")
            # From inside the opening: <!--> is a whole comment.
            end = _HTML_END.search(text, opening.start() + 2)
            at = end.end() if end else len(text)
        else:
            end = _SCRIPT_END.search(text, opening.end())
            stop = end.start() if end else len(text)
            parts += (text[at : opening.end()], _script(text[opening.end() : stop]))
            at = stop
    return "".join([*parts, text[at:]])


def _script(text: str) -> str:
    parts: list[str] = []
    at = 0
    while token := _TOKEN.search(text, at):
        end = token.end() + 1 if token.group()[0] in "\"'`" else token.end()
        if token.group(1):
            closing = text.find("*/", token.end())
            end = closing + 2 if closing >= 0 else len(text)
        elif token.group(2):
            line = _LINE_END.search(text, token.end())
            end = line.start() if line else len(text)
        comment = token.group(1) or token.group(2)
        parts += (text[at : token.start()], " " if comment else text[token.start() : end])
        at = end
    return "".join([*parts, text[at:]])
