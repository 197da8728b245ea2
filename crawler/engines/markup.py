"""HTML and what hides in it: parsed pages, HTML inside comments, HTML that scripts write."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator

from lxml import etree

from pipelines.limits import few_attributes

_END = re.compile(r"</(?:html|body)\s{0,9}>", re.IGNORECASE)
_CALL = re.compile(r"document\s?\.\s?write(?:ln)?\s?\(")
_TOKEN = re.compile(r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|([()])""", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_REFRESH = re.compile(r"url\s?=\s?['\"]?([^'\"\s;]{1,2000})", re.IGNORECASE)
_LOCATION = re.compile(r"""location(?:\.href\s?=|\s?=|\.replace\()\s?['"]([^'"\s]{1,2000})['"]""")


def parse(text: str) -> etree._Element | None:
    """The root of ``text`` read as HTML, however broken; None where there is nothing to read.

    Pages put together from templates go on behind a first ``</html>`` (四川 UCAP does); libxml2 keeps that
    outside the tree, browsers inside, so those end tags are taken out.
    """
    data = _END.sub("", text.replace("\0", "")).encode("utf-8", "replace")
    if not data.strip():
        return None
    try:
        parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True)
        return etree.fromstring(few_attributes(data), parser)
    except etree.XMLSyntaxError:
        return None


def in_comments(root: etree._Element) -> etree._Element | None:
    """The HTML that stands inside the page's comments, as a tree of its own (UCAP Gansu keeps its whole
    list there).
    """
    texts = [comment.text or "" for comment in root.iter(etree.Comment)]
    return parse("\n".join(text for text in texts if "<a" in text or "<A" in text))


def in_scripts(root: etree._Element) -> etree._Element | None:
    """The HTML that scripts write (platforms.md §1, Wuhan): the string literals of ``document.write``
    calls, joined.

    Values of variables are not known; a row that needs one for its link gives no entry.
    """
    return parse("\n".join(written for script in root.iter("script") for written in _writes(script)))


def as_written(root: etree._Element) -> etree._Element:
    """A copy of the page with what its scripts write standing behind them (海淀, whose rows have the link in a script
    and the date beside it).
    """
    page = copy.deepcopy(root)
    for script in list(page.iter("script")):
        tree = parse("\n".join(_writes(script)))
        parent = script.getparent()
        body = tree.find("body") if tree is not None else None
        if body is None or parent is None:
            continue
        at = parent.index(script) + 1
        for place, element in enumerate(list(body)):
            parent.insert(at + place, element)
    return page


def _writes(script: etree._Element) -> Iterator[str]:
    """The string literals of each ``document.write`` call of a script, joined."""
    text, at = script.text or "", 0
    while call := _CALL.search(text, at):
        literals, at = _literals(text, call.end())
        yield literals


def redirect_target(root: etree._Element | None, text: str) -> str | None:
    """Where a small page sends the browser (meta refresh, location.href), as it is written; None for real
    pages.
    """
    if root is None or len(text) > 4096:
        return None
    for meta in root.iter("meta"):
        if (meta.get("http-equiv") or "").strip().lower() == "refresh":
            found = _REFRESH.search(meta.get("content") or "")
            if found:
                return found.group(1)
    located = _LOCATION.search(text)
    return located.group(1) if located else None


def unescaped(literal: str) -> str:
    """The value of a JavaScript string literal without its quotes."""
    return _ESCAPE.sub(_unescape, literal)


def _literals(text: str, start: int) -> tuple[str, int]:
    """The string literals of a call whose arguments begin at ``start``, joined, and where the call ends."""
    parts: list[str] = []
    depth = 1
    end = start
    for token in _TOKEN.finditer(text, start):
        end = token.end()
        if token.group(1):
            parts.append(unescaped(token.group(1)[1:-1]))
            continue
        depth += 1 if token.group(2) == "(" else -1
        if depth == 0:
            break
    return "".join(parts), end


def _unescape(match: re.Match[str]) -> str:
    code = match.group(1) or match.group(2)
    if code:
        return chr(int(code, 16))
    return {"n": "\n", "t": "\t", "r": "\r", "\n": ""}.get(match.group(3), match.group(3))
