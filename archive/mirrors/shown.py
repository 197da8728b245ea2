"""What readers are shown of republications."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

OTHERS = """
SELECT m.uid, m.portal, p.name AS portal_name, m.title, m.document_number, m.published_on, m.url, m.withdrawn_at,
  m.rule, round(m.likeness, 3) AS likeness, m.group_uid
FROM mirror_groups AS here JOIN mirrors AS m ON m.group_uid = here.group_uid JOIN portals AS p ON p.id = m.portal
WHERE here.document_id = ?1 AND m.document_id <> ?1
  AND EXISTS (SELECT 1 FROM mirrors AS mine WHERE mine.document_id = ?1)
ORDER BY m.published_on IS NULL, m.published_on, m.uid
"""


def others(db: Database, document_id: int) -> list[dict[str, Any]]:
    """The other documents of a document's group, the first published first."""
    cursor = db.conn.execute(OTHERS, (document_id,))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
