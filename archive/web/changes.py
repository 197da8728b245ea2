"""What a revision changed, as pages show it: fields with both values, the text's lines with − and +."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from markupsafe import Markup
from sqlite_utils import Database

from archive.history.difference import Places, difference_between, differing, passages, revision_before
from archive.web.labels import field_label

MAX_MARKED, MAX_MARKED_IN_ALL = 1_000, 20_000
"""Characters of a pair of lines, and of a page, among which each changed one is looked for."""

EXCERPT_LINES, EXCERPT_WIDTH = 6, 160
"""Changed lines and characters of each that a list shows."""


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A field by its Chinese name, both values with their differences marked."""

    label: str
    old: Markup
    new: Markup


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the body: ``kind`` is old, new, same, or gap where lines are left out."""

    kind: str
    text: Markup = field(default_factory=Markup)


@dataclass(frozen=True, slots=True)
class Changes:
    """Against which revision (its id, number, time, whether of another address) what was changed.

    ``more``: changed lines that an excerpt leaves out.
    """

    before_id: int
    number: int
    seen_at: str
    elsewhere: bool
    fields: list[ChangedField]
    lines: list[Line]
    more: int = 0


class _Marker:
    """Marks what differs between two lines, until the page's share of such work is used up."""

    def __init__(self, width: int | None) -> None:
        self.width = width
        self.left = MAX_MARKED_IN_ALL

    def pair(self, old: str, new: str) -> tuple[Markup, Markup]:
        """Both lines; unmarked where one of them is not there."""
        if not old or not new:
            return self.one(old), self.one(new)
        left, right, size = differing(old, new, min(MAX_MARKED, self.left))
        self.left -= size
        return self.one(old, left), self.one(new, right)

    def one(self, text: str, places: Places | None = None) -> Markup:
        """One line, escaped, cut around its first difference."""
        start, end = 0, len(text)
        if self.width is not None and len(text) > self.width:
            start = max(0, places[0][0] - self.width // 4) if places else 0
            end = start + self.width
        pieces, done = [Markup("…" if start else "")], start
        for a, b in places or ():
            a, b = max(a, done), min(b, end)
            if a < b:
                pieces += [
                    Markup.escape(text[done:a]),
                    Markup("<mark>{}</mark>").format(text[a:b]),
                ]
                done = b
        return Markup("").join([*pieces, Markup.escape(text[done:end]), "…" if end < len(text) else ""])


def revision_changes(connection: sqlite3.Connection, revision_id: int, *, brief: bool) -> Changes | None:
    """What a revision says differently than the one before it; None where there is none.

    ``brief``: an excerpt, for lists.
    """
    db = Database(connection)
    before = revision_before(db, revision_id)
    if before is None:
        return None
    number, seen_at, elsewhere = connection.execute(
        "SELECT r.number, r.seen_at, r.sighting_id <> this.sighting_id FROM revisions AS r, revisions AS this "
        "WHERE r.id = ? AND this.id = ?",
        (before, revision_id),
    ).fetchone()
    difference = difference_between(db, before, revision_id)
    marker = _Marker(EXCERPT_WIDTH if brief else None)
    fields = [
        ChangedField(field_label(change.name), *marker.pair(change.old, change.new))
        for change in difference.fields
    ]
    lines = _lines(difference.text, marker)
    more = 0
    if brief:
        changed = [line for line in lines if line.kind in ("old", "new")]
        lines, more = changed[:EXCERPT_LINES], max(0, len(changed) - EXCERPT_LINES)
    return Changes(before, number, seen_at, bool(elsewhere), fields, lines, more)


def _lines(text: tuple[str, ...], marker: _Marker) -> list[Line]:
    lines: list[Line] = []
    for passage in passages(text):
        old, new = passage.old, passage.new
        if len(old) == len(new):
            pairs = [marker.pair(*pair) for pair in zip(old, new, strict=True)]
            lines += [Line("old", one) for one, _ in pairs] + [Line("new", other) for _, other in pairs]
        else:
            lines += [Line("old", marker.one(line)) for line in old]
            lines += [Line("new", marker.one(line)) for line in new]
        if passage.same is None:
            continue
        if not passage.same.startswith("@@"):
            lines.append(Line("same", marker.one(passage.same[1:])))
        elif lines:
            lines.append(Line("gap"))
    # Blank lines part the paragraphs of a body: a change of nothing else is none to look at.
    return [line for line in lines if line.kind == "gap" or line.text]
