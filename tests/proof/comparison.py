"""What two archives of the same observations must have in common, as plain data, and where they differ.

Not compared: integer ids, the times of visits, crawls, where captures lie, and events, which tell what happened in one
archive in its own order (DESIGN §4).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from pathlib import Path
from typing import Any

QUERIES = {
    "documents": """
        SELECT d.portal, d.uid, d.index_number, d.title, d.content_hash, d.url, d.body_text, d.agency, d.published_on,
          d.withdrawn_at IS NOT NULL AS withdrawn, d.revision_id IS NOT NULL AS shown,
          (SELECT s.url_key || ' #' || r.number FROM revisions AS r JOIN sightings AS s ON s.id = r.sighting_id
           WHERE r.id = d.revision_id) AS shows,
          (SELECT json_group_object(url_key, role) FROM (
             SELECT url_key, role FROM sightings WHERE document_id = d.id ORDER BY url_key)) AS roles
        FROM documents AS d
    """,
    "sightings": """
        SELECT s.portal, s.url_key, s.url, s.kind, s.state, d.uid AS document, s.role, s.gone_days, s.gone_on,
          s.content_hash, o.url_key || ' #' || r.number AS revision
        FROM sightings AS s LEFT JOIN documents AS d ON d.id = s.document_id
        LEFT JOIN revisions AS r ON r.id = s.revision_id LEFT JOIN sightings AS o ON o.id = r.sighting_id
    """,
    "revisions": """
        SELECT s.portal, s.url_key, r.number, d.uid AS document, r.cause, r.status, r.quarantine_reason,
          r.content_hash, r.changed, r.record
        FROM revisions AS r JOIN sightings AS s ON s.id = r.sighting_id JOIN documents AS d ON d.id = r.document_id
    """,
    "entries": """
        SELECT i.portal, i.key AS directory, s.url_key, e.title, e.published_on, e.fields, e.position, e.pinned,
          e.delisted_at IS NOT NULL AS delisted
        FROM entries AS e JOIN directories AS i ON i.id = e.directory_id JOIN sightings AS s ON s.id = e.sighting_id
    """,
    "walks": """
        SELECT i.portal, i.key AS directory, w.mode, w.verdict, w.announced_total, w.entries_seen, w.entries_new, count(*)
        FROM walks AS w JOIN directories AS i ON i.id = w.directory_id GROUP BY 1, 2, 3, 4, 5, 6, 7
    """,
    "links": """
        SELECT a.portal, a.uid AS document, b.uid AS other, l.relation
        FROM document_links AS l JOIN documents AS a ON a.id = l.document_id JOIN documents AS b ON b.id = l.other_id
    """,
    "document_uids": """
        SELECT d.portal, u.uid AS shown_once, d.uid FROM document_uids AS u JOIN documents AS d ON d.id = u.document_id
    """,
    "attachments": """
        SELECT d.portal, d.uid AS document, a.url_key, a.name, a.ordinal, a.state, a.digest,
          (SELECT json_group_array(digest) FROM (
             SELECT digest FROM attachment_versions WHERE attachment_id = a.id ORDER BY seen_at, digest)) AS versions
        FROM attachments AS a JOIN documents AS d ON d.id = a.document_id
    """,
    "findings": """
        SELECT f.portal, f.rule, f.severity, d.uid AS document, f.location FROM findings AS f
        LEFT JOIN documents AS d ON d.id = f.document_id WHERE f.resolved_at IS NULL
    """,
}
"""For each thing compared, the rows; the first columns name a row."""

NAMED_BY = {
    "documents": 2, "sightings": 2, "revisions": 3, "entries": 3, "walks": 7, "links": 4, "document_uids": 2,
    "attachments": 3, "findings": 5,
}  # fmt: skip
"""How many of the first columns name a row."""

_JSON = frozenset({"roles", "changed", "record", "fields", "versions"})

State = dict[str, list[dict[str, Any]]]


def state(data_dir: Path) -> State:
    """All that is compared of the archive in ``data_dir`` (or of a database file), sorted; numbers, texts, lists."""
    file = data_dir / "gongkai.db" if data_dir.is_dir() else data_dir
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    try:
        return state_of(connection)
    finally:
        connection.close()


def state_of(connection: sqlite3.Connection) -> State:
    """The same of an open connection, whose own uncommitted rows count."""
    found: State = {}
    for name, sql in QUERIES.items():
        cursor = connection.execute(sql)
        columns = [column[0] for column in cursor.description]
        rows = [
            {column: _value(column, value) for column, value in zip(columns, row, strict=True)}
            for row in cursor
        ]
        found[name] = sorted(rows, key=lambda row: json.dumps(list(row.values()), ensure_ascii=False))
    return found


def _value(column: str, value: Any) -> Any:
    return json.loads(value) if column in _JSON and value is not None else value


def difference(one: State, other: State, *, without: Collection[str] = (), limit: int = 12) -> str:
    """What the second has otherwise than the first, a line each; empty when they are equal.

    ``without``: names of ``QUERIES`` that are left out, such as ``walks`` where crawls were broken off.
    """
    lines: list[str] = []
    for name in sorted(one.keys() - set(without)):
        mine, theirs = _by_name(name, one[name]), _by_name(name, other[name])
        changed = [
            _changed(name, key, mine.get(key), theirs.get(key)) for key in sorted(mine.keys() | theirs.keys())
        ]
        said = [line for line in changed if line]
        lines += said[:limit]
        if len(said) > limit:
            lines.append(f"{name}: and {len(said) - limit} more")
    return "\n".join(lines)


def _by_name(name: str, rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        key = " ".join(str(value) for value in list(row.values())[: NAMED_BY[name]])
        found.setdefault(key, []).append(row)
    return found


def _changed(
    name: str, key: str, one: list[dict[str, Any]] | None, other: list[dict[str, Any]] | None
) -> str | None:
    if one == other:
        return None
    if one is None or other is None:
        return f"{name}: {'only in the first' if other is None else 'only in the second'}: {key}"
    if len(one) != len(other):
        return f"{name}: {key}: {len(one)} times in the first, {len(other)} times in the second"
    differing = [
        f"{column} {_short(mine[column])} → {_short(theirs[column])}"
        for mine, theirs in zip(one, other, strict=True)
        for column in mine
        if mine[column] != theirs[column]
    ]
    return f"{name}: {key}: {'; '.join(differing)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:60]} … {text[-50:]}"
