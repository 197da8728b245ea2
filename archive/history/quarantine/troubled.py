"""Which of a portal's last crawls found it changed, and which one before found it well."""

from __future__ import annotations

from typing import NamedTuple

from sqlite_utils import Database

ENOUGH = 10
"""Pages that a crawl must have read for its good verdict to end the trouble; half as many as the bad one where that read
fewer."""

FEWEST = 3
"""Pages that must be held back one by one to make a crawl a bad one: fewer than ten pages are never judged together."""

_LOOKED_AT = 60
# A crawl that never ended says nothing of the portal; a rebuild or an import asked nobody.
_CRAWLS = """
SELECT id, started_at, iif(json_type(stats, '$.quarantine.released_at') = 'text', 'ok', verdict), coalesce(json_type(stats, '$.quarantine') = 'object', 0)
  AND json_type(stats, '$.quarantine.released_at') IS NULL,
  (SELECT coalesce(sum(json_extract(value, '$.read')), 0) FROM json_tree(stats, '$.pages')
   WHERE type = 'object' AND json_type(value, '$.read') = 'integer'),
  (SELECT count(*) FROM captures AS c JOIN revisions AS r ON r.capture_id = c.id
   WHERE c.crawl_id = crawls.id AND r.status = 'quarantined')
FROM crawls WHERE portal = ? AND command IN ('crawl', 'backfill', 'nightly') AND finished_at IS NOT NULL
ORDER BY started_at DESC, id DESC LIMIT ?
"""


class Troubled(NamedTuple):
    """``bad`` crawls, the newest first, when the first crawl since the last good one ``began`` (UTC), and the ``good``
    ones before."""

    bad: list[str]
    began: str | None
    good: list[str]


def troubled(db: Database, portal: str) -> Troubled:
    """The crawls since the portal was last found well; without any ``bad`` one there is nothing to mend."""
    bad: list[str] = []
    good: list[str] = []
    began, least = None, ENOUGH
    for crawl, started, verdict, held, read, spoilt in db.execute(_CRAWLS, [portal, _LOOKED_AT]).fetchall():
        is_bad = held or verdict in ("degraded", "failed") or (spoilt >= FEWEST and 2 * spoilt >= read)
        if good or (verdict == "ok" and not is_bad and read >= least):
            if verdict == "ok" and not is_bad:
                good.append(crawl)
            continue
        if is_bad:
            bad.append(crawl)
            least = min(least, max(1, read // 2))
        began = started
    return Troubled(bad, began if bad else None, good)
