"""The rows of signatures, pairs and groups. ``archive_info.mirrors`` says which version made them, and whether they fit
together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlite_utils import Database

from archive.info import get_info, set_info
from archive.mirrors.candidates import Signature
from archive.mirrors.grouping import Member, Pair
from archive.mirrors.judge import Verdict
from archive.mirrors.text import Text

VERSION = "1"
"""Of keys, bands, rules and thresholds: with another one everything is compared again."""

STATE = "mirrors"
_CURRENT, _BEHIND = f"{VERSION} current", f"{VERSION} behind"
_MADE = ("mirror_groups", "mirror_pairs", "signatures")
_TEXT = """
SELECT id, uid, portal, published_on, coalesce(title, ''), body_text, document_number, content_hash
FROM documents WHERE id = ? AND revision_id IS NOT NULL
"""
# By an index alone: the rows of documents are as long as their texts.
_WAITING = """
SELECT d.id FROM documents AS d INDEXED BY documents_hash LEFT JOIN signatures AS s ON s.document_id = d.id
WHERE d.content_hash IS NOT NULL AND s.content_hash IS NOT d.content_hash
"""
_GONE = """
SELECT document_id FROM signatures AS s WHERE NOT EXISTS (
  SELECT 1 FROM documents AS d INDEXED BY documents_hash WHERE d.content_hash = s.content_hash AND d.id = s.document_id)
"""


def is_there(db: Database) -> bool:
    """Whether the archive has the tables: one of an older version, which is only read, has none."""
    return bool(db.conn.execute("SELECT 1 FROM sqlite_schema WHERE name = 'signatures'").fetchone())


def is_current(db: Database) -> bool:
    """Whether pairs and groups are what :data:`VERSION` makes of the signatures."""
    return get_info(db, STATE) == _CURRENT


def is_older(db: Database) -> bool:
    """Whether another version made what there is."""
    return (get_info(db, STATE) or _BEHIND).split()[0] != VERSION


def say_behind(db: Database) -> None:
    """Whoever changes a row says that they do not fit any more; what another version made never does."""
    if not is_older(db):
        set_info(db, STATE, _BEHIND)


def say_current(db: Database) -> None:
    """All that there is to compare was compared."""
    set_info(db, STATE, _CURRENT)


def forget(db: Database, document_id: int) -> None:
    """Take out what stands of a document, which is about to go or says something else."""
    if not db.conn.execute("SELECT 1 FROM signatures WHERE document_id = ?", (document_id,)).fetchone():
        return
    say_behind(db)
    for table, column in (
        ("mirror_groups", "document_id"), ("mirror_pairs", "document_id"), ("mirror_pairs", "other_id"),
        ("signatures", "document_id"),
    ):  # fmt: skip
        db.conn.execute(f"DELETE FROM {table} WHERE {column} = ?", (document_id,))


def forget_some(db: Database, most: int = 1_000) -> bool:
    """Take out some of everything; whether more may be left."""
    say_behind(db)
    for table in _MADE:
        rows = f"SELECT document_id FROM {table} LIMIT {most}"
        if db.conn.execute(f"DELETE FROM {table} WHERE document_id IN ({rows})").rowcount > 0:
            return True
    set_info(db, STATE, _BEHIND)
    return False


def waiting(db: Database) -> list[int]:
    """The shown documents whose text has no signature."""
    return [row[0] for row in db.conn.execute(_WAITING)]


def gone(db: Database) -> list[int]:
    """The documents that are not shown any more, or say something else than their signature was made of."""
    return [row[0] for row in db.conn.execute(_GONE)]


def read_text(db: Database, document_id: int) -> tuple[Text, str] | None:
    """What a document shows, and its content hash; None where it is not shown."""
    row = db.conn.execute(_TEXT, (document_id,)).fetchone()
    return (Text(*row[:-1]), row[-1]) if row and row[-1] is not None else None


def save_signature(db: Database, text: Text, content_hash: str) -> None:
    """Keep the keys of a text, in the place of older ones."""
    forget(db, text.id)
    say_behind(db)
    db.conn.execute(
        "INSERT INTO signatures(document_id, content_hash, number_key, title_key, body_key, bands)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (text.id, content_hash, text.number, text.title_key, text.body_key, text.bands),
    )


def signatures(db: Database) -> Iterator[Signature]:
    """All of them, as they are compared."""
    yield from db.conn.execute("SELECT document_id, number_key, title_key, body_key, bands FROM signatures")


def save_verdict(db: Database, one: int, other: int, verdict: Verdict | None) -> None:
    """Keep what was found of two documents, nothing too: they are not read again. Nobody may have dropped one."""
    rule, likeness = verdict if verdict is not None else (None, None)
    db.conn.execute(
        "INSERT OR REPLACE INTO mirror_pairs(document_id, other_id, rule, likeness) SELECT ?1, ?2, ?3, ?4"
        " WHERE (SELECT count(*) FROM signatures WHERE document_id IN (?1, ?2)) = 2",
        (one, other, rule, likeness),
    )


def judged(db: Database) -> set[tuple[int, int]]:
    """The pairs that were compared."""
    return set(db.conn.execute("SELECT document_id, other_id FROM mirror_pairs"))


def drop_pair(db: Database, one: int, other: int) -> None:
    """Forget that two documents were compared."""
    db.conn.execute("DELETE FROM mirror_pairs WHERE document_id = ? AND other_id = ?", (one, other))


def found_pairs(db: Database) -> list[Pair]:
    """The pairs that are one instrument."""
    rows = db.conn.execute(
        "SELECT document_id, other_id, rule, likeness FROM mirror_pairs WHERE rule IS NOT NULL"
    )
    return [Pair(*row) for row in rows]


def uids_of(db: Database, documents: Sequence[int]) -> dict[int, str]:
    """The uids of documents that are there."""
    rows = db.conn.execute(
        "SELECT id, uid FROM documents WHERE id IN (SELECT value FROM json_each(?))", (str(list(documents)),)
    )
    return dict(rows.fetchall())


def numbers_of(db: Database, documents: Sequence[int]) -> dict[int, str | None]:
    """The number keys of documents."""
    rows = db.conn.execute(
        "SELECT document_id, number_key FROM signatures WHERE document_id IN (SELECT value FROM json_each(?))",
        (str(list(documents)),),
    )
    return dict(rows.fetchall())


def groups(db: Database) -> dict[int, Member]:
    """The groups as they are stored."""
    rows = db.conn.execute("SELECT document_id, group_uid, rule, likeness FROM mirror_groups")
    return {row[0]: Member(*row[1:]) for row in rows}


def save_member(db: Database, document_id: int, member: Member | None) -> None:
    """Put a document into its group, or out of the one that it was in."""
    db.conn.execute("DELETE FROM mirror_groups WHERE document_id = ?", (document_id,))
    if member is not None:
        db.conn.execute(
            "INSERT INTO mirror_groups(document_id, group_uid, rule, likeness) SELECT ?, ?, ?, ?"
            " WHERE EXISTS (SELECT 1 FROM signatures WHERE document_id = ?)",
            (document_id, *member, document_id),
        )
