"""Documents that should be there: asked for where the portal seems to have lost one."""

from __future__ import annotations

import json

from sqlite_utils import Database

from archive.crawling.frontier import Due

_WITNESSES = """
    SELECT id, url, url_key, kind, title, published_on, fields, directory FROM (
      SELECT s.id, s.url, s.url_key, s.kind, e.title, e.published_on, e.fields, d.key AS directory,
        w.crawl_id = :crawl AS tonight,
        row_number() OVER (PARTITION BY d.id ORDER BY w.crawl_id = :crawl DESC, s.state <> 'ok', s.kind = 'file',
          s.ok_at DESC, s.url_key) AS place
      FROM directories AS d JOIN entries AS e ON e.directory_id = d.id JOIN sightings AS s ON s.id = e.sighting_id
      JOIN walks AS w ON w.id = e.last_walk_id
      WHERE d.portal = :portal AND e.delisted_at IS NULL AND s.state IN ('ok', 'error', 'blocked') AND s.gone_days = 0
        AND s.revision_id IS NOT NULL AND s.url_key <> :but)
    ORDER BY tonight DESC, place, kind = 'file', url_key LIMIT :limit
"""


def witnesses(db: Database, portal: str, crawl_id: str, *, but: str, limit: int) -> list[Due]:
    """At most ``limit`` documents that a directory lists and that were never found gone since they were last there,
    without the address ``but``: those first that this crawl's listings name, of as many directories as possible."""
    parameters = {"portal": portal, "crawl": crawl_id, "but": but, "limit": limit}
    return [
        Due(id_, url, key, kind, None, None, title, published_on, json.loads(fields), directory, None)
        for id_, url, key, kind, title, published_on, fields, directory in db.execute(_WITNESSES, parameters)
    ]
