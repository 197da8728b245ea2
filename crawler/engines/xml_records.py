"""Answers of TRS WAS5 that are XML (platforms.md §1d, 上海 tax): ``<REC>`` with CDATA, read as the JSON form is."""

from __future__ import annotations

import html
import re
from typing import Any

_RECORD = re.compile(r"<REC>", re.IGNORECASE)
_COUNT = re.compile(r"<RECORDCOUNT>\s{0,20}(?:<!\[CDATA\[)?\s{0,20}([0-9]{1,9})", re.IGNORECASE)
_FIELD = re.compile(r"<([A-Za-z_][\w.-]{0,60})>\s{0,200}+(?:<!\[CDATA\[(.*?)\]\]>|([^<]*+))", re.DOTALL)


def records(text: str) -> dict[str, Any] | None:
    """``{"count": …, "docs": [{…}]}`` of an answer that is made of ``<REC>``; None for any other text."""
    parts = _RECORD.split(text)
    count = _COUNT.search(text)
    if len(parts) < 2 and count is None:
        return None
    docs = [_fields(part) for part in parts[1:]]
    return {"count": count.group(1) if count else None, "docs": [doc for doc in docs if doc]}


def _fields(part: str) -> dict[str, str]:
    """The elements of a record by their names, the first of each."""
    fields: dict[str, str] = {}
    for name, cdata, plain in _FIELD.findall(part.partition("</REC>")[0]):
        value = cdata or html.unescape(plain)
        if value.strip():
            fields.setdefault(name, value.strip())
    return fields
