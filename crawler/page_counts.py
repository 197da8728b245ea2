"""What the pages of one crawl said, counted by directory, and what became of the documents that were known before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from archive.record import UNHASHED_SOURCES, Record

FIELDS = {
    "index_number": "索引号",
    "title": "标题",
    "body_text": "正文",
    "published_on": "公开日期",
    "agency": "公开责任部门",
}
"""The fields whose fill rate is watched, and what people call them."""

ANYTHING = "anything"
"""Whether a page had a text, a table, a file or a picture at all: scans of paper have no text."""

UNCHANGED = frozenset({"unchanged", "alias"})
"""Outcomes of a visit to a known address that say: nothing is new here."""


class Cell(NamedTuple):
    """Which counter: of a directory, of its ``new`` or ``known`` addresses."""

    directory: str
    group: str


@dataclass
class PageCounts:
    """Counters of one crawl; ``samples`` holds for each directory and field the first page without it.

    Of each directory and group: ``read`` pages and in how many of them each field was said; of the known ones also
    ``visited`` (with those that the portal said had not changed), ``changed`` and ``renumbered``.
    """

    cells: dict[Cell, Counter[str]] = field(default_factory=dict)
    samples: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self, directory: str | None, record: Record, outcome: str, *, known: bool) -> None:
        """Count a page; ``known``: its address had been visited before. Only pages: a file says nothing of layout.

        One that brings a new document is new, though its address may have failed before.
        """
        known = known and outcome != "new"
        counter = self._counter(directory, known)
        counter["read"] += 1
        for name in (*FIELDS, ANYTHING):
            if _says(record, name):
                counter[name] += 1
            else:
                self.samples.setdefault((directory or "", name), record.url)
        if known:
            counter["visited"] += 1
            counter["changed"] += outcome not in UNCHANGED
            counter["renumbered"] += outcome == "renumbered"

    def not_modified(self, directory: str | None) -> None:
        """Count a known address whose portal said that it had not changed."""
        self._counter(directory, True)["visited"] += 1

    def _counter(self, directory: str | None, known: bool) -> Counter[str]:
        return self.cells.setdefault(Cell(directory or "", "known" if known else "new"), Counter())

    def to_dict(self) -> dict[str, Any]:
        """``{directory: {group: {counter: number}}}``, as ``crawls.stats.pages`` keeps it."""
        found: dict[str, Any] = {}
        for cell, counter in sorted(self.cells.items()):
            found.setdefault(cell.directory, {})[cell.group] = dict(counter)
        return found

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PageCounts:
        """What :meth:`to_dict` gave; without samples."""
        return cls(
            {
                Cell(directory, group): Counter(counter)
                for directory, groups in data.items()
                for group, counter in groups.items()
            }
        )


def _says(record: Record, name: str) -> bool:
    """Whether the page itself says it: what a listing lends it is no proof that the page was read well."""
    if name == ANYTHING:
        return bool(record.body_text.strip() or record.tables or record.attachments or record.images)
    if record.field_sources.get(name) in UNHASHED_SOURCES:
        return False
    return bool(str(getattr(record, name) or "").strip())
