"""Whether the stored texts agree with each other: what ``gongkai verify --deep`` asks of documents and revisions.

Each thing that stands twice is made again from its origin by the writer's own functions and compared.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import NamedTuple

from sqlite_utils import Database

from archive.history.documents import FLAT, flat
from archive.history.similarity import condense
from archive.record import Record, content_hash, hashed_content
from archive.urls import url_key

ODD_CHARACTERS = 0.1
"""The part of a body's characters that its markup may lack or add: tables and frames may stand elsewhere, and
masking may see a number in one and not in the other."""

_REVISIONS = f"""
SELECT r.id, r.content_hash, r.extractor_version, r.record, d.uid, d.portal, a.portal, a.name,
  {", ".join(f"d.{name}" for name in FLAT)}
FROM revisions AS r LEFT JOIN documents AS d ON d.revision_id = r.id LEFT JOIN agencies AS a ON a.id = d.agency_id
ORDER BY r.id
"""

_SHOWN = f"""
SELECT d.id, r.id, r.content_hash, r.record, d.uid, d.portal, a.portal, a.name, {", ".join(f"d.{name}" for name in FLAT)}
FROM documents AS d JOIN revisions AS r ON r.id = d.revision_id LEFT JOIN agencies AS a ON a.id = d.agency_id
WHERE :portal IS NULL OR d.portal = :portal ORDER BY d.id
"""
_UNREADABLE = (TypeError, ValueError, KeyError, AttributeError, AssertionError)

# Where the address's last revision says what it says, read by the same code: its last visit brought that text, or
# an older one again. Elsewhere one of the two may have been read again without the other.
_SIGHTINGS = """
SELECT s.url_key, l.id FROM sightings AS s JOIN revisions AS l ON l.id = (
  SELECT id FROM revisions WHERE sighting_id = s.id ORDER BY number DESC LIMIT 1)
WHERE l.extractor_version = s.extractor_version AND (s.revision_id IS NULL OR s.revision_id = l.id)
  AND NOT EXISTS (SELECT 1 FROM revisions AS o WHERE o.sighting_id = s.id AND o.content_hash IS s.content_hash)
"""

_KEYS = {
    "sighting": "SELECT id, url, url_key FROM sightings",
    "attachment": "SELECT id, url, url_key FROM attachments WHERE state <> 'refused'",
    "document": """
        SELECT d.uid, d.url, s.url_key FROM documents AS d
        JOIN sightings AS s ON s.document_id = d.id AND s.role = 'principal' WHERE d.revision_id IS NOT NULL
    """,
}

# What masking and repair leave: a record that holds it may have been hashed with other characters.
_CHANGED = ("*", "\ufffd", "?")
_NEVER_KEPT = frozenset(
    {"script", "style", "iframe", "object", "embed", "form", "link", "meta", "base", "svg"}
)


class Stale(NamedTuple):
    """A document whose columns ``names`` are not what the record of the revision that it shows says.

    ``sound``: that record has the hash that it was stored under, as far as masking lets one tell.
    """

    document_id: int
    uid: str
    revision_id: int
    names: list[str]
    sound: bool


def stale_documents(db: Database, portal: str | None = None) -> Iterator[Stale]:
    """Every document (of one portal) of which a column differs; a record that cannot be read is no matter of the
    columns."""
    for document_id, revision_id, digest, text, uid, *row in db.conn.execute(_SHOWN, {"portal": portal}):
        try:
            record = Record.from_dict(json.loads(text))
            if names := _differing(record, digest, row):
                yield Stale(document_id, uid, revision_id, names, _is_sound(record, digest))
        except _UNREADABLE:
            continue


def check_columns(db: Database) -> Iterator[str]:
    """One sentence for each document that shows something else than its revision says."""
    for stale in stale_documents(db):
        yield _shows_another(stale.uid, stale.names, stale.revision_id)


def _shows_another(uid: str, names: list[str], revision_id: int) -> str:
    return f"document {uid} shows another {', '.join(names)} than its revision {revision_id} says"


def check_content(db: Database) -> Iterator[str]:
    """One sentence for each row whose text is not what its origin says; reads every record once.

    A revision's record against its hash (where nothing in it was masked) and its markup against its text; a
    document's columns against the record of the revision that it shows; a sighting's hash against its last
    revision; keys against their addresses.
    """
    for revision_id, digest, version, text, uid, *row in db.conn.execute(_REVISIONS):
        try:
            record = Record.from_dict(json.loads(text))
            yield from _record(revision_id, digest, version, record)
            if uid is not None and (names := _differing(record, digest, row)):
                yield _shows_another(uid, names, revision_id)
        except _UNREADABLE as error:
            yield f"the record of revision {revision_id} cannot be read ({type(error).__name__})"
    for key, revision_id in db.conn.execute(_SIGHTINGS):
        yield f"the sighting {key[:200]} has another content_hash than its last revision {revision_id}"
    for kind, query in _KEYS.items():
        for name, url, key in db.conn.execute(query):
            if not _is_key(key, url):
                yield f"the address of {kind} {name} is not that of its url_key {key[:200]}"


def _record(revision_id: int, digest: str, version: str, record: Record) -> Iterator[str]:
    if (record.extractor_version or "") != version:
        yield f"revision {revision_id} has another extractor_version than its record"
    if not _is_sound(record, digest):
        yield f"revision {revision_id} has another content_hash than its record"
    if record.body_html and (why := _other_markup(record)):
        yield f"the body_html of revision {revision_id} {why}"


def _is_sound(record: Record, digest: str) -> bool:
    return content_hash(record) == digest or _masked(record)


def _masked(record: Record) -> bool:
    said = json.dumps(hashed_content(record), ensure_ascii=False)
    return any(mark in said for mark in _CHANGED)


def _differing(record: Record, digest: str, row: list[object]) -> list[str]:
    """The columns of a document that are not what :func:`flat` makes of the record it shows."""
    portal, agency_portal, agency, *values = row
    expected: Mapping[str, object] = flat(record, digest)
    names = [name for name, value in zip(FLAT, values, strict=True) if value != expected[name]]
    wanted = (record.agency or "").strip() or None
    if agency != wanted or (wanted and agency_portal != portal):
        names.append("agency_id")
    return names


class _Markup(HTMLParser):
    """The text of a body's markup, and the first thing in it that is never kept."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.active: str | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NEVER_KEPT or any(name.startswith("on") for name, _ in attrs):
            self.active = self.active or tag[:40]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _other_markup(record: Record) -> str | None:
    markup = _Markup(record.body_html)
    if markup.active:
        return f"holds an active <{markup.active}>, which no page's has"
    shown, said = Counter(_letters("".join(markup.texts))), Counter(_letters(record.body_text))
    allowed = ODD_CHARACTERS * max(shown.total(), said.total())
    # A text that was too long to be kept whole has longer markup.
    cut = any(finding.rule == "body-too-long" for finding in record.findings)
    if (said - shown).total() > allowed or ((shown - said).total() > allowed and not cut):
        return "says another text than its body_text"
    return None


def _letters(text: str) -> str:
    return "".join(char for char in condense(text) if not char.isdigit())


def _is_key(key: str, url: str) -> bool:
    """Whether ``key`` is the :func:`url_key` of ``url``, whatever parameters the portal's profile drops."""
    fragment = "#" in key
    try:
        dropped = _parameters(url_key(url, keep_fragment=fragment)) - _parameters(key)
        return url_key(url, drop_query=dropped, keep_fragment=fragment) == key
    except ValueError:
        return False


def _parameters(key: str) -> set[str]:
    query = key.partition("#")[0].partition("?")[2]
    return {pair.partition("=")[0] for pair in query.split("&")}
