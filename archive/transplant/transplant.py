"""One portal's history, replayed into a database of its own, takes the place of the archive's (DESIGN §4, §8).

The archive keeps its ids, its events and every uid that was ever shown; rows that the replay made the same are not
touched, so that the search index is written for what changed alone. All of it is one transaction: whoever reads sees
the portal as it was or as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.events import add_event
from archive.mirrors.store import forget
from archive.search import (
    SEARCH_VERSION,
    fts_row,
    index_document,
    index_later,
    rebuild_index,
    search_version,
)
from archive.transaction import transaction
from archive.transplant import sync, tables

MANY = 200
"""More new documents than this are indexed after the transaction, which would keep other writers out for too long."""
_CHANGED = """
    SELECT map.new FROM temp.map_documents AS map
    JOIN replayed.documents AS s ON s.id = map.old JOIN main.documents AS t ON t.id = map.new
    WHERE (s.title, s.body_text, s.index_number, s.document_number, s.agency, s.revision_id IS NULL)
      IS NOT (t.title, t.body_text, t.index_number, t.document_number, t.agency, t.revision_id IS NULL)
      OR (SELECT json_group_array(json_array(url_key, name, ordinal)) FROM
            (SELECT * FROM replayed.attachments WHERE document_id = s.id ORDER BY ordinal, url_key))
      IS NOT (SELECT json_group_array(json_array(url_key, name, ordinal)) FROM
            (SELECT * FROM main.attachments WHERE document_id = t.id ORDER BY ordinal, url_key))
"""


class TransplantRefused(RuntimeError):
    """The replayed portal would lose what the archive has; one sentence."""


@dataclass(frozen=True, slots=True)
class Transplanted:
    """How many documents are new, say something else now, or were found to be another one."""

    new: int
    changed: int
    joined: int


@dataclass(frozen=True, slots=True)
class _Shown:
    content_hash: str | None
    withdrawn: bool


def transplant(db: Database, replayed: Path, portal: str, *, at: str) -> Transplanted:
    """Carry ``portal`` over from the database ``replayed``, which holds nothing else.

    Raises :class:`TransplantRefused`, and nothing is changed, where a uid would lead nowhere, or the archive knows
    captures that the replay does not.
    """
    connection = db.conn
    connection.execute("ATTACH DATABASE ? AS replayed", (str(replayed),))
    try:
        with transaction(db):
            connection.execute("PRAGMA defer_foreign_keys = ON")
            done = _Transplant(db, portal, at).run()
        if search_version(db) != SEARCH_VERSION:
            rebuild_index(db)
        return done
    finally:
        connection.execute("DETACH DATABASE replayed")


class _Transplant:
    """The steps, in their order."""

    def __init__(self, db: Database, portal: str, at: str):
        self._db = db
        self._run = db.conn.execute
        self._portal = portal
        self._at = at

    def run(self) -> Transplanted:
        self._save_portal()
        known = self._shown()
        for table in tables.FIRST[: tables.FIRST.index(tables.DOCUMENTS)]:
            sync.insert_missing(self._db.conn, table)
        self._refuse_lost_captures()
        sync.match(self._db.conn, tables.DOCUMENTS)
        dropped = [row[0] for row in self._run(sync.unmatched(tables.DOCUMENTS), {"portal": self._portal})]
        changed = [row[0] for row in self._run(_CHANGED)]
        for document_id in [*dropped, *changed]:
            self._unindex(document_id)
        newest = self._run("SELECT coalesce(max(id), 0) FROM main.documents").fetchone()[0]
        new = sync.insert_missing(self._db.conn, tables.DOCUMENTS)
        added = self._added(known)
        if len(added) > MANY:
            index_later(self._db, newest)
        former = self._addresses(dropped)
        sync.insert_missing(self._db.conn, tables.SIGHTINGS)
        self._revisions()
        for table in tables.FIRST:
            sync.update_changed(self._db.conn, table)
        targets = self._redirect(former)
        self._rest()
        for document_id, target in targets.items():
            self._remove(document_id, target)
        for document_id in [*changed, *added]:
            index_document(self._db, document_id, fts_row(self._db, document_id), None)
        self._tell(known, added)
        return Transplanted(new, len(changed), len(dropped))

    def _save_portal(self) -> None:
        names = "id, name, family, base_url, region_code, site_code, enabled, verified_on, config, config_hash, updated_at"
        self._run(
            f"INSERT INTO main.portals({names}) SELECT {names} FROM replayed.portals WHERE id = ?"
            " ON CONFLICT(id) DO NOTHING",
            (self._portal,),
        )

    def _shown(self) -> dict[int, _Shown]:
        rows = self._run(
            "SELECT id, content_hash, withdrawn_at IS NOT NULL FROM main.documents WHERE portal = ?"
            " AND revision_id IS NOT NULL",
            (self._portal,),
        )
        return {row[0]: _Shown(row[1], bool(row[2])) for row in rows}

    def _refuse_lost_captures(self) -> None:
        lost = self._run(
            "SELECT t.file, t.offset FROM main.captures AS t WHERE t.portal = :portal"
            " AND NOT EXISTS (SELECT 1 FROM temp.map_captures AS map WHERE map.new = t.id) ORDER BY 1, 2",
            {"portal": self._portal},
        ).fetchall()
        if lost:
            file, offset = lost[0]
            raise TransplantRefused(
                f"{len(lost)} captures of portal {self._portal} that the archive knows cannot be read, the first at"
                f" offset {offset} of {file}: run gongkai verify, and bring the file back from a backup"
            )

    def _unindex(self, document_id: int) -> None:
        index_document(self._db, document_id, None, fts_row(self._db, document_id))

    def _added(self, known: dict[int, _Shown]) -> list[int]:
        rows = self._run(
            "SELECT map.new FROM temp.map_documents AS map WHERE map.new NOT IN (SELECT document_id FROM main.document_uids)"
            " ORDER BY map.old"
        )
        return [row[0] for row in rows if row[0] not in known]

    def _addresses(self, dropped: list[int]) -> dict[int, list[int]]:
        """The sightings of documents that the replay did not make, the principal first."""
        query = (
            "SELECT id FROM main.sightings WHERE document_id = ? ORDER BY role IS NOT 'principal', url_key"
        )
        return {document_id: [row[0] for row in self._run(query, (document_id,))] for document_id in dropped}

    def _revisions(self) -> None:
        table = tables.REVISIONS
        sync.match(self._db.conn, table)
        extra = [row[0] for row in self._run(sync.unmatched(table), {"portal": self._portal}).fetchall()]
        for revision_id in extra:
            for name in ("documents", "sightings", "events", "findings"):
                self._run(f"UPDATE main.{name} SET revision_id = NULL WHERE revision_id = ?", (revision_id,))
            self._run("DELETE FROM main.revision_captures WHERE revision_id = ?", (revision_id,))
            self._run("DELETE FROM main.revisions WHERE id = ?", (revision_id,))
        # Numbers are unique at an address: those that move must not meet on the way.
        self._run(
            "UPDATE main.revisions AS t SET number = -t.id FROM temp.map_revisions AS map"
            " JOIN replayed.revisions AS s ON s.id = map.old WHERE t.id = map.new AND s.number <> t.number"
        )
        sync.insert_missing(self._db.conn, table)
        sync.update_changed(self._db.conn, table)

    def _redirect(self, former: dict[int, list[int]]) -> dict[int, int]:
        """Where each document that is none any more went: to what its addresses stand for now."""
        targets: dict[int, int] = {}
        for document_id, sightings in former.items():
            rows = (
                self._run("SELECT document_id FROM main.sightings WHERE id = ?", (sighting,)).fetchone()
                for sighting in sightings
            )
            target = next((row[0] for row in rows if row and row[0] not in (None, document_id)), None)
            if target is None:
                uid = self._run("SELECT uid FROM main.documents WHERE id = ?", (document_id,)).fetchone()[0]
                raise TransplantRefused(
                    f"the document {uid} would be lost: today's code and portal file read nothing at its address"
                    f" ({self._portal}); mend the portal file first"
                )
            targets[document_id] = target
        for document_id, target in targets.items():
            self._run(
                "UPDATE main.document_uids SET document_id = ? WHERE document_id = ?", (target, document_id)
            )
        return targets

    def _rest(self) -> None:
        """What hangs on documents and addresses."""
        connection, portal = self._db.conn, self._portal
        for table in tables.LAST:
            if table is tables.FINDINGS:
                sync.match(connection, table)
                self._run(
                    f"UPDATE main.findings SET resolved_at = :at WHERE resolved_at IS NULL AND id IN ({sync.unmatched(table)})",
                    {"portal": portal, "at": self._at},
                )
            elif table.has_id:
                sync.match(connection, table)
                extra = [row[0] for row in self._run(sync.unmatched(table), {"portal": portal}).fetchall()]
                for row_id in extra:
                    self._run("DELETE FROM main.attachment_versions WHERE attachment_id = ?", (row_id,))
                    self._run(f"DELETE FROM main.{table.name} WHERE id = ?", (row_id,))
            elif table is not tables.DOCUMENT_UIDS:
                sync.delete_extra(connection, table, portal)
            sync.insert_missing(connection, table)
            sync.update_changed(connection, table)

    def _remove(self, document_id: int, target: int) -> None:
        """Take a document out that was found to be ``target``; what was said about it stands with that one."""
        uid = self._run("SELECT uid FROM main.documents WHERE id = ?", (document_id,)).fetchone()[0]
        for name in ("events", "findings"):
            self._run(f"UPDATE main.{name} SET document_id = ? WHERE document_id = ?", (target, document_id))
        for column in ("document_id", "other_id"):
            self._run(f"DELETE FROM main.document_links WHERE {column} = ?", (document_id,))
        self._run("DELETE FROM main.report_values WHERE document_id = ?", (document_id,))
        forget(self._db, document_id)
        self._run("DELETE FROM main.documents WHERE id = ?", (document_id,))
        add_event(self._db, "joined", target, at=self._at, crawl_id=None, data={"uid": uid})

    def _tell(self, known: dict[int, _Shown], added: list[int]) -> None:
        """Events: a new document's own, as they came; of a known one, what readers see changed."""
        self._run(
            """
            INSERT INTO main.events(at, crawl_id, kind, document_id, revision_id, data)
            SELECT s.at, s.crawl_id, s.kind, map.new, (SELECT new FROM temp.map_revisions WHERE old = s.revision_id), s.data
            FROM replayed.events AS s JOIN temp.map_documents AS map ON map.old = s.document_id
            WHERE map.new IN (SELECT value FROM json_each(?)) ORDER BY s.seq
            """,
            (str(added),),
        )
        self._run(
            """
            INSERT INTO main.events(at, crawl_id, kind, document_id, data)
            SELECT s.at, s.crawl_id, s.kind, map.new, s.data
            FROM replayed.events AS s JOIN temp.map_documents AS map ON map.old = s.document_id
            WHERE s.kind = 'attachment-changed' AND map.new IN (SELECT value FROM json_each(?))
              AND NOT EXISTS (SELECT 1 FROM main.events AS t
                WHERE t.document_id = map.new AND t.kind = s.kind AND t.data = s.data)
            ORDER BY s.seq
            """,
            (str(list(known)),),
        )
        for document_id, now in self._shown().items():
            before = known.get(document_id)
            if before is None:
                continue
            kinds = []
            if before.content_hash != now.content_hash:
                kinds.append("revised")
            if before.withdrawn != now.withdrawn:
                kinds.append("withdrawn" if now.withdrawn else "returned")
            for kind in kinds:
                add_event(self._db, kind, document_id, at=self._at, crawl_id=None)
