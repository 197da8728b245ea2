"""What two revisions of a document say differently: field by field, and the text line by line."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from sqlite_utils import Database

from archive.history.revisions import read_record
from archive.record import METADATA_FIELDS, Record

# What a revision is read against: the last state before it of its own address, else of the document.
BEFORE = """
SELECT r.id FROM revisions AS this JOIN revisions AS r ON r.document_id = this.document_id
WHERE this.id = ? AND r.status = 'accepted' AND (r.seen_at, r.id) < (this.seen_at, this.id)
  AND (r.sighting_id = this.sighting_id OR r.cause <> 'variant')
ORDER BY r.sighting_id <> this.sighting_id, r.seen_at DESC, r.id DESC LIMIT 1
"""

MAX_STEPS = 200_000_000
"""Looks at a line up to which two texts are compared line by line: ten seconds for texts made to last, a blink
for others."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field's two values as text; empty where it was missing."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Between two revisions of a document; times are when each was first seen.

    ``text``: the lines of a unified diff of ``body_text``, without its file header.
    """

    old_seen_at: str
    new_seen_at: str
    fields: tuple[FieldChange, ...]
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines that were, lines that are in their place, and the unchanged line (or ``@@ …``) behind them."""

    old: list[str]
    new: list[str]
    same: str | None = None


def last_difference(db: Database, document_id: int) -> Difference | None:
    """What the last edit changed in what a document shows; None where that has no revision before it."""
    shown = db.conn.execute("SELECT revision_id FROM documents WHERE id = ?", (document_id,)).fetchone()[0]
    before = None if shown is None else revision_before(db, shown)
    return None if before is None else difference_between(db, before, shown)


def revision_before(db: Database, revision_id: int) -> int | None:
    """The accepted revision that a revision, accepted or quarantined, is read against; None for the first.

    That of the same address; another address's first text is read against what the document said then. A
    variant's text is no earlier state of the principal's.
    """
    row = db.conn.execute(BEFORE, (revision_id,)).fetchone()
    return int(row[0]) if row else None


def difference_between(db: Database, old_id: int, new_id: int) -> Difference:
    """What the revision ``new_id`` says differently than ``old_id``."""
    old, new = read_record(db, old_id), read_record(db, new_id)
    seen = dict(
        db.conn.execute("SELECT id, seen_at FROM revisions WHERE id IN (?, ?)", (old_id, new_id)).fetchall()
    )
    return compare(old, new, seen[old_id], seen[new_id])


def compare(old: Record, new: Record, old_seen_at: str, new_seen_at: str) -> Difference:
    """What one record says differently than another, which were seen at these times."""
    return Difference(old_seen_at, new_seen_at, _fields(old, new), _text(old.body_text, new.body_text))


def passages(text: Sequence[str]) -> Iterator[Passage]:
    """The lines of a :class:`Difference`'s ``text`` by what stands in place of what."""
    old: list[str] = []
    new: list[str] = []
    for line in text:
        if line.startswith(("-", "+")):
            (old if line.startswith("-") else new).append(line[1:])
        else:
            yield Passage(old, new, line)
            old, new = [], []
    if old or new:
        yield Passage(old, new)


Places = list[tuple[int, int]]


def differing(old: str, new: str, most: int) -> tuple[Places, Places, int]:
    """Where two lines differ: ``(start, end)`` places in either, and the characters that were looked at one by
    one, quadratic work. Where there are more than ``most`` of them, one place from the first to the last."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    size = len(middle[0]) + len(middle[1])
    if size > most or not all(middle):
        changed = [(0, len(middle[0]), 0, len(middle[1]))]
        size = 0
    else:
        codes = difflib.SequenceMatcher(None, *middle, autojunk=False).get_opcodes()
        changed = [(i, j, m, n) for kind, i, j, m, n in codes if kind != "equal"]
    left = [(head + i, head + j) for i, j, _, _ in changed if i < j]
    right = [(head + m, head + n) for _, _, m, n in changed if m < n]
    return left, right, size


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How long the beginning is that two texts, or lists of lines, share."""
    same = [left == right for left, right in zip(one, other, strict=False)]
    return same.index(False) if False in same else len(same)


def _fields(old: Record, new: Record) -> tuple[FieldChange, ...]:
    before, after = _as_text(old), _as_text(new)
    names = dict.fromkeys([*before, *after])
    return tuple(
        FieldChange(name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    )


def _as_text(record: Record) -> dict[str, str]:
    """Every field that a reader sees as a value; ``extra`` and the sign-off one by one. Not the tables: their
    rows stand in the body's text."""
    values = {name: getattr(record, name) or "" for name in ("title", *METADATA_FIELDS)}
    values["keywords"] = "；".join(record.keywords)
    values["attachments"] = "；".join(attachment.name for attachment in record.attachments)
    values |= {f"extra.{label}": value for label, value in record.extra.items()}
    if record.signoff:
        values |= {f"signoff.{name}": value or "" for name, value in asdict(record.signoff).items()}
    return values


def _text(old: str, new: str) -> tuple[str, ...]:
    if old == new:
        return ()
    before, after = old.splitlines(), new.splitlines()
    if _steps(before, after) > MAX_STEPS:
        # Texts made to be compared for hours: all that was, then all that is.
        return (f"@@ -1,{len(before)} +1,{len(after)} @@", *(f"-{line}" for line in before),
                *(f"+{line}" for line in after))  # fmt: skip
    # The first two lines are the header that names files.
    return tuple(difflib.unified_diff(before, after, lineterm="", n=2))[2:]


def _steps(before: Sequence[str], after: Sequence[str]) -> int:
    """How many lines difflib may have to look at: pairs of equal ones in each round, in as many rounds as there
    are lines between the first and the last changed one. Like difflib it leaves out the lines that make up more
    than a hundredth of a long text."""
    counts = Counter(after)
    popular = len(after) // 100 + 1 if len(after) >= 200 else len(after)
    pairs = sum(counts[line] for line in before if counts[line] <= popular)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    return (pairs + len(before)) * (min(len(before), len(after)) - head - tail)
