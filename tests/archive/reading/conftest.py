"""A small archive for the tests of search and of the pages: rows written by hand, without crawling."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlite_utils import Database

from archive.migrations import migrate
from archive.search import fts_row, index_document, register
from archive.transaction import connect, transaction

AT = "2026-11-23T02:15:00Z"
SITE = "https://www.example.gov.cn"


def make_archive(path: Path | str = ":memory:") -> Database:
    """An empty archive with one portal ``sample``."""
    db = connect(Path(path))
    migrate(db, AT)
    register(db.conn)
    add_portal(db, "sample", "样例市人民政府")
    return db


def add_portal(db: Database, portal: str, name: str) -> None:
    """A portal with one crawl."""
    portals = {"id": portal, "name": name, "family": "trs-static", "base_url": f"{SITE}/", "config": "{}"}
    db["portals"].insert(portals | {"config_hash": "0", "updated_at": AT})
    crawl = {"id": f"20261123T021500Z-{portal}", "portal": portal, "command": "crawl", "options": "{}"}
    db["crawls"].insert(
        crawl
        | {"config_hash": "0", "software": "test", "started_at": AT, "heartbeat_at": AT, "verdict": "ok"}
    )


def _capture(db: Database, portal: str, count: int) -> int:
    crawl = f"20261123T021500Z-{portal}"
    row = {"crawl_id": crawl, "portal": portal, "role": "document", "url": f"{SITE}/{count}.html"}
    row |= {"request_key": f"GET {count}", "fetched_at": AT, "status": 200, "media_type": "text/html"}
    row |= {"outcome": "content", "record_type": "response", "payload_digest": f"sha256:{count}"}
    row |= {"file": f"{portal}/2026/{crawl}-00001.warc.gz", "offset": count, "length": 10}
    return int(db["captures"].insert(row).last_pk)


def _attachment(db: Database, document: int, ordinal: int, name: str) -> None:
    url = f"{SITE}/{document}/{ordinal}.pdf"
    row = {"document_id": document, "url_key": url, "url": url, "name": name, "ordinal": ordinal}
    db["attachments"].insert(row | {"first_seen_at": AT, "last_seen_at": AT})


def add_document(
    db: Database,
    *,
    portal: str = "sample",
    attachments: tuple[str, ...] = (),
    shown: bool = True,
    record: str = '{"title": "标题", "body_text": "正文"}',
    **fields: Any,
) -> int:
    """Write a document with a sighting, a capture, a revision and its index entry; returns its id."""
    count = db.execute("SELECT count(*) FROM documents").fetchone()[0]
    url = f"{SITE}/{count}.html"
    row = {"uid": f"uid{count:013d}", "portal": portal, "url": url, "first_seen_at": AT, "last_seen_at": AT}
    with transaction(db):
        capture = _capture(db, portal, count)
        document = db["documents"].insert(row | fields).last_pk
        row = {"portal": portal, "url_key": url, "url": url, "document_id": document, "role": "principal"}
        sighting = db["sightings"].insert(row | {"state": "ok", "first_seen_at": AT}).last_pk
        row = {"document_id": document, "sighting_id": sighting, "number": 1, "capture_id": capture}
        row |= {"cause": "first", "seen_at": AT, "content_hash": "0", "record": record}
        row |= {"extractor_version": "1", "status": "accepted" if shown else "quarantined"}
        revision = db["revisions"].insert(row).last_pk
        db["sightings"].update(sighting, {"revision_id": revision})
        if shown:
            db["documents"].update(document, {"revision_id": revision})
        for ordinal, name in enumerate(attachments):
            _attachment(db, int(document), ordinal, name)
        index_document(db, document, fts_row(db, document), None)
    return int(document)


def add_revision(db: Database, document: int, record: str, **fields: Any) -> int:
    """Write another revision of a document at its address, a day later; returns its id. It is not shown."""
    sighting, portal = db.execute(
        "SELECT id, portal FROM sightings WHERE document_id = ?", [document]
    ).fetchone()
    number = db.execute("SELECT count(*) FROM revisions WHERE sighting_id = ?", [sighting]).fetchone()[0]
    count = 1000 + db.execute("SELECT count(*) FROM captures").fetchone()[0]
    row = {"document_id": document, "sighting_id": sighting, "number": number + 1, "record": record}
    row |= {"cause": "edit", "seen_at": f"2026-11-{23 + number}T16:30:00Z", "content_hash": str(count)}
    with transaction(db):
        row["capture_id"] = _capture(db, portal, count)
        return int(db["revisions"].insert(row | {"extractor_version": "1"} | fields).last_pk)


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    """``make.archive(path)``, ``make.portal(db, …)``, ``make.document(db, …)``, ``make.revision(db, …)``."""
    return SimpleNamespace(
        archive=make_archive, portal=add_portal, document=add_document, revision=add_revision
    )
