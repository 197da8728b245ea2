"""Titles and field values of rows, as the record wants them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.dates import first_date

MAX_LENGTH = 500
_PINNED_MARK = re.compile(r"^\s?[\[【（(]\s?置\s?顶\s?[\])】）]\s?")
_BULLETS = "·•▪■◆●>»-— \u3000"
_LABEL = re.compile(r"^[\u4e00-\u9fff\s]{2,10}[：:]\s?")
_NOTHING = frozenset({"", "无", "暂无", "-", "--", "---", "----", "/", "空", "null"})
_DATES = frozenset({"published_on", "written_on", "effective_on", "expires_on"})


def best_title(found: Sequence[str]) -> tuple[str | None, bool]:
    """The first title, or a fuller one if that is cut short, without its mark (置顶); and whether it had that
    mark.
    """
    titles = [title for title in (text.strip(_BULLETS)[:MAX_LENGTH] for text in found) if title]
    if not titles:
        return None, False
    best = titles[0]
    if _cut(best):
        start = best.rstrip(".…。")[:6]
        whole = [title for title in titles if not _cut(title) and title.startswith(start)]
        best = max(whole or titles, key=len)
    bare = _PINNED_MARK.sub("", best)
    return bare or None, bare != best


def field_value(name: str, text: str) -> str | None:
    """The value of a record field without the label before it (``索引号：…``); dates as YYYY-MM-DD; None for
    placeholders and for dates that are none.
    """
    value = _LABEL.sub("", text).strip()[:MAX_LENGTH]
    if name in _DATES:
        return first_date(value)
    return None if value in _NOTHING else value


def _cut(title: str) -> bool:
    return title.endswith(("…", "...", "。。。"))
