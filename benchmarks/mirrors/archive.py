"""An archive that holds made texts: the rows that the comparison reads, without crawling."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from sqlite_utils import Database

from archive.transaction import transaction
from benchmarks.mirrors.texts import Made

AT = "2026-11-23T02:15:00.000Z"


def fill(db: Database, made: Sequence[Made]) -> dict[str, str]:
    """Write each text as a shown document; uid → truth. Call it in any order of the texts: the uids are the same."""
    truths = {}
    with transaction(db):
        for portal in sorted({text.portal for text in made}):
            db.conn.execute(
                "INSERT OR IGNORE INTO portals(id, name, family, base_url, config, config_hash, updated_at)"
                " VALUES (?, ?, 'generic', 'http://x.gov.cn/', '{}', '0', ?)",
                (portal, portal, AT),
            )
        for text in made:
            content = hashlib.sha256(repr(text).encode()).hexdigest()
            uid = content[:16]
            truths[uid] = text.truth
            document = db.conn.execute(
                "INSERT INTO documents(uid, portal, url, title, document_number, published_on, body_text, content_hash,"
                " first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (uid, text.portal, f"http://x.gov.cn/{uid}", text.title, text.document_number, text.published_on,
                 text.body, content, AT, AT),
            ).lastrowid  # fmt: skip
            db.conn.execute("INSERT INTO document_uids(uid, document_id) VALUES (?, ?)", (uid, document))
    _show(db)
    return truths


def _show(db: Database) -> None:
    """Readers are shown documents that have a revision: one row for all of them."""
    with transaction(db):
        portal = db.execute("SELECT min(id) FROM portals").fetchone()[0]
        db.conn.execute(
            "INSERT OR IGNORE INTO crawls(id, portal, command, options, config_hash, software, started_at, heartbeat_at)"
            " VALUES ('c', ?, 'crawl', '{}', '0', 'x', ?, ?)", (portal, AT, AT))  # fmt: skip
        db.conn.execute(
            "INSERT OR IGNORE INTO captures(id, crawl_id, portal, role, url, request_key, fetched_at, status, outcome,"
            " record_type, payload_digest, file, offset, length) VALUES (1, 'c', ?, 'document', 'u', 'k', ?, 200,"
            " 'content', 'response', 'd', 'f', 0, 1)", (portal, AT))  # fmt: skip
        db.conn.execute(
            "INSERT OR IGNORE INTO sightings(id, portal, url_key, url, first_seen_at) VALUES (1, ?, 'u', 'u', ?)",
            (portal, AT),
        )
        db.conn.execute(
            "INSERT OR IGNORE INTO revisions(id, document_id, sighting_id, number, capture_id, cause, seen_at,"
            " content_hash, record, extractor_version) SELECT 1, min(id), 1, 1, 1, 'first', ?, '0', '{}', '1'"
            " FROM documents", (AT,))  # fmt: skip
        db.conn.execute("UPDATE documents SET revision_id = 1 WHERE revision_id IS NULL")


def stored_groups(db: Database) -> dict[str, str]:
    """Document → group, both by uid, as readers see it."""
    return dict(db.conn.execute("SELECT uid, group_uid FROM mirrors").fetchall())


def scores(groups: dict[str, str], truths: dict[str, str]) -> tuple[float, float]:
    """Precision and recall over the pairs of documents that stand in one group."""
    found, true = _pairs(groups.items()), _pairs(truths.items())
    right = len(found & true)
    return right / len(found) if found else 1.0, right / len(true) if true else 1.0


def _pairs(named: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    members = defaultdict(list)
    for document, name in named:
        members[name].append(document)
    return {pair for documents in members.values() for pair in combinations(sorted(documents), 2)}
