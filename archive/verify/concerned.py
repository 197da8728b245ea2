"""Which documents were read from a capture."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection

from sqlite_utils import Database

# Asked once for all captures in question: nothing leads from a capture to its revisits and parts but a whole table.
_QUERY = """
WITH asked(id, held) AS MATERIALIZED (
  SELECT value, value FROM json_each(?1)
  UNION SELECT c.refers_to_id, c.id FROM captures AS c
  WHERE c.refers_to_id IN (SELECT value FROM json_each(?1)))
SELECT a.id, d.uid FROM asked AS a JOIN revision_captures AS p ON p.capture_id = a.held
JOIN revisions AS r ON r.id = p.revision_id JOIN documents AS d ON d.id = r.document_id
UNION
SELECT a.id, d.uid FROM asked AS a JOIN revisions AS r ON r.capture_id = a.held
JOIN documents AS d ON d.id = r.document_id
UNION
SELECT a.id, d.uid FROM asked AS a JOIN attachment_versions AS v ON v.capture_id = a.held
JOIN attachments AS t ON t.id = v.attachment_id JOIN documents AS d ON d.id = t.document_id
UNION
SELECT a.id, d.uid FROM asked AS a JOIN files AS f ON f.capture_id = a.held
JOIN attachments AS t ON t.digest = f.digest JOIN documents AS d ON d.id = t.document_id
ORDER BY 1, 2
"""


def documents_of(db: Database, captures: Collection[int]) -> dict[int, list[str]]:
    """The uids of the documents that each of these captures, or a revisit of it, is a part or a file of."""
    found: dict[int, list[str]] = defaultdict(list)
    if captures:
        for capture, uid in db.conn.execute(_QUERY, (json.dumps(sorted(captures)),)):
            found[capture].append(uid)
    return found
