"""What pages show beyond what Datasette gives them."""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import Any

from datasette.utils import path_from_row_pks, tilde_encode, urlsafe_components
from markupsafe import Markup
from sqlite_utils import Database

from archive.history.absences import absences, missing
from archive.mirrors.shown import others
from archive.search import file_snippets
from archive.web.body import Body, body
from archive.web.changes import Changes, revision_changes
from archive.web.show import with_marks

_COUNTS = """
SELECT (SELECT count(*) FROM documents WHERE revision_id IS NOT NULL) AS documents,
       (SELECT count(*) FROM portals) AS portals,
       (SELECT count(*) FROM revisions WHERE cause = 'edit' AND status = 'accepted') AS revised,
       (SELECT count(*) FROM documents WHERE withdrawn_at IS NOT NULL AND revision_id IS NOT NULL) AS withdrawn,
       (SELECT count(*) FROM findings WHERE resolved_at IS NULL) AS findings,
       (SELECT max(started_at) FROM crawls) AS crawled
"""
_RECENT = """
SELECT d.id, d.title, d.published_on, d.agency, p.name AS portal
FROM documents AS d JOIN portals AS p ON p.id = d.portal
WHERE d.revision_id IS NOT NULL ORDER BY d.published_on DESC, d.id DESC LIMIT 10
"""
# What belongs to a document, and the most rows shown of each.
_RELATED = {
    "attachments": "SELECT a.id, a.name, a.url, a.state, a.last_seen_at, a.changed_at, f.media_type, f.size, "
    "f.digest, f.text_status, f.text_note, substr(f.text, 1, 120) AS excerpt "
    "FROM attachments AS a LEFT JOIN files AS f ON f.digest = a.digest WHERE a.document_id = ? ORDER BY a.ordinal, a.id",
    "versions": "SELECT v.attachment_id, v.seen_at, v.digest, f.media_type, f.size, v.capture_id "
    "FROM attachment_versions AS v JOIN attachments AS a ON a.id = v.attachment_id JOIN files AS f ON f.digest = v.digest "
    "WHERE a.document_id = ? ORDER BY v.attachment_id, v.seen_at, v.capture_id",
    "revisions": "SELECT r.id, r.number, r.seen_at, r.cause, r.status, r.changed, r.capture_id, s.url "
    "FROM revisions AS r JOIN sightings AS s ON s.id = r.sighting_id WHERE r.document_id = ? ORDER BY r.seen_at, r.id",
    "sightings": "SELECT id, url, state, role, ok_at, visited_at FROM sightings WHERE document_id = ? ORDER BY id",
    "captures": "SELECT DISTINCT c.id, c.fetched_at, c.url, c.status, c.file, c.offset FROM captures AS c "
    "WHERE c.id IN (SELECT capture_id FROM revisions WHERE document_id = ?1) OR c.id IN (SELECT rc.capture_id "
    "FROM revision_captures AS rc JOIN revisions AS r ON r.id = rc.revision_id WHERE r.document_id = ?1) "
    "ORDER BY c.fetched_at, c.id",
    "others": "SELECT l.relation, l.since, d.id, d.title FROM document_links AS l JOIN documents AS d "
    "ON d.id = CASE l.document_id WHEN ?1 THEN l.other_id ELSE l.document_id END "
    "WHERE ?1 IN (l.document_id, l.other_id) AND d.revision_id IS NOT NULL",
    "events": "SELECT at, kind FROM events WHERE document_id = ? ORDER BY seq",
    "findings": "SELECT id, severity, rule, message FROM findings WHERE document_id = ? AND resolved_at IS NULL",
}
_SHOWN = 100
_TABLES = """
SELECT json_extract(r.record, '$.tables') FROM documents AS d JOIN revisions AS r ON r.id = d.revision_id WHERE d.id = ?
"""


async def home(datasette: Any, databases: set[str]) -> list[dict[str, Any]]:
    """For each archive its name, its counts, its newest documents and its queries at hand."""
    archives = []
    for name in sorted(databases):
        database = datasette.get_database(name)
        counts = (await database.execute(_COUNTS)).first()
        recent = (await database.execute(_RECENT)).rows
        queries = (await datasette.get_canned_queries(name, None)).values()
        archives.append({"name": name, "counts": counts, "recent": recent, "queries": list(queries)})
    return archives


async def row(datasette: Any, database: str, table: str, request: Any) -> dict[str, Any]:
    """For a row's page: labels of what its foreign keys point at, and all that belongs to a document."""
    keys = urlsafe_components(request.url_vars["pks"])
    context: dict[str, Any] = {"keys": await _foreign_keys(datasette, database, table, keys)}
    if table == "documents" and len(keys) == 1:
        connection = datasette.get_database(database)
        for name, sql in _RELATED.items():
            context[name] = (await connection.execute(f"{sql} LIMIT {_SHOWN}", [keys[0]])).rows
        context |= await connection.execute_fn(partial(_presence, document=keys[0]))
        context["permanent"] = datasette.absolute_url(request, datasette.urls.path("/-/document/"))
        tables = (await connection.execute(_TABLES, [keys[0]])).first()

        def document_body(text: str) -> Body:
            return body(text, tables[0] if tables else None)

        context["body"] = document_body
    return context


def _presence(connection: sqlite3.Connection, document: str) -> dict[str, Any]:
    """Whether the portal still has a document, the visits that found it gone, where it stands too."""
    db = Database(connection)
    if (row := connection.execute("SELECT id FROM documents WHERE id = ?", (document,)).fetchone()) is None:
        return {}
    gone = {"missing": missing(db, row[0]), "absences": absences(db, row[0])[-_SHOWN:]}
    return gone | {"mirrors": others(db, row[0])[:_SHOWN]}


async def changes(datasette: Any, database: str, revision_id: int, brief: bool) -> Changes | None:
    """What a revision changed; an excerpt of it for lists."""
    found: Changes | None = await datasette.get_database(database).execute_fn(
        lambda connection: revision_changes(connection, revision_id, brief=brief)
    )
    return found


async def file_hits(datasette: Any, database: str, query: str, document: int) -> list[Markup]:
    """For a row of a search whose hit stands in a file alone: the file's name and the line, marked."""
    found: list[Markup] = await datasette.get_database(database).execute_fn(
        lambda connection: [with_marks(line) for line in file_snippets(Database(connection), document, query)]
    )
    return found


async def hidden_documents(datasette: Any, database: str) -> int:
    """How many documents have no accepted revision, and are in no list; read from an index."""
    sql = "SELECT count(*) FROM documents WHERE revision_id IS NULL"
    return int((await datasette.get_database(database).execute(sql)).first()[0])


async def _foreign_keys(
    datasette: Any, database: str, table: str, keys: list[str]
) -> dict[str, dict[str, str]]:
    """Column → label and address of the row it points at."""
    connection = datasette.get_database(database)
    primary = await connection.primary_keys(table)
    if len(primary) != len(keys):
        return {}
    where = " AND ".join(f'"{column}" = ?' for column in primary)
    found = (await connection.execute(f'SELECT * FROM "{table}" WHERE {where}', keys)).first()
    links = {}
    for foreign in await connection.foreign_keys_for_table(table) if found else []:
        column, other, value = foreign["column"], foreign["other_table"], found[foreign["column"]]
        if value is None:
            continue
        labels = await datasette.expand_foreign_keys(database, table, column, [value])
        address = f"{datasette.urls.table(database, other)}/{tilde_encode(str(value))}"
        links[column] = {"label": str(labels.get((column, value)) or value), "href": address}
    return links


async def find_document(datasette: Any, databases: set[str], uid: str) -> str | None:
    """The address of the page of a document by any uid it ever had."""
    for name in sorted(databases):
        sql = (
            "SELECT id FROM documents WHERE uid = :uid UNION ALL "
            "SELECT document_id FROM document_uids WHERE uid = :uid LIMIT 1"
        )
        found = (await datasette.get_database(name).execute(sql, {"uid": uid})).first()
        if found:
            return f"{datasette.urls.table(name, 'documents')}/{path_from_row_pks(found, ['id'], False)}"
    return None
