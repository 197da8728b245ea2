"""Which of a portal's last crawls found it changed, and which one before found it well."""

from __future__ import annotations

from typing import NamedTuple

from sqlite_utils import Database

ENOUGH = 10
"""Pages that a crawl must have read for its good verdict to end the trouble."""

_LOOKED_AT = 60
# A crawl that never ended says nothing of the portal; a rebuild or an import asked nobody.
_CRAWLS = """
SELECT id, started_at, verdict, json_type(stats, '$.quarantine') = 'object'
  AND json_type(stats, '$.quarantine.released_at') IS NULL,
  (SELECT coalesce(sum(json_extract(value, '$.read')), 0) FROM json_tree(stats, '$.pages')
   WHERE type = 'object' AND json_type(value, '$.read') = 'integer')
FROM crawls WHERE portal = ? AND command IN ('crawl', 'backfill', 'nightly') AND finished_at IS NOT NULL
ORDER BY started_at DESC, id DESC LIMIT ?
"""


class Troubled(NamedTuple):
    """``bad`` crawls, the newest first, when the first of them ``began`` (UTC), and the ``good`` crawls before them."""

    bad: list[str]
    began: str | None
    good: list[str]


def troubled(db: Database, portal: str) -> Troubled:
    """The crawls since the portal was last found well; without any ``bad`` one there is nothing to mend."""
    bad: list[str] = []
    good: list[str] = []
    began = None
    for crawl, started, verdict, held, read in db.execute(_CRAWLS, [portal, _LOOKED_AT]).fetchall():
        if good or (verdict == "ok" and not held and read >= ENOUGH):
            if verdict == "ok" and not held:
                good.append(crawl)
        elif held or verdict in ("degraded", "failed"):
            bad.append(crawl)
            began = started
    return Troubled(bad, began, good)
