"""Which of a document's sightings speaks for it: the first one that is still there (DESIGN §4)."""

from __future__ import annotations

from typing import NamedTuple

from sqlite_utils import Database

from archive.crawling.frontier import GONE_DAYS

_SIGHTINGS = """
SELECT s.id, s.portal, s.url_key, s.url, s.revision_id, r.content_hash, s.gone_days, s.role, s.first_seen_at
FROM sightings AS s JOIN revisions AS r ON r.id = s.revision_id WHERE s.document_id = ?
"""
FIRST_VISIT = """
SELECT crawl_id, fetched_at FROM captures
WHERE portal = ? AND request_key = ? AND outcome = 'content' ORDER BY crawl_id, fetched_at LIMIT 1
"""
FIRST_REVISION = """
SELECT c.crawl_id, r.seen_at FROM revisions AS r JOIN captures AS c ON c.id = r.capture_id
WHERE r.sighting_id = ? ORDER BY 1, 2 LIMIT 1
"""


class Speaker(NamedTuple):
    """A sighting with an accepted revision, and what that says."""

    id: int
    portal: str
    url_key: str
    url: str
    revision_id: int
    content_hash: str
    gone_days: int
    role: str | None
    first_seen_at: str


def choose_principal(db: Database, document_id: int) -> Speaker | None:
    """Set the roles of the document's sightings and return the principal; None when none was ever accepted.

    The principal is the first visited of those that are not gone. When all are gone the one that spoke last
    keeps its role, so that a withdrawn document goes on showing what it showed. The others are ``alias``
    where they say the same as it, else ``variant``.
    """
    speakers = [Speaker(*row) for row in db.conn.execute(_SIGHTINGS, (document_id,))]
    if not speakers:
        return None
    present = [speaker for speaker in speakers if speaker.gone_days < GONE_DAYS]
    last = [speaker for speaker in speakers if speaker.role == "principal"]
    candidates = present or last or speakers
    principal = (
        min(candidates, key=lambda one: _first_visit(db, one)) if len(candidates) > 1 else candidates[0]
    )
    for speaker in speakers:
        role = _role(speaker, principal)
        if role != speaker.role:
            db.conn.execute("UPDATE sightings SET role = ? WHERE id = ?", (role, speaker.id))
    return principal


def _role(speaker: Speaker, principal: Speaker) -> str:
    if speaker.id == principal.id:
        return "principal"
    return "alias" if speaker.content_hash == principal.content_hash else "variant"


def _first_visit(db: Database, speaker: Speaker) -> tuple[str, str, str]:
    """(crawl id, time, url_key) of the first visit, by which documents get their uid and sightings their
    order.

    Where the address as it was asked for has a parameter that its key drops, only revisions tell; an address with
    neither was visited after the one that made the document.
    """
    visits = [
        tuple(row)
        for sql, parameters in (
            (FIRST_VISIT, (speaker.portal, f"GET {speaker.url_key}")),
            (FIRST_REVISION, (speaker.id,)),
        )
        for row in db.conn.execute(sql, parameters)
    ]
    crawl_id, at = min(visits, default=("~", speaker.first_seen_at))
    return crawl_id, at, speaker.url_key
