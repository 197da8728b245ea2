"""Which files to ask for next, read off the archive itself, as documents are (DESIGN §7)."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from archive.attachments.misses import OFFSITE, RULES

Phase = Literal["pending", "failing", "known"]
PHASES: tuple[Phase, ...] = ("pending", "failing", "known")
"""In this order: never asked for; asked for in vain, when its time has come; known, where the document was visited."""

MOST = 500
"""So many files of one document are asked for, in the order of its page; further links are rows and stay ``pending``.
A hostile page links to as many as it likes."""


@dataclass(frozen=True, slots=True)
class DueFile:
    """An address to ask for, once for all documents of the portal that link to it."""

    url_key: str
    url: str
    name: str


# Rows of one address are told apart by nothing that matters here: the first one speaks for all.
_DUE = """
    SELECT a.url_key, a.url, a.name, min(a.id) FROM attachments AS a CROSS JOIN documents AS d ON d.id = a.document_id
    WHERE d.portal = :portal AND a.url_key > :after AND {where}
      AND (NOT :narrow OR a.document_id IN ({visited}))
    GROUP BY a.url_key ORDER BY a.url_key LIMIT :limit
"""
_VISITED = """
    SELECT document_id FROM sightings WHERE portal = :portal AND visited_at >= :since AND document_id IS NOT NULL
"""
_MISSED = """
    EXISTS (SELECT 1 FROM findings AS f WHERE f.document_id = a.document_id AND f.location = a.url_key
      AND f.resolved_at IS NULL AND f.rule IN (SELECT value FROM json_each(:rules)) AND f.last_seen_at < :since
      AND (f.data ->> '$.next_try' <= :at OR (:eager AND a.state = 'error')
        OR (f.data ->> '$.reason' = :offsite
          AND substr(a.url_key, 1, instr(a.url_key, '/') - 1) IN (SELECT value FROM json_each(:hosts)))))
"""
_NOT_TONIGHT = """
    NOT EXISTS (SELECT 1 FROM captures AS c WHERE c.portal = :portal AND c.request_key = 'GET ' || a.url_key
      AND c.fetched_at >= :since)
"""
_WHERE: dict[Phase, str] = {
    "pending": f"a.state = 'pending' AND a.ordinal < {MOST}",
    "failing": f"a.state IN ('error', 'gone', 'refused') AND {_NOT_TONIGHT} AND {_MISSED}",
    "known": f"a.state = 'ok' AND a.document_id IN ({_VISITED}) AND {_NOT_TONIGHT}",
}


def due_files(
    db: Database,
    portal: str,
    phase: Phase,
    *,
    at: str,
    since: str,
    hosts: Collection[str],
    eager: bool = False,
    narrow: bool = False,
    after: str = "",
    limit: int,
) -> list[DueFile]:
    """The addresses of one phase, by ascending url_key after ``after``.

    ``since``: the start of the crawl: what it asked for already is left out, and known files are asked for again
    where it visited their document. ``hosts``: those of the portal file, ``host[:port]``: a file that was refused for
    its host is due when the host is named. ``eager``: failing ones whatever their waiting time. ``narrow``: only
    files of documents that this crawl visited.
    """
    parameters = {
        "portal": portal, "after": after, "limit": limit, "at": at, "since": since, "eager": eager, "narrow": narrow,
        "offsite": OFFSITE, "hosts": json.dumps(sorted(hosts)), "rules": json.dumps(list(RULES.values())),
    }  # fmt: skip
    query = _DUE.format(where=_WHERE[phase], visited=_VISITED)
    return [DueFile(*row[:3]) for row in db.conn.execute(query, parameters)]
