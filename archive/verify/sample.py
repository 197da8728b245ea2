"""Whether reading the captures again gives what is stored: a sample of the revisions, spread over the archive.

How a page is read, the archive does not know: the caller brings that along (:data:`Reread`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from archive.history.revisions import changed_fields, stored
from archive.record import Record
from archive.verify.problem import Problem, Progress

STEP = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a revision's captures again gave: a raw record, or the sentence why there is none."""

    record: Record | None
    trouble: str = ""


Reread = Callable[[int], Reading]
"""Reads the captures of the revision with this id with today's code and profiles."""

_STORED = """
SELECT d.uid, r.content_hash, r.extractor_version, r.record FROM revisions AS r
JOIN documents AS d ON d.id = r.document_id WHERE r.id = ?
"""


def spread(db: Database, size: int) -> list[int]:
    """The ids of up to ``size`` revisions at equal distances."""
    ids = [row[0] for row in db.conn.execute("SELECT id FROM revisions ORDER BY id")]
    if len(ids) <= size:
        return ids
    return [ids[place * len(ids) // size] for place in range(size)]


def check_sample(
    db: Database, size: int, reread: Reread, progress: Progress, told: Collection[str] = ()
) -> Iterator[Problem]:
    """Read up to ``size`` revisions again and compare what their pages say with what is stored.

    Only where today's code and profile are those that read the page: others may read otherwise, which is one
    ``info`` line that names ``reextract``. ``told``: documents of which a capture is known to be damaged.
    """
    ids, older = spread(db, size), 0
    for count, revision_id in enumerate(ids, 1):
        if count % STEP == 0:
            progress("pages read again", count, len(ids))
        row = db.conn.execute(_STORED, (revision_id,)).fetchone()
        if row is None:  # joined, replaced or released meanwhile
            continue
        uid, digest, version, text = row
        reading = reread(revision_id)
        if reading.record is None and uid in told:
            continue
        if reading.record is None:
            message = f"revision {revision_id} of document {uid} cannot be read again: {reading.trouble}"
            yield Problem("sample", "error", message, documents=(uid,))
        elif (reading.record.extractor_version or "") != version:
            older += 1
        elif stored(reading.record).content_hash != digest:
            yield _other(revision_id, uid, text, reading.record)
    if older:
        message = (
            f"{older} of {len(ids)} revisions read again were read by other code or another profile, and are not"
            " compared: `gongkai reextract` brings them up to date"
        )
        yield Problem("sample", "info", message)


def _other(revision_id: int, uid: str, text: str, record: Record) -> Problem:
    names = changed_fields(Record.from_dict(json.loads(text)), stored(record).record)
    what = ", ".join(names) or "text (masked)"
    message = f"revision {revision_id} of document {uid} says another {what} than its captures: run `gongkai reextract`"
    return Problem("sample", "error", message, documents=(uid,))
