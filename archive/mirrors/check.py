"""Whether groups, pairs and signatures are what they are made of: what ``gongkai verify`` asks of republications."""

from __future__ import annotations

from collections.abc import Iterator

from sqlite_utils import Database

from archive.mirrors import store
from archive.mirrors.update import wanted_groups


def check_groups(db: Database) -> Iterator[str]:
    """One sentence for each document that stands in another group than the pairs put it in.

    Nothing where an update is under way, was broken off, or is another version's: the next one settles that.
    """
    if not store.is_there(db) or not store.is_current(db):
        return
    wanted, stored = wanted_groups(db), store.groups(db)
    uids = store.uids_of(db, sorted(wanted.keys() | stored.keys()))
    for document in sorted(wanted.keys() | stored.keys()):
        should, does = wanted.get(document), stored.get(document)
        if should != does:
            where = f"in group {does.group_uid}" if does else "in no group"
            what = f"as one of {should.group_uid} ({should.rule})" if should else "as nobody's republication"
            yield f"document {uids.get(document)} stands {where} of mirror_groups, its pairs have it {what}"


def check_signatures(db: Database) -> Iterator[str]:
    """One sentence for each signature that its document's text does not give; reads every text."""
    if not store.is_there(db) or store.is_older(db):
        return
    for document, number, title, body, bands in store.signatures(db):
        found = store.read_text(db, document)
        digest = db.conn.execute(
            "SELECT content_hash FROM signatures WHERE document_id = ?", (document,)
        ).fetchone()
        if found is None or digest is None or found[1] != digest[0]:
            continue  # it says something else since: the next update reads it
        text = found[0]
        if (text.number, text.title_key, text.body_key, text.bands) != (number, title, body, bands):
            yield f"document {text.uid} has another text than its row of signatures was made of"
