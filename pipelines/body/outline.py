"""The outline of a document from the numbering of its headings (GB/T 9704: 一、 （一） 1. （1）)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archive.record import Heading
from pipelines.attachments.filelinks import names_file

_LONGEST = 60  # characters; a longer line is a paragraph that begins with a number
_MOST = 500
_CHINESE = "一二三四五六七八九十百〇零○"

# The standard's own levels, so that a document which skips one keeps the others in place.
_LEVELS = (
    (1, re.compile(rf"第[{_CHINESE}\d]{{1,5}}(?:章|编|部分)(?![{_CHINESE}\d])")),
    (2, re.compile(rf"第[{_CHINESE}\d]{{1,5}}节(?![{_CHINESE}\d])")),
    (1, re.compile(rf"[{_CHINESE}]{{1,4}}\s?[、．.]")),
    (2, re.compile(rf"[（(]\s?[{_CHINESE}]{{1,4}}\s?[）)]")),
    (3, re.compile(r"\d{1,2}\s?(?:[、．]|\.(?!\d))")),
    (4, re.compile(r"[（(]\s?\d{1,2}\s?[）)]")),
)
_FIRSTS = frozenset(f"第（({_CHINESE}")
_ENTRY = 3  # 1. 2. 3., as lists are numbered
_ATTACHED = re.compile(r"(?:相关|下载)?附\s?件(?:下载|列表|清单)?\s?(?:[:：]|\Z)")
_SENTENCE_END = re.compile(r"[。！？；;]")


def outline(paragraphs: Iterable[str]) -> list[Heading]:
    """The numbered headings among the paragraphs of running text (not of tables), in order.

    A heading is a short line, or the short first sentence of a paragraph that begins with its number. The numbered
    names of files are none, nor what goes on with a list that 附件： begins.
    """
    found: list[Heading] = []
    in_list = False
    for paragraph in paragraphs:
        level = _level(paragraph)
        in_list = _ATTACHED.match(paragraph) is not None or (in_list and level == _ENTRY)
        if level is None or in_list or names_file(paragraph):
            continue
        text = _heading(paragraph)
        if text is not None:
            found.append(Heading(level, text))
            if len(found) >= _MOST:
                break
    return found


def _level(paragraph: str) -> int | None:
    if paragraph[:1] not in _FIRSTS and not paragraph[:1].isdecimal():
        return None
    return next((level for level, pattern in _LEVELS if pattern.match(paragraph)), None)


def _heading(paragraph: str) -> str | None:
    end = _SENTENCE_END.search(paragraph, 0, _LONGEST + 1)
    if end is not None:
        # A list item ends with a semicolon: it is no heading.
        return paragraph[: end.start()] if end.group() == "。" else None
    return paragraph if len(paragraph) <= _LONGEST else None
